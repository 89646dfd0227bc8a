"""A box that updates itself: signed releases, laid side by side, tried, kept or taken back.

The folder (/opt/moodbox) is all there is to remember, so a power cut at any moment finds it whole:

    releases/NAME   one release each, named by what is in it; `complete` in it says that it is whole
    current         the release that runs
    good            the release that proved itself; while it is not `current`, that one is on trial
    failed          which release did not prove itself, and why; it is not tried again
    trust, cache    what the signatures said last, and what was downloaded
    incoming        the folder that Ansible laid down for `moodbox update --from`

`moodbox update` runs from `good`, so that no release has to judge itself.
"""
