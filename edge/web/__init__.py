"""The JSON API, on the control socket and on the home's network, and the box's own page.

The hub takes what the daemon shows and hands over what people want. Whoever may open the control
socket may do everything; on the network a guard lets only paired browsers through.
"""
