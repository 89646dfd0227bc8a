// What is felt and what plays, now.

import { request, say } from "/static/api.js";
import { $, colour, duration, el } from "/static/dom.js";
import * as live from "/static/live.js";
import * as songs from "/static/songs.js";

const UNKNOWN = {
  private: "the camera is off",
  starting: "not looked for long enough yet",
  camera: "the camera is away",
  dark: "too dark to tell",
};

let status = null;
let about = null;
let offset = 0;

// `offset` is the box's monotonic clock minus this browser's.
export function begin(house, now) {
  about = house;
  offset = now - performance.now() / 1000;
  if (!$("#bars").children.length) build();
}

function build() {
  for (const emotion of about.emotions) {
    const fill = el("i");
    fill.style.background = colour(emotion);
    const bar = el("div", { className: "bar", ariaHidden: "true" }, fill);
    $("#bars").append(el("li", {}, el("span", { textContent: emotion }), bar, el("span")));
  }
  for (const mood of about.moods) {
    const button = el("button", { type: "button", textContent: mood });
    button.onclick = () => correct(mood);
    $("#feel").append(button);
  }
  $("#play").onclick = () => request("PlayPause");
  $("#next").onclick = () => request("Next");
  $("#volume").onchange = () => request("SetVolume", { volume: Number($("#volume").value) });
  $("#music").onclick = () => request("SetMusic", { on: !status.music });
  $("#private").onclick = () => request("SetPrivate", { private: !status.private });
  for (const button of document.querySelectorAll("#intent button")) {
    button.onclick = () => request("SetIntent", { intent: button.value });
  }
  live.ready();
  setInterval(age, 1000);
}

async function correct(mood) {
  const prediction = status.prediction;
  if (await request("Correct", { mood, prediction })) say(`thank you: ${mood}`);
}

export function show(fresh) {
  status = fresh;
  showMood();
  showMusic();
  live.show(status);
  if (!about.guest) songs.show(status.mood ? status.mood.name : "", about.moods);
  const problems = Object.entries(status.problems);
  $("#problems").hidden = !problems.length;
  $("#problems ul").replaceChildren(
    ...problems.map(([part, words]) => el("li", { textContent: `${part}: ${words}` })),
  );
}

function showMood() {
  const name = status.mood ? status.mood.name : status.unknown;
  $("#mood h1").textContent = name;
  $("#mood .dot").style.background = colour(name);
  $("#private").setAttribute("aria-pressed", status.private);
  $("#private").textContent = status.private ? "Camera is off" : "Turn the camera off";
  [...$("#bars").children].forEach((row, number) => {
    const share = status.probabilities[number];
    row.querySelector("i").style.width = `${100 * (share || 0)}%`;
    row.lastChild.textContent = share === undefined ? "" : `${Math.round(100 * share)} %`;
  });
  age();
}

function age() {
  if (!status) return;
  if (!status.mood) {
    $("#sure").textContent = UNKNOWN[status.unknown] || "";
    return;
  }
  const seconds = performance.now() / 1000 + offset - status.mood.since;
  const sure = status.probabilities.length ? `${Math.round(100 * status.mood.confidence)} % sure, ` : "";
  $("#sure").textContent = `${sure}for ${duration(seconds)}`;
}

function showMusic() {
  const track = status.track;
  $("#title").textContent = track ? track.title || track.uri : "Nothing is known to play";
  $("#artist").textContent = track ? track.artist : "";
  cover(track);
  $("#why").textContent = status.why;
  $("#open").hidden = !(track && track.link.startsWith("https://"));
  if (track && track.link) $("#open").href = track.link;
  $("#where").textContent = [status.playback, status.speaker && `on ${status.speaker}`].filter(Boolean).join(" ");
  const playing = status.playback === "playing";
  $("#play").textContent = playing ? "Pause" : "Play";
  if (document.activeElement !== $("#volume")) $("#volume").value = status.volume ?? 50;
  $("#volume-now").textContent = status.volume === null ? "" : `${status.volume} %`;
  $("#music").setAttribute("aria-pressed", status.music);
  $("#music").textContent = status.music ? "Mood drives the music" : "Music is left alone";
  for (const button of document.querySelectorAll("#intent button")) {
    button.setAttribute("aria-pressed", button.value === status.intent);
  }
}

// The box hands out the cover of the newest track alone; the track in the address is for this cache.
function cover(track) {
  const image = $("#cover");
  const source = track && track.cover ? `/api/cover?of=${encodeURIComponent(track.uri)}` : "";
  if (image.getAttribute("src") === source) return;
  image.hidden = true;
  image.onload = () => { image.hidden = false; };
  if (source) image.src = source;
  else image.removeAttribute("src");
}
