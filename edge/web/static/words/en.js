// Every word of the page in English. The daemon's own sentences are English already.

export const sentences = {};

export const words = {
  // talking to the box
  no_answer: "The box did not answer in time. Try again.",
  no_connection: "The box cannot be reached. Is it switched on, and this device in the home's network?",
  not_understood: "The box answered something that this page does not understand.",
  not_paired: "This browser is not paired any more.",
  too_often: "Too much at once. Wait a moment and try again.",
  answered: "The box answered {status}.",
  trying_again: "Trying again…",
  stale: "Nothing heard from the box for {time}. What you see may be old.",
  "link.opening": "connecting", "link.live": "live", "link.lost": "the box is away", "link.refused": "the box is away",
  undo: "Undo", kept: "Kept.", seen: "Seen", cancel: "Cancel", close: "Close", unknown: "not known",

  // the frame
  skip: "To the content", views: "Views",
  "view.now": "Now", "view.music": "Music", "view.history": "History", "view.care": "Box",
  seconds: "{n} s", minutes: "{n} min", hours: "{n} h",

  // what plays
  playing_now: "What plays", nothing_plays: "Nothing plays",
  nothing_plays_next: "Press play, and the box picks something for the mood.",
  nothing_plays_guest: "When the box plays, you see it here.",
  open_in_spotify: "Open in Spotify", progress: "Progress of the song",
  play: "Play", pause: "Pause", previous: "The one before", not_this: "Not this one",
  volume: "Volume", most: "at most {n} %", quiet_most: "quiet hours: at most {n} %",
  on_speaker: "{what} on {speaker}", taste_of: "{name}'s taste",
  "playback.playing": "Playing", "playback.paused": "Paused", "playback.idle": "Quiet", "playback.unknown": "Not known",
  hands_off: "You have the say: the mood waits until {time}.", follow_mood: "Follow the mood again",

  // what the box sees
  sees: "What the box sees", bars: "How likely each emotion is",
  unknown_mood: "Not known",
  "unknown.private": "The camera is off. Nothing is seen.",
  "unknown.starting": "The eyes are just opening.",
  "unknown.camera": "The camera is away or broken.",
  "unknown.dark": "It is too dark to see anybody.",
  nobody: "nobody is there, {long}",
  sure: "{share} sure", unsure_of_it: "no emotion stands out", for_so_long: "for {time}", people: "{n} people",
  as_you_said: "as you said; it holds until {time} at least",
  you_said: "You said: {mood}.", take_back: "Take it back",
  right: "Yes, that is right", actually: "I actually feel…", thanks: "Thank you. That helps it learn.", thanks_for: "Thank you: {mood}.",
  look: "Look through its eyes", look_away: "Look away",
  camera_off: "Turn the camera off", camera_is_off: "Turn the camera on",
  live_picture: "What the camera sees now", no_face_now: "No face is in the picture.",
  picture_late: "The picture has stopped.", picture_kept_nowhere: "Live, and kept nowhere.",

  // what the music does with the mood
  intent: "What the music does with the mood",
  "intent.match": "Match it", "intent.lift": "Lift it", "intent.calm": "Calm it", "intent.steady": "Stay steady",
  "intent.match.more": "Music that is as you are.", "intent.lift.more": "Music that leads, step by step, to a better mood.",
  "intent.calm.more": "Music that leads, step by step, to rest.", "intent.steady.more": "The music stays as it is, whatever the mood.",
  mood_drives: "The mood chooses the music", mood_drives_on: "A new mood brings new music.", mood_drives_off: "The music is left alone.",
  music_on: "Music", music_is_on: "The box may play.", music_is_off: "The box stays quiet.",
  guest: "You are a guest here, and may look.", guest_pair: "Who lives here may pair this browser.",
  "fix.care": "To the box's settings", "fix.music": "Give the moods music",
  songs_for: "Yours, for {mood}", no_songs_for: "None of your songs is known for {mood} yet.", play_this: "Play {title}",

  "part.eyes": "Camera", "part.music": "Music", "part.playlists": "Playlists", "part.sign-in": "Spotify", "part.spotify": "Spotify",
  "part.mqtt": "Home's broker", "part.page": "Page", "part.store": "Memory", "part.panel": "Lights and button", "part.system": "The box itself",
  "part.network": "Network", "part.library": "Library",

  "mood.angry": "angry", "mood.disgust": "disgusted", "mood.fear": "afraid", "mood.happy": "happy", "mood.sad": "sad",
  "mood.surprise": "surprised", "mood.neutral": "neutral", "mood.unsure": "not sure", "mood.away": "nobody there",
  "mood.joyful": "joyful", "mood.content": "content", "mood.calm": "calm", "mood.tired": "tired", "mood.tense": "tense", "mood.excited": "excited",

  // music by picking
  pick_for: "Pick music for", search_or_paste: "Search, or paste a Spotify link", search: "Search",
  found: "Found", found_nothing: "Nothing found for “{words}”. Try other words.", own_playlists: "Your playlists",
  no_own_playlists: "Sign in to Spotify under “Box”, and your playlists are here to pick. A link can be pasted already.",
  keep_search: "Play whatever “{words}” finds", the_link: "The link", given: "{name} is now for {mood}.", taken: "{name} is no longer for {mood}.",
  add_to: "Add music for {mood}", give_to: "Give {name} to {mood}", take_from: "Take {name} from {mood}", earlier: "Move {name} up",
  nothing_for_mood: "Nothing of yours yet. Tap +, or drag something here.", songs: "{n} songs",
  "kind.playlist": "Playlist", "kind.album": "Album", "kind.artist": "Artist", "kind.track": "Song", "kind.search": "Search",
  listening: "Who is listening", listening_more: "Chosen by hand; nobody is ever recognised. Each learns a taste of their own.",
  somebody_else: "Somebody else", add: "Add", remove: "Remove {name}",
  loud_and_when: "How loud, and when", begin_at: "Begin at, %", as_speaker: "as it is", never_above: "Never above, %",
  quiet_from: "Quiet from", quiet_to: "Quiet until", then_never_above: "Then never above, %", keep: "Keep",

  // history
  how_far: "How far back", "range.1": "Day", "range.7": "Week", "range.14": "Two weeks",
  what_was_heard: "What was that song?", find_song: "Find a song, an artist, a mood",
  found_no_song: "No song fits “{words}”.", heard_nothing: "No song was heard in this time. Press play under “Now”.",
  "outcome.finished": "heard out", "outcome.skipped": "skipped", "outcome.replaced": "gave way", "outcome.stopped": "stopped",
  "outcome.failed": "failed", "outcome.now": "still on",
  what_was_felt: "What was felt", chart_more: "Bars are moods, paler where the box was less sure. Rings are your corrections. A gap: nobody looked.",
  chart_is: "{moods} moods, {corrections} corrections", felt_nothing: "No mood was read in this time. Let the camera see somebody.",
  how_right: "How often it is right", right_of: "{right} of {judged} moods that somebody judged were right; between {low} and {high}, to be fair.",
  nobody_judged: "Nobody has said yet. One tap on “Yes, that is right” tells.",
  cannot_say: "{n} moods were read. Most were judged by nobody, so this cannot say how right those were.",
  confused: "Most often confused: {felt}, taken for {predicted}, {n} ×.", played: "{mood}: played {n} ×, skipped {skipped} ×.",
  drift_more: "{emotion} is seen more often here ({here}) than in the pictures the model learnt from ({card}).",
  drift_less: "{emotion} is seen less often here ({here}) than in the pictures the model learnt from ({card}).",
  unsure_moments: "Moments it was not sure of", unsure_more: "Say what they were, and it can learn.", face_then: "The face at that moment",
  what_felt: "What you felt, {when}", actually_felt: "I actually felt…",

  // set-up and care
  guide: "First steps", guide_done: "All set up", done: "done", to_do: "still to do", go: "Go there", hide_guide: "Hide this",
  "guide.paired": "Pair this browser", "guide.sign_in": "Sign in to Spotify", "guide.sign_in.more": "With a small app of your own; two minutes, once in six months.",
  "guide.speaker": "Find the speaker", "guide.speaker.more": "Switch it on; it shows up by itself.",
  "guide.music": "Give the moods music", "guide.music.more": "Your playlists, artists or albums. Until then the box searches by itself.",
  "guide.broker": "Tell Home Assistant", "guide.broker.more": "If there is one: name its broker in the box's settings.",
  health: "How it is", waking: "Waking up.", needs_you: "Something needs you:", all_well: "All is well.", eyes_closed: "the eyes are closed",
  "health.runs_on": "Runs on", "health.camera": "Camera", "health.detector": "Face detector", "health.model": "Model", "health.speed": "Speed",
  "health.temperature": "Temperature", "health.power": "Power", "health.disk": "Disk free", "health.requests": "Requests left today", "health.limited": "Spotify asks to wait until",
  speed_is: "{frames} frames/s, {ms} ms a face", power_weak: "too weak: use the official supply",
  troubles: "Last problems", no_troubles: "None since the start.", restart: "Restart", restart_sure: "Restart the box's program? Music that plays goes on.", restarting: "Restarting. This page comes back by itself.",
  about: "About", about_words: "Under the Apache License 2.0. Moods are guessed from faces, and often wrong.", works: "Whose work it runs on",
  no_account: "This player needs no sign-in.", signed_in: "Signed in", signed_in_until: "Signed in until {date}", sign_in: "Sign in", sign_in_again: "Sign in again",
  sign_out: "Sign out", sign_out_sure: "Sign out of Spotify? The box cannot play until somebody signs in again.", signed_out: "Signed out.",
  sign_in_1: "At developer.spotify.com make an app (it needs Premium) with the redirect address", sign_in_2: "Copy its client id to here.",
  client_id: "Client id", next: "Next", open_and_agree: "Open Spotify and agree", or_by_code: "here, or by this code on another device:", same_as_qr: "The same address as a QR code",
  landed_more: "The browser then lands on a page that it cannot open. Copy that page's address to here.", landed: "The address you landed on",
  broker_is: "Connected to {broker}.", no_broker: "None is named. Home Assistant's broker goes into the box's settings, as [mqtt] host.", test_broker: "Test the connection", testing: "Testing…",
  broker_good: "It lets the box in, and takes what it says.",
  browsers: "Paired browsers", browsers_more: "Each may do everything here. Let go of those you do not know.", this_one: "this one", paired_since: "since {date}", revoke: "Let go of {name}", let_go: "Let go",
  privacy: "Privacy", privacy_faces: "Faces are read on the box and forgotten at once; no picture leaves it.", privacy_kept: "What is kept, for {days} days: each change of mood, each song, each correction.",
  privacy_home: "For your home only: not for work or school. Tell your guests.",
  keep_faces: "Keep the faces of my corrections", keep_faces_more: "Small and grey, on the box alone, to train a better model from your export.",
  take_along: "Take it with you", erase_all: "Erase all", erase_sure: "Erase every mood, song and correction, and all that was learnt from them?", erase: "Erase", erased: "Erased.",

  // pairing
  pair: "Pair this browser", pair_closed: "Hold the box's button for ten seconds, until its small light flashes fast. Then this page goes on by itself.",
  pair_otherwise: "No button at hand? On the box itself:", pair_open: "The box's light shows some colours, one after the other, after each dark pause. Tap them in that order.", begin_again: "Begin again",
  "colour.vermillion": "red", "colour.yellow": "yellow", "colour.green": "green", "colour.blue": "blue", "colour.purple": "purple", "colour.white": "white",

  // what a demo makes up
  made_up: "A demo: the speaker, the lamp, the button and the past are made up; the camera is real.",
  made_up_clip: "A demo: the speaker, the lamp, the button and the past are made up; the camera is a clip.",
  the_box: "The box", lamp_is: "The big light", small_light: "The small light", button: "The button",
  button_how: "Press it, with a finger or the space bar: once, twice, three times, or hold it.",
  sound_on: "Turn the sound on", sound_off: "Turn the sound off", press_1: "Press", press_2: "Double", press_3: "Triple", press_hold: "Hold 2 s",
};
