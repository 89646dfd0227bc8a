// The owner's music for each mood.

import { attempt, get } from "/static/api.js";
import { $, el } from "/static/dom.js";
import { change, limits, profiles, read } from "/static/prefer.js";

let moods = [];
let playlists = {};

export async function show(known) {
  moods = known;
  await attempt(async () => {
    const { playlists: lists } = await get(`/api/songs?most=1&mood=${encodeURIComponent(moods[0])}`);
    playlists = Object.fromEntries(lists.map((list) => [list.source, list]));
  });
  await read(draw);
}

function draw(preferences) {
  $("#sources").replaceChildren(...moods.map((mood) => card(mood, preferences.sources[mood] || [])));
  profiles(preferences, () => show(moods));
  limits(preferences);
}

function card(mood, sources) {
  const set = async (fresh) => {
    if (await change("SetSources", { mood, sources: fresh })) await show(moods);
  };
  const rows = sources.map((source, number) => {
    const remove = el("button", { type: "button", textContent: "Remove", ariaLabel: `Remove ${source} from ${mood}` });
    remove.onclick = () => set(sources.filter((_, other) => other !== number));
    const { name, problem } = playlists[source] || {};
    const words = el("span", { textContent: name || source });
    if (problem) words.append(el("span", { className: "bad", textContent: ` ${problem}` }));
    return el("li", {}, words, remove);
  });
  const input = el("input", { className: "grow", placeholder: "Spotify link or search words", ariaLabel: `Music for ${mood}` });
  const form = el("form", { className: "row" }, input, el("button", { textContent: "Add", ariaLabel: `Add to ${mood}` }));
  form.onsubmit = (event) => {
    event.preventDefault();
    if (input.value.trim()) set([...sources, input.value.trim()]);
  };
  return el("div", { className: "card" }, el("h2", { textContent: mood }), el("ul", { className: "plain" }, ...rows), form);
}
