// Letting a browser in: tap the colours that the box's light shows.

import { get, post } from "/static/api.js";

const SHOWN = {
  vermillion: "#e34b1f", yellow: "#f2c500", green: "#1f9d55", blue: "#2b6cd4", purple: "#8e44ad", white: "#ffffff",
};
let length = 4;
let tapped = [];

function draw() {
  const place = document.querySelector("#tapped");
  place.replaceChildren(...tapped.map((name) => Object.assign(dot(name), { role: "img", ariaLabel: name })));
}

function dot(name) {
  const made = document.createElement("span");
  made.className = "dot";
  made.style.background = SHOWN[name];
  return made;
}

async function tap(name) {
  tapped.push(name);
  draw();
  if (tapped.length < length) return;
  const colours = tapped;
  tapped = [];
  await pair({ colours });
  draw();
}

async function pair(by) {
  const name = navigator.userAgent.replace(/.*\((.*?)\).*/, "$1").slice(0, 60);
  try {
    await post("/api/pair", { ...by, name });
    location.replace("/");
  } catch (error) {
    document.querySelector("#state").textContent = error.message;
  }
}

async function look() {
  const state = await get("/api/pair");
  if (state.open) length = state.length;
  document.querySelector("#closed").hidden = state.open;
  document.querySelector("#window").hidden = !state.open;
  const place = document.querySelector("#colours");
  if (place.children.length) return;
  for (const name of state.colours) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(dot(name), name);
    button.onclick = () => tap(name);
    place.append(button);
  }
}

// A one-time address, as `moodbox pair` prints it: what it holds stands behind the #, and so goes to no log.
const invitation = location.hash.slice(1);
if (invitation) {
  history.replaceState(null, "", "/pair");
  await pair({ invitation });
}
await look();
setInterval(() => look().catch(() => {}), 3000);
