// Moments that the box was not sure of, for the owner to say what they were.

import { request, say } from "/static/api.js";
import { $, el } from "/static/dom.js";
import { read } from "/static/prefer.js";

export async function show(moments, moods) {
  $("#unsure").hidden = !moments.length;
  await read((preferences) => {
    $("#moments").replaceChildren(...moments.map((one) => moment(one, moods, preferences.keep_faces)));
  });
}

function moment(felt, moods, faces) {
  const when = new Date(felt.at * 1000).toLocaleString(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" });
  const choice = el("select", { ariaLabel: `What you felt ${when}` }, el("option", { value: "", textContent: "I actually felt…" }),
    ...moods.map((mood) => el("option", { value: mood, textContent: mood })));
  choice.onchange = async () => {
    if (choice.value && await request("Correct", { mood: choice.value, prediction: felt.id })) say(`thank you: ${choice.value}`);
  };
  const words = el("p", { textContent: `${when}: ${felt.mood}, ${Math.round(100 * felt.confidence)} % sure` });
  const made = el("li", {}, el("div", {}, words, choice));
  if (faces) made.prepend(face(felt));
  return made;
}

function face(felt) {
  const image = el("img", { className: "small-face", alt: "The face at that moment", loading: "lazy" });
  image.onerror = () => image.remove();
  image.src = `/api/face?of=${encodeURIComponent(felt.id)}`;
  return image;
}
