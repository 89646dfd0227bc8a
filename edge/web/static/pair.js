// Letting a browser in: tap the colours that the box's light shows.

import { get, post } from "/static/api.js";

const SHOWN = {
  vermillion: "#e34b1f", yellow: "#f2c500", green: "#1f9d55", blue: "#2b6cd4", purple: "#8e44ad", white: "#ffffff",
};
const LENGTH = 4;
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
  if (tapped.length < LENGTH) return;
  const colours = tapped;
  tapped = [];
  try {
    await post("/api/pair", { colours, name: navigator.userAgent.replace(/.*\((.*?)\).*/, "$1").slice(0, 60) });
    location.replace("/");
  } catch (error) {
    document.querySelector("#state").textContent = error.message;
    draw();
  }
}

async function look() {
  const state = await get("/api/pair");
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

await look();
setInterval(() => look().catch(() => {}), 3000);
