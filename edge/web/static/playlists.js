// The owner's music for each mood, and who is listening.

import { attempt, get, request, say } from "/static/api.js";
import { $, el } from "/static/dom.js";

let moods = [];

export async function show(known) {
  moods = known;
  await attempt(async () => draw(await get("/api/preferences")));
}

function draw(preferences) {
  $("#sources").replaceChildren(...moods.map((mood) => card(mood, preferences.sources[mood] || [])));
  $("#profile").replaceChildren(...preferences.profiles.map((name) =>
    el("option", { value: name, textContent: name, selected: name === preferences.profile })));
  $("#profile").onchange = () => change("SetProfile", { profile: $("#profile").value });
}

function card(mood, sources) {
  const set = (fresh) => change("SetSources", { mood, sources: fresh });
  const rows = sources.map((source, number) => {
    const remove = el("button", { type: "button", textContent: "Remove", ariaLabel: `Remove ${source} from ${mood}` });
    remove.onclick = () => set(sources.filter((_, other) => other !== number));
    return el("li", {}, el("span", { textContent: source }), remove);
  });
  const input = el("input", { className: "grow", placeholder: "Spotify link, or words to search for", ariaLabel: `Music for ${mood}` });
  const form = el("form", { className: "row" }, input, el("button", { textContent: "Add", ariaLabel: `Add to ${mood}` }));
  form.onsubmit = (event) => {
    event.preventDefault();
    if (input.value.trim()) set([...sources, input.value.trim()]);
  };
  return el("div", { className: "card" }, el("h2", { textContent: mood }), el("ul", { className: "plain" }, ...rows), form);
}

async function change(type, values) {
  if (await request(type, values)) {
    say("kept");
    await show(moods);
  }
}
