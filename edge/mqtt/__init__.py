"""The home's broker, and Home Assistant through it.

`entities` is the one table of what the home sees and may ask; `states` says what of it is published
and when, `commands` what a command asks for, `discovery` what Home Assistant is told: all pure.
`link` is the part with the thread. No picture ever goes over MQTT. The topics are described in
docs/home-assistant.md.

What is not known is published as None, which Home Assistant shows as unknown. Commands that are
retained are ignored: they would be carried out again at each connection.
"""
