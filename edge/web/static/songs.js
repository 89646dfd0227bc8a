// The owner's own songs that suit the mood of the moment.

import { request } from "/static/api.js";
import { $, el } from "/static/dom.js";

let shown = "";

export async function show(mood, moods) {
  if (mood === shown) return;
  shown = mood;
  const songs = moods.includes(mood) ? await recommended(mood) : [];
  if (mood !== shown) return;
  $("#recommended").hidden = !songs.length;
  $("#recommended h2").textContent = `Your songs for ${mood}`;
  $("#recommended ul").replaceChildren(...songs.map(row));
}

// A store that cannot be read is told of elsewhere.
async function recommended(mood) {
  const response = await fetch(`/api/songs?most=5&mood=${encodeURIComponent(mood)}`);
  return response.ok ? (await response.json()).songs : [];
}

function row(song) {
  const words = [song.title, song.artist].filter(Boolean).join(" – ") || song.uri;
  const safe = song.link.startsWith("https://");
  const name = safe
    ? el("a", { href: song.link, target: "_blank", rel: "noreferrer", textContent: words })
    : el("span", { textContent: words });
  const play = el("button", { type: "button", textContent: "Play", ariaLabel: `Play ${words}` });
  play.onclick = () => request("Play", { what: song.uri });
  return el("li", {}, name, play);
}
