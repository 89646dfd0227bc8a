"""The page in a real browser: Debian's Chromium, driven by Playwright; every journey on a phone."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cv2
import numpy as np
import pytest
from fakes.browser import Browser, until
from playwright.sync_api import expect

from edge.events import (
    EMOTIONS,
    Account,
    Acknowledge,
    AddSource,
    Announce,
    Broker,
    Confirm,
    Confirmation,
    Correct,
    Correction,
    FollowMood,
    Gesture,
    GestureTarget,
    Health,
    InstallUpdate,
    Intent,
    Lamp,
    Learning,
    Learnt,
    LookAtSpeaker,
    Mood,
    MoveSource,
    Next,
    Play,
    PlayPause,
    Prediction,
    Preferences,
    Previous,
    QuietHours,
    Release,
    RemoveSource,
    SetIgnored,
    SetIntent,
    SetLamp,
    SetMoodDrives,
    SetMusic,
    SetPreferences,
    SetPrivate,
    SetProfile,
    SetProfilePreferences,
    SetVolume,
    SongEnd,
    SongStart,
    TakeBack,
    Track,
    Unlearn,
)
from edge.mood.moods import MOODS
from edge.panel.patterns import draw
from edge.panel.render import rgb
from edge.records import ListedSong, PlaylistSnapshot
from edge.settings import WebSettings
from edge.store.week import FEWEST
from edge.uri import LIKED
from edge.web.care import Care

from .conftest import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.timeout(300)
PIXEL = bytes(cv2.imencode(".png", np.full((1, 1, 3), 200, np.uint8))[1])
SUNNY = "spotify:playlist:sunny"

Open = Callable[..., Any]


class Cover(BaseHTTPRequestHandler):
    """Where covers come from: a picture of one pixel."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "image/png")
        self.end_headers()
        self.wfile.write(PIXEL)

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def page(visit: Open) -> Any:
    return visit()


def asked(house: Any, wanted: Any) -> None:
    until(lambda: wanted in [request.body for request in house.requests])


def live_through_a_day(house: Any) -> None:
    now = time.monotonic()
    house.store.clock_is(time.time() - now)
    for hour, mood in enumerate(["neutral", "happy", "sad", "happy", "away", "neutral"]):
        at = now - (22 - 4 * hour) * 3600
        house.store.remember(Prediction(f"p{hour}", at, mood, 0.8, (0.1,) * 7, "m", "home"))
        song = SongStart(
            f"s{hour}",
            at,
            Track(f"spotify:track:{hour}", f"Song {hour}", "A Band", context=SUNNY),
            mood,
            "home",
        )
        house.store.remember(song)
        house.store.remember(SongEnd(f"s{hour}", at + 200, "skipped", 20.0))
    house.store.remember(Correction("p1", now - 17 * 3600, "sad", "home"))
    house.store.remember(Confirmation("p2", now - 13 * 3600, "sad", "home"))
    house.store.remember(Preferences(sources={"happy": [SUNNY, "spotify:album:b"]}))
    house.store.flush()
    house.store.keep_playlist(PlaylistSnapshot(SUNNY, "Sunny side", "", 1.0), [])


# --- now -----------------------------------------------------------------------------------------


def test_the_first_screen_of_a_phone_holds_what_plays_and_what_may_be_done(page: Any) -> None:
    for wanted in ("#title", "#artist", "#where", "#taste", "#play", "#next", "#volume", ".art"):
        box = page.locator(wanted).bounding_box()
        assert box["y"] >= 0, wanted
        assert box["y"] + box["height"] < 844 - 64, f"{wanted} is below what is seen"


def test_what_is_felt_and_played_is_shown(page: Any, house: Any) -> None:
    expect(page.locator("#mood h2")).to_have_text("happy")
    expect(page.locator("#sure")).to_contain_text("80% sure")
    bars = page.locator("#bars li")
    expect(bars).to_have_count(len(EMOTIONS))
    expect(bars.nth(3)).to_have_text("happy 80%", use_inner_text=True)
    expect(page.locator("#title")).to_have_text("A Song")
    expect(page.locator("#why")).to_have_text("You like this when happy", use_inner_text=True)
    link = "https://open.spotify.com/track/abc"
    expect(page.locator("#open")).to_have_attribute("href", link)
    house.show(mood=Mood("sad", 0.6, time.monotonic()), problems={"eyes": "is away"})
    page.wait_for_selector("#mood h2:text-is('sad')")
    expect(page.locator("#problems")).to_contain_text("Camera is away")


def test_every_mood_has_its_words_and_its_face(page: Any) -> None:
    shown = page.evaluate("import('./static/moods.js').then((it) => it.MOODS)")
    assert shown.keys() == MOODS.keys()
    assert all(row[word] for row in shown.values() for word in ("en", "de", "eyes"))
    faces = [(row["eyes"], row["mouth"]) for name, row in shown.items() if name != "joyful"]
    assert len(set(faces)) == len(faces)  # who is joyful looks happy


def test_the_page_shows_every_mood_in_the_colour_of_the_lamp(page: Any, house: Any) -> None:
    for name in MOODS:
        house.show(mood=Mood(name, 1.0, time.monotonic()))
        (shown,) = draw(house.status).colours
        page.wait_for_selector(f"#mood .face-of circle[fill='{shown}']")
        page.wait_for_function(
            "shown => document.documentElement.style.getPropertyValue('--mood') === shown",
            arg=shown,
        )
    expect(page.locator("#bars li i").first).to_have_css("background-color", "rgb(255, 0, 0)")
    house.show(mood=None, unknown="dark")
    page.wait_for_selector("#mood .face-of circle[fill='none']")


def test_play_is_in_the_middle_and_each_word_beside_it_on_one_line(visit: Open, house: Any) -> None:
    for locale, size in (("en-GB", PHONE), ("de-DE", PHONE), ("en-GB", DESKTOP)):
        page = visit(locale=locale, viewport=size)
        around = page.locator(".controls").bounding_box()
        play = page.locator("#play").bounding_box()
        middle = around["x"] + around["width"] / 2
        assert abs(play["x"] + play["width"] / 2 - middle) <= 1
        sides = [page.locator(one).bounding_box() for one in ("#previous", "#next")]
        left, right = (abs(it["x"] + it["width"] / 2 - middle) for it in sides)
        assert abs(left - right) <= 1, "both are as far from it"
        assert max(it["height"] for it in sides) <= play["height"]


def test_a_song_shows_how_far_it_is(page: Any, house: Any) -> None:
    house.show(track=Track("spotify:track:abc", "A Song", duration=200.0), position=50.0)
    bar = page.locator(".progress .line")
    expect(bar).to_have_attribute("aria-valuemax", "200")
    expect(bar).to_have_attribute("aria-valuenow", re.compile("^5[0-2]$"))


@pytest.mark.parametrize(
    ("reason", "words"),
    [("private", "camera is off"), ("starting", "opening"), ("camera", "broken"), ("dark", "dark")],
)
def test_what_is_not_known_is_shown_as_that(page: Any, house: Any, reason: str, words: str) -> None:
    house.show(
        mood=None,
        unknown=reason,
        faces=None,
        probabilities=(),
        private=reason == "private",
        prediction="",
    )
    page.wait_for_selector("#mood h2:text-is('Not known')")
    expect(page.locator("#sure")).to_contain_text(words)
    expect(page.locator("#bars, #confirm")).to_have_count(0)


def test_the_cover_comes_from_the_box(page: Any, house: Any) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Cover) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        house.show(track=Track("spotify:track:b", cover=f"http://127.0.0.1:{server.server_port}/"))
        cover = page.locator(".art img[src='api/cover?of=spotify%3Atrack%3Ab']")
        expect(cover).to_have_js_property("naturalWidth", 1)
        server.shutdown()
    house.show()
    page.wait_for_selector(".art img", state="detached")


def test_every_button_of_the_moment_asks_for_what_it_says(page: Any, house: Any) -> None:
    asked(house, LookAtSpeaker())
    page.click("#play")
    asked(house, PlayPause())
    page.click("#previous")
    asked(house, Previous())
    page.click("#next")
    asked(house, Next())
    page.wait_for_selector("#toast:has-text('nothing plays')")
    page.click(".choices button[value='lift']")
    asked(house, SetIntent(Intent.LIFT))
    page.click("#drives")
    asked(house, SetMoodDrives(on=False))
    page.click("#music-on")
    asked(house, SetMusic(on=False))
    page.click("#private")
    asked(house, SetPrivate(private=True))
    page.focus("#volume")
    page.keyboard.press("ArrowRight")
    asked(house, SetVolume(41))
    page.wait_for_selector("#volume-now:has-text('41%')")


def test_the_volume_ends_where_the_house_says(page: Any, house: Any) -> None:
    house.show(loudest=60)
    page.wait_for_selector("#volume[max='60']")
    expect(page.locator("#volume-most")).to_contain_text("at most 60%")
    house.show(quiet=True, loudest=20, volume=10)
    page.wait_for_selector("#volume[max='20']")


def test_a_mood_is_called_right_or_said_otherwise_and_that_is_taken_back(
    page: Any, house: Any
) -> None:
    page.click("#confirm")
    asked(house, Confirm("p1"))
    page.click("#wrong")
    page.click("#feel button[data-mood='sad']")
    asked(house, Correct("sad", "p1"))
    now = time.monotonic()
    house.show(mood=Mood("sad", 1.0, now), corrected="sad", corrected_until=now + 600)
    page.click("#take-back")
    asked(house, TakeBack())


def test_who_chose_by_hand_sees_until_when_and_ends_it(page: Any, house: Any) -> None:
    house.show(hands_off_until=time.monotonic() + 1800)
    page.wait_for_selector("#hands-off:has-text('the mood waits until')")
    page.click("#hands-off button")
    asked(house, FollowMood())
    house.show()
    page.wait_for_selector("#hands-off", state="detached")


def test_a_tap_is_answered_with_what_is_under_way(page: Any, house: Any) -> None:
    house.show(doing="starting on Living room…")
    page.wait_for_selector("#doing:text-is('starting on Living room…')")
    expect(page.locator("#play")).to_have_attribute("aria-busy", "true")


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("damaged store", "playlists and history are gone"),
        ("model", "model 0a1b2c3d4e5f was not kept: the eyes hung; emotion is used again"),
    ],
)
def test_what_stays_is_said_until_somebody_has_seen_it(
    page: Any, house: Any, part: str, words: str
) -> None:
    house.show(problems={part: words})
    page.click("#problems button")
    asked(house, Acknowledge(part))


def test_what_two_parts_wait_for_is_said_once_with_the_way_to_it(page: Any, house: Any) -> None:
    why = "not signed in to Spotify"
    house.show(problems={"music": why, "eyes": "is away", "sign-in": why})
    page.wait_for_selector("#problems li:has-text('is away')")
    expect(page.locator("#problems li").filter(has_text=why)).to_have_text(re.compile("^Spotify"))
    page.wait_for_selector("#problems a[href='#care']")


def test_the_live_view_is_there_while_somebody_looks(page: Any, house: Any) -> None:
    house.scene.jpeg = bytes(cv2.imencode(".jpg", np.full((120, 160, 3), 90, np.uint8))[1])
    page.click("#look")
    page.wait_for_selector("#sight .face:has-text('happy')")
    expect(page.locator("#sight img")).to_have_js_property("naturalWidth", 160)
    expect(page.locator("#bars")).to_be_visible()
    page.click("nav a:has-text('Box')")
    page.wait_for_selector("#verdict")
    page.click("nav a:has-text('Now')")
    page.wait_for_selector("#look[aria-pressed='false']")
    expect(page.locator("#sight")).to_have_count(0)
    page.click("#look")
    page.wait_for_selector("#sight .face")
    house.show(private=True, mood=None, unknown="private", faces=None)
    page.wait_for_selector("#sight", state="detached")
    page.wait_for_selector("#look:disabled")


def look_for_places(page: Any, house: Any, *places: Any) -> Any:
    house.scene.jpeg = bytes(cv2.imencode(".jpg", np.full((120, 160, 3), 90, np.uint8))[1])
    house.web.prefer(Preferences(ignored=places))
    page.click("#look")
    page.click("#ignored")
    page.wait_for_selector("#places")
    expect(page.locator("#sight img")).to_have_js_property("naturalWidth", 160)
    expect(page.locator(".place")).to_have_count(len(places))
    page.locator(".sheet").scroll_into_view_if_needed()
    return page.locator(".sheet").bounding_box()


def ignored(house: Any) -> list[Any]:
    return [it.body.places for it in house.requests if isinstance(it.body, SetIgnored)]


def ignores(house: Any, place: tuple[float, ...]) -> bool:
    return (place,) in ignored(house)


def test_a_place_to_ignore_is_drawn_with_the_mouse(page: Any, house: Any) -> None:
    there = (0.7, 0.1, 0.2, 0.2)
    sheet = look_for_places(page, house, there)
    expect(page.locator(".place")).to_have_text("1")
    page.mouse.move(sheet["x"] + 0.5 * sheet["width"], sheet["y"] + 0.75 * sheet["height"])
    page.mouse.down()
    page.mouse.move(sheet["x"] + 0.1 * sheet["width"], sheet["y"] + 0.25 * sheet["height"])
    page.wait_for_selector(".place.new")
    page.mouse.up()
    until(lambda: ignored(house))
    kept, drawn = ignored(house)[0]
    assert kept == there, "what was there stays"
    assert drawn == pytest.approx((0.1, 0.25, 0.4, 0.5), abs=0.01)
    page.mouse.click(sheet["x"] + 20, sheet["y"] + 20)
    page.click("#place-add")
    until(lambda: ignored(house)[1:])
    assert ignored(house)[1:] == [(there, (0.35, 0.35, 0.3, 0.3))], "a mere tap draws nothing"


def test_a_place_to_ignore_is_drawn_with_a_finger(visit: Open, house: Any) -> None:
    page = visit(has_touch=True, is_mobile=True)
    sheet = look_for_places(page, house)
    finger = page.context.new_cdp_session(page)
    for kind, at in (("touchStart", 0.2), ("touchMove", 0.4), ("touchMove", 0.6)):
        spot = {"x": sheet["x"] + at * sheet["width"], "y": sheet["y"] + at * sheet["height"]}
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [spot]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    until(lambda: ignored(house))
    assert ignored(house)[0][0] == pytest.approx((0.2, 0.2, 0.4, 0.4), abs=0.01)


def test_places_to_ignore_are_set_by_keys_and_removed(page: Any, house: Any) -> None:
    look_for_places(page, house, (0.5, 0.25, 0.5, 0.2))
    page.focus("#places input[name='width']")
    for typed, width in (("30", 0.3), ("90", 0.5)):  # no further than to the picture's edge
        page.keyboard.press("Control+A")
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        until(partial(ignores, house, (0.5, 0.25, width, 0.2)))
    page.focus("#place-add")
    page.keyboard.press("Enter")
    until(lambda: ((0.5, 0.25, 0.5, 0.2), (0.35, 0.35, 0.3, 0.3)) in ignored(house))
    page.click("#places button[aria-label='Remove Place 1']")
    until(lambda: () in ignored(house))


def test_songs_for_the_mood_are_offered_and_played(page: Any, house: Any) -> None:
    link = "https://open.spotify.com/track/one"
    song = ListedSong("spotify:track:one", "One", "B", link=link, duration=1.0, source=SUNNY)
    house.store.keep_playlist(PlaylistSnapshot(SUNNY, "A", "", 1.0), [song])
    house.store.remember(Preferences(sources={"sad": [SUNNY]}))
    house.store.flush()
    house.show(mood=Mood("sad", 0.8, time.monotonic()))
    page.wait_for_selector(f".recommended a[href='{link}']:has-text('One')")
    page.click(".recommended button")
    asked(house, Play("spotify:track:one"))
    house.show(mood=Mood("away", 0.8, time.monotonic()))
    page.wait_for_selector(".recommended", state="detached")


# --- music ---------------------------------------------------------------------------------------


def test_music_is_given_to_a_mood_by_a_tap_moved_and_taken_away(page: Any, house: Any) -> None:
    live_through_a_day(house)
    page.click("nav a:has-text('Music')")
    page.wait_for_selector(".for-mood[data-mood='happy'] li:has-text('Sunny side')")
    page.click(".targets button:has-text('sad')")
    page.fill("#search", "https://open.spotify.com/album/1DFixLWuPkv3KT3TnV35m3")
    page.press("#search", "Enter")
    asked(house, AddSource("sad", "spotify:album:1DFixLWuPkv3KT3TnV35m3"))
    page.wait_for_selector("#toast:has-text('is now for sad')")
    page.click(".for-mood[data-mood='happy'] li:nth-child(2) button:first-of-type")
    asked(house, MoveSource("happy", "spotify:album:b", 0))
    page.click("button[aria-label='Take Sunny side from happy']")
    asked(house, RemoveSource("happy", SUNNY))
    page.click("#toast:has-text('no longer for happy') button:has-text('Undo')")
    asked(house, AddSource("happy", SUNNY))


@pytest.mark.parametrize(
    ("locale", "named"), [("en-GB", "Liked songs"), ("de-DE", "Lieblingssongs")]
)
def test_the_accounts_own_lists_are_called_in_the_pages_language(
    visit: Open, house: Any, locale: str, named: str
) -> None:
    house.store.remember(Preferences(sources={"sad": [LIKED]}))
    house.store.flush()
    house.show(track=Track("spotify:track:a", "A Song", context=LIKED))
    page = visit(locale=locale)
    page.wait_for_selector(f"#from:has-text('{named}')")
    page.click("nav a[href='#music']")
    page.wait_for_selector(f".for-mood[data-mood='sad'] li strong:has-text('{named}')")


def test_a_list_says_what_is_wrong_with_it(page: Any, house: Any) -> None:
    live_through_a_day(house)
    house.store.keep_playlist(PlaylistSnapshot(SUNNY, "Sunny", "", 1.0, "not yours"), [])
    page.click("nav a:has-text('Music')")
    page.wait_for_selector(".for-mood li:has-text('Sunny'):has-text('not yours')")


def test_what_another_browser_changes_is_seen_at_once(page: Any, house: Any) -> None:
    page.click("nav a:has-text('Music')")
    page.wait_for_selector(".for-mood[data-mood='sad']:has-text('Nothing of yours')")
    house.web.prefer(Preferences(sources={"sad": ["rainy songs"]}))
    page.wait_for_selector(".for-mood[data-mood='sad'] li:has-text('rainy songs')")


def test_profiles_come_are_chosen_and_go(page: Any, house: Any) -> None:
    house.web.prefer(Preferences(profiles=("home", "anna")))
    page.click("nav a:has-text('Music')")
    page.click(".profiles button:has-text('anna')")
    asked(house, SetProfile("anna"))
    page.click("button[aria-label='Remove anna']")
    asked(house, SetPreferences(profiles=("home",)))
    page.fill("#profile-name", "ben")
    page.press("#profile-name", "Enter")
    asked(house, SetPreferences(profiles=("home", "anna", "ben")))


def test_a_profile_is_given_music_and_quiet_hours_of_its_own(page: Any, house: Any) -> None:
    house.web.prefer(Preferences(sources={"sad": ["rainy songs"]}, profiles=("home", "anna")))
    page.click("nav a:has-text('Music')")
    page.click(".whose button:has-text('anna')")
    page.wait_for_selector(".for-mood[data-mood='sad']:has-text('As the house: rainy songs')")
    page.click(".picker .targets button:has-text('sad')")
    page.fill("#search", "her songs")
    page.press("#search", "Enter")
    page.click("button:has-text('Play whatever')")
    asked(house, AddSource("sad", "her songs", profile="anna"))
    page.wait_for_selector("#limits-title:has-text('anna')")
    page.check("#quiet-own")
    page.fill("#quiet-from", "21:00")
    page.fill("#quiet-to", "07:00")
    page.fill("#limits #volume", "30")
    page.click("#limits button")
    quiet = QuietHours("21:00", "07:00", volume=20)
    asked(house, SetProfilePreferences("anna", volume=30, quiet=quiet))


def test_quiet_hours_and_volumes_are_kept(page: Any, house: Any) -> None:
    house.web.prefer(Preferences(quiet_from="7:30", quiet_to="08:00", volume=25))
    page.click("nav a:has-text('Music')")
    expect(page.locator("#quiet-from")).to_have_value("07:30")
    expect(page.locator("#limits #volume")).to_have_value("25")
    page.fill("#quiet-from", "22:30")
    page.fill("#limits #volume", "")
    page.fill("#max-volume", "60")
    page.click("#limits button")
    wanted = SetPreferences(
        quiet_from="22:30", quiet_to="08:00", quiet_volume=20, volume=None, max_volume=60
    )
    asked(house, wanted)
    page.wait_for_selector("#toast:has-text('Kept')")


# --- history -------------------------------------------------------------------------------------


def test_what_that_song_was_is_found(page: Any, house: Any) -> None:
    live_through_a_day(house)
    page.click("nav a:has-text('History')")
    page.wait_for_selector(".heard li:has-text('Song 5')")
    rows = page.locator(".heard li")
    for words in ("A Band", "Sunny side", "sad", "skipped"):
        expect(rows.filter(has_text="Song 2")).to_contain_text(words)
    page.fill("#find", "song 3")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Song 3")
    page.fill("#find", "xyz")
    page.wait_for_selector(".heard .empty:has-text('No song fits')")


def test_what_was_is_drawn_and_judged(page: Any, house: Any) -> None:
    live_through_a_day(house)
    page.click("nav a:has-text('History')")
    chart = page.locator("#chart svg")
    expect(chart).to_have_attribute("aria-label", "6 moods, 1 corrections")
    expect(chart.locator("rect")).to_have_count(6)
    expect(chart.locator("circle")).to_have_count(1)
    expect(page.locator(".figure")).to_contain_text("1 of 2 moods")
    page.wait_for_selector("#report li:has-text('sad, taken for happy, 1')")
    page.click("#range button:has-text('Week')")
    page.wait_for_selector("#range button[value='7'][aria-pressed='true']")


@pytest.mark.parametrize(
    ("sure", "said", "lang"),
    [
        (0.55, "How sure the box is: as before (0.00).", "en"),
        (0.95, "shifted (", "en"),
        (0.95, "verschoben (", "de"),
    ],
)
def test_the_week_is_shown_beside_those_before_with_what_it_cannot_say(
    page: Any, house: Any, sure: float, said: str, lang: str
) -> None:
    now = time.monotonic()
    house.store.clock_is(time.time() - now)
    rows = [(f"old{n}", 8 * 86400 + n, 0.55) for n in range(FEWEST)]
    rows += [(f"new{n}", 3600 + n, sure) for n in range(FEWEST)]
    for name, ago, confidence in rows:
        one = Prediction(name, now - ago, "happy", confidence, (1 / 7,) * 7, "m", "home")
        house.store.remember(one)
    house.store.remember(Correction("new1", now - 60, "sad", "home"))
    house.store.flush()
    page.goto(f"{page.url.split('#')[0]}?lang={lang}#history")
    page.wait_for_selector(f"#week li:has-text('{said}')")
    beside = {"en": "tried on: otherwise (", "de": "erprobt wurde: anders ("}
    page.wait_for_selector(f"#week li:has-text('{beside[lang]}')")
    mood = {"en": "sad, taken for happy", "de": "traurig, gehalten für fröhlich"}[lang]
    page.wait_for_selector(f"#week li:has-text('{mood}')")
    limits = {
        "en": "does not say that moods are read wrongly",
        "de": "nicht, dass Stimmungen falsch",
    }
    expect(page.locator(".card:has(#week)")).to_contain_text(limits[lang])
    learnt = {"en": "the model learnt from", "de": "das Modell gelernt hat"}
    expect(page.locator("#week li:last-child")).to_contain_text(learnt[lang])


def test_the_report_is_live(page: Any, house: Any) -> None:
    live_through_a_day(house)
    page.click("nav a:has-text('History')")
    page.wait_for_selector(".figure:has-text('1 of 2')")
    house.store.remember(Confirmation("p3", time.monotonic() - 60, "happy", "home"))
    house.store.flush()
    house.web.announce(Announce("confirmation", time.monotonic(), {}))
    page.wait_for_selector(".figure:has-text('2 of 3')")


def test_moments_it_was_not_sure_of_are_named_by_the_owner(page: Any, house: Any) -> None:
    live_through_a_day(house)
    at = time.monotonic() - 3000
    house.store.remember(Prediction("p99", at, "fear", 0.3, (0.1,) * 7, "m", "home"))
    house.store.flush()
    house.crops.keep("p99", "sad", PIXEL)
    house.correction_store.keeping(True)
    house.web.prefer(Preferences(keep_faces=True))
    page.click("nav a:has-text('History')")
    page.wait_for_selector("#moments img[src='api/face?of=p99']", state="attached")
    page.select_option("#moments select", "surprise")
    asked(house, Correct("surprise", "p99"))
    page.select_option("#moments select", "fear")
    asked(house, Confirm("p99"))
    house.web.prefer(Preferences(keep_faces=False))
    page.wait_for_selector("#moments img", state="detached")


# --- set-up and care -----------------------------------------------------------------------------


def test_the_first_steps_get_their_ticks(page: Any, house: Any) -> None:
    page.click("nav a:has-text('Box')")
    page.wait_for_selector(".steps li:not(.done):has-text('Give the moods music')")
    house.web.prefer(Preferences(sources={"sad": ["rainy songs"]}))
    page.wait_for_selector(".steps li.done:has-text('Give the moods music')")
    page.wait_for_selector(".guide h2:has-text('All set up')")
    page.click(".guide button:has-text('Hide')")
    page.wait_for_selector(".guide", state="detached")


def test_health_is_told_in_words(page: Any, house: Any) -> None:
    page.click("nav a:has-text('Box')")
    page.wait_for_selector("#verdict:has-text('All is well.')")
    account = Account(0.0, signed_in=True, expires=1_800_000_000.0, requests_left=120)
    health = Health(0.0, temperature=61.0, disk_free=920.0)
    house.show(account=account, health=health, problems={"spotify": "sign in again"})
    page.wait_for_selector("#fixes li:has-text('sign in again')")
    for expected in ("61 °C", "0.9 GiB", "120", "CPU"):
        expect(page.locator("#parts")).to_contain_text(expected)


def test_the_lamp_is_switched_dimmed_coloured_and_given_back(page: Any, house: Any) -> None:
    page.click("nav a:has-text('Box')")
    page.focus("#lamp-bright")
    page.keyboard.press("ArrowLeft")
    asked(house, SetLamp(brightness=99))
    page.fill("#lamp-colour", "#3366ff")
    asked(house, SetLamp(colour="#3366ff"))
    house.show(lamp=Lamp(brightness=40, colour="#3366ff"))
    page.click("#lamp-mood[aria-pressed='false']")
    asked(house, SetLamp(colour=""))
    page.click("#lamp-on[aria-checked='true']")
    asked(house, SetLamp(on=False))
    house.show(lamp=Lamp(on=False))
    page.wait_for_selector("#lamp-bright", state="detached")


def test_gestures_are_given_away_but_no_privacy(page: Any, house: Any) -> None:
    page.click("nav a:has-text('Box')")
    page.select_option("#gesture-double", "home")
    asked(house, SetPreferences(gestures={Gesture.DOUBLE: GestureTarget.HOME}))
    house.show(gestures={Gesture.DOUBLE: GestureTarget.BOX})  # somebody else was faster
    expect(page.locator("#gesture-double")).to_have_value("box")
    expect(page.locator("#gesture-hold option")).to_have_text(["both", "the box alone"])


def test_a_long_list_makes_its_formats_of_times_once(visit: Open) -> None:
    count = """async () => {
      const real = Intl.DateTimeFormat;
      let made = 0;
      Intl.DateTimeFormat = class extends real {
        constructor(...how) { super(...how); made += 1; }
      };
      const { hour, day } = await import("./static/words.js");
      const said = Array.from({ length: 100 }, (_, n) => [hour(n * 3600), day(n * 3600)]);
      Intl.DateTimeFormat = real;
      return [made, said[13][0]];
    }"""
    assert visit(locale="en-GB", timezone_id="UTC").evaluate(count) == [2, "13:00"]
    assert visit(locale="en-US", timezone_id="UTC").evaluate(count) == [2, "01:00 PM"]


def test_an_update_is_told_and_installed(page: Any, house: Any) -> None:
    page.click("nav a:has-text('Box')")
    page.wait_for_selector(".update:has-text('Nobody looks for newer ones')")
    house.show(release=Release(0.0, latest="99.1", notes=("A lamp.", "Words.")))
    page.wait_for_selector("#update-notes[open]:has-text('What changes in 99.1')")
    expect(page.locator("#update-notes li")).to_have_text(["A lamp.", "Words."])
    page.click("#update-now:has-text('Install 99.1 now')")
    asked(house, InstallUpdate())
    house.show(release=Release(0.0, latest="99.1", installing=True, words="installing 99.1"))
    expect(page.locator(".update [role='status']")).to_have_text("installing 99.1")
    expect(page.locator("#update-now")).to_be_disabled()
    house.show(release=Release(0.0, latest="99.1", runs="99.1"))
    page.wait_for_selector("#update-state:has-text('Version 99.1 runs')")


def test_the_box_view_ends_the_hands_off_time_too(page: Any, house: Any) -> None:
    page.click("nav a:has-text('Box')")
    house.show(hands_off_until=time.monotonic() + 1800)
    page.click("main.care #hands-off button")
    asked(house, FollowMood())


def test_the_home_s_broker_is_chosen_and_its_password_never_shown(
    chromium: Any, make_house: Any
) -> None:
    kept: list[tuple[Broker, str]] = []
    house = make_house(
        WebSettings(host="127.0.0.1", port=0), care=Care(keep_password=lambda *it: kept.append(it))
    )
    browser = Browser(house.port)
    browser.pair(house)
    one = Visit(chromium, house, browser.cookie)
    page = one.open("/#care")
    page.click("#broker-choose")
    page.fill("#broker-host", "ha.home")
    page.fill("#broker-user", "box")
    page.fill("#broker-password", "sweet")
    page.click("#broker-tls")
    page.click("#broker-form button.main")
    chosen = Broker("ha.home", 8883, "box", tls=True)
    asked(house, SetPreferences(broker=chosen))
    assert kept == [(chosen, "sweet")]
    house.web.prefer(Preferences(broker=chosen))
    page.wait_for_selector(".broker:has-text('ha.home:8883')")
    page.wait_for_selector("#broker-form", state="detached")
    page.click("#broker-choose")
    expect(page.locator("#broker-host")).to_have_value("ha.home")
    expect(page.locator("#broker-password")).to_have_value("")
    assert b"sweet" not in browser.get("/api/preferences").text
    page.click("#broker-forget")
    asked(house, SetPreferences(broker=None))
    assert kept[-1] == (chosen, "")
    one.close()


def test_the_last_problems_are_listed(page: Any, house: Any) -> None:
    fault: dict[str, str | float | bool | None] = {"part": "eyes", "reason": "the camera hangs"}
    house.web.announce(Announce("fault", time.monotonic(), fault))
    page.click("nav a:has-text('Box')")
    page.wait_for_selector(".troubles li:has-text('the camera hangs')")


def test_faces_are_kept_only_by_choice(page: Any, house: Any) -> None:
    page.click("nav a:has-text('Box')")
    page.click("#keep-faces[aria-checked='false']")
    asked(house, SetPreferences(keep_faces=True))
    house.web.prefer(Preferences(keep_faces=True))
    page.wait_for_selector("#keep-faces[aria-checked='true']")


def test_the_box_learns_only_by_choice_and_says_how_it_did(page: Any, house: Any) -> None:
    page.click("nav a:has-text('Box')")
    page.click("#learn[aria-checked='false']")
    asked(house, SetPreferences(learn=True))
    house.web.prefer(Preferences(learn=True))
    page.click("#share[aria-checked='false']")
    asked(house, SetPreferences(share=True))
    learnt = Learnt(time.monotonic(), Learning.LEARNT, 23, 5, 4)
    house.show(learnt=learnt)
    page.wait_for_selector("#learnt:has-text('Of your last 5 corrections, 4 would')")
    page.click("#unlearn")
    asked(house, Unlearn())


def test_everything_is_erased_after_a_second_thought(page: Any, house: Any) -> None:
    live_through_a_day(house)
    page.click("nav a:has-text('Box')")
    page.click("#erase")
    page.click("#erase-no")
    assert len(house.store.read.heard(0.0, 1e12)) == 6
    page.click("#erase")
    page.click("#erase-yes")
    page.wait_for_selector("#toast:has-text('Erased')")
    assert house.store.read.corrections() == []
    assert house.store.read.heard(0.0, 1e12) == []


def test_alerts_go_where_the_house_says_and_no_address_is_shown_in_full(
    page: Any, house: Any
) -> None:
    page.click("nav a:has-text('Box')")
    page.fill("#alert-address", "ntfy://secret-topic")
    page.click("#alert-add button")
    asked(house, SetPreferences(alerts=("ntfy://secret-topic",)))
    house.web.prefer(Preferences(alerts=("ntfy://secret-topic",)))
    page.wait_for_selector("#alerts li:has-text('ntfy://…')")
    expect(page.locator("#alerts")).not_to_contain_text("secret-topic")
    page.click("#alert-moods[aria-checked='false']")
    asked(house, SetPreferences(alert_moods=True))
    page.click("button[aria-label='Remove ntfy://…']")
    asked(house, SetPreferences(alerts=()))


def test_whose_work_it_runs_on_is_told(page: Any) -> None:
    page.click("nav a:has-text('Box')")
    page.click("#works summary")
    for work, licence in (("starlette", ""), ("go-librespot", "GPL-3.0"), ("Preact", "MIT")):
        line = page.locator("#works li").filter(has_text=re.compile(f"^{work}"))
        expect(line).to_contain_text(licence)


def test_the_house_is_taken_along(page: Any) -> None:
    page.click("nav a:has-text('Box')")
    with page.expect_download() as download:
        page.click("a[download]")
    assert download.value.suggested_filename == "moodbox.zip"


def test_browsers_are_told_apart_and_this_one_is_marked(page: Any, house: Any) -> None:
    house.store.add_token("another", "Firefox, Windows", time.time())
    page.click("nav a:has-text('Box')")
    page.wait_for_selector("#browsers li:has-text('Firefox, Windows')")
    expect(page.locator("#browsers li:has-text('this one')")).to_have_count(1)
    page.click("button[aria-label='Let go of Firefox, Windows']")
    page.wait_for_selector("#browsers li:has-text('Firefox, Windows')", state="detached")
    assert [device.name for device in house.store.read.devices()] == ["a test"]


def test_a_browser_pairs_by_tapping_the_colours(chromium: Any, house: Any) -> None:
    stranger = Visit(chromium, house, "")
    page = stranger.context.new_page()
    page.goto(stranger.address)
    page.wait_for_selector("#closed:has-text('ten seconds')")
    house.show(pairing_until=time.monotonic() + 300, pairing_code=("blue", "white") * 2)
    page.wait_for_selector("#colours button")
    for colour in house.status.pairing_code:
        button = page.locator(f"#colours button[data-colour='{colour}']")
        lamps = "rgb({}, {}, {})".format(*rgb(colour))
        expect(button.locator(".dot")).to_have_css("background-color", lamps)
        button.click()
    page.wait_for_selector("#mood h2:has-text('happy')")
    (name,) = [device.name for device in house.store.read.devices()]
    assert name == "Chrome, Linux"
    stranger.close()


def test_a_one_time_address_pairs_and_is_gone_from_the_bar(chromium: Any, house: Any) -> None:
    """Pasted into the tab that says where to get one: the browser loads nothing anew for it."""
    stranger = Visit(chromium, house, "")
    page = stranger.context.new_page()
    page.goto(f"{stranger.address}/pair")
    page.wait_for_selector("#closed:has-text('moodbox pair')")
    page.goto(house.web.invite())
    page.wait_for_selector("#mood h2:has-text('happy')")
    expect(page).to_have_url(re.compile("^[^#]*$"))
    stranger.close()


def test_a_guest_sees_nothing_that_is_refused(chromium: Any, make_house: Any) -> None:
    house = make_house(WebSettings(host="127.0.0.1", port=0, guests=True))
    guest = Visit(chromium, house, "")
    refused: list[str] = []
    guest.context.on(
        "response", lambda answer: refused.append(answer.url) if answer.status > 399 else None
    )
    page = guest.open("/#history")
    expect(page.locator("nav a:visible")).to_have_text(["Now", "Box"])
    for view, whole in (("Now", "#bars li"), ("Box", "#works")):
        page.click(f"nav a:has-text('{view}')")
        page.wait_for_selector(whole)
        page.wait_for_timeout(300)
        controls = "button, input, select, a[download]"
        assert page.locator(f"main :is({controls}):visible").count() == 0, view
    assert refused == []
    page.click("a:has-text('pair this browser')")
    page.wait_for_selector("h1:has-text('Pair this browser')")
    guest.close()
