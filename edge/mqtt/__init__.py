"""The home's broker, and Home Assistant through it.

`states` says what is published of a status, `commands` what may be asked, `discovery` what Home
Assistant is told; all three are pure. `link` is the part with the thread. No picture ever goes over
MQTT. Topics, below PREFIX/ID:

| topic                   | retained | what it holds                                               |
|-------------------------|----------|-------------------------------------------------------------|
| availability            | yes      | online or offline; offline is also the will                 |
| mood                    | yes      | its name; mood/attributes: confidence, the 7 probabilities  |
| playing                 | yes      | artist and title; playing/attributes: album, link, why, …   |
| speaker                 | yes      | playing, paused or idle; speaker/attributes: its name, …    |
| intent                  | yes      | match, lift, calm or steady                                 |
| music, private          | yes      | ON or OFF                                                   |
| volume                  | yes      | 0 to 100                                                    |
| correction              | yes      | the mood, where it can be corrected to another              |
| runs_on                 | yes      | Edge TPU or CPU                                             |
| inference_ms, fps       | yes      | numbers                                                     |
| temperature             | yes      | degrees Celsius                                             |
| under_voltage           | yes      | ON or OFF                                                   |
| sign_in_expires         | yes      | time of day, ISO 8601                                       |
| requests_left           | yes      | a number                                                    |
| problem                 | yes      | ON or OFF; problem/attributes: the reason in words, by part |
| events                  | never    | one JSON object an event; `states.event_schema()`           |
| gesture                 | never    | {"event_type": …} for Home Assistant's event entity         |
| error                   | never    | {"topic": …, "payload": …, "reason": …} of a bad command    |
| set/intent              |          | match, lift, calm or steady                                 |
| set/music, set/private  |          | ON or OFF                                                   |
| set/volume              |          | 0 to 100                                                    |
| set/next, …/play_pause  |          | PRESS                                                       |
| set/wrong_mood          |          | PRESS                                                       |
| set/correction          |          | the mood that is right                                      |
| set/play                |          | a Spotify URI, or a mood                                    |

What is not known is published as None, which Home Assistant shows as unknown. Commands that are
retained are ignored: they would be carried out again at each connection.
"""
