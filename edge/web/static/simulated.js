// The parts that a demo makes up, drawn: a lamp, a button, and a speaker that can be heard.

import { attempt, box, post } from "./box.js";
import { Icon } from "./icons.js";
import { Card } from "./parts.js";
import { html, useEffect, useRef, useState } from "./vendor/preact-htm.js";
import { t } from "./words.js";

export function View() {
  const parts = box.about.simulated;
  return html`<${Card} name="simulated" title=${t("the_box")}>
    ${parts.includes("past") && html`<p class="soft">${t(parts.includes("clip") ? "made_up_clip" : "made_up")}</p>`}
    <div class="bench">${parts.includes("lamp") && html`<${Lamp} />`}${parts.includes("button") && html`<${Button} />`}</div>
    ${parts.includes("speaker") && html`<${Sound} />`}
  <//>`;
}

const screen = (linear) => Math.round(255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055));

function Lamp() {
  const lamp = useRef();
  const small = useRef();
  useEffect(() => {
    let lights = null;
    const draw = ({ data }) => {
      const [red, green, blue, status] = JSON.parse(data);
      const strong = Math.max(red, green, blue);
      // The colour is what the LED's is; how bright it is, is how much of it there is to see.
      const colour = strong ? [red, green, blue].map((part) => screen(part / strong)).join(" ") : "0 0 0";
      lamp.current?.style.setProperty("--shine", `rgb(${colour})`);
      lamp.current?.style.setProperty("--bright", strong ? 0.25 + 0.75 * Math.sqrt(strong) : 0);
      small.current?.style.setProperty("--bright", status);
    };
    const look = () => {
      lights?.close();
      lights = null;
      if (document.hidden) return;
      lights = new EventSource("api/simulated/lights");
      lights.addEventListener("lights", draw);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => { document.removeEventListener("visibilitychange", look); lights?.close(); };
  }, []);
  return html`<div class="lamps">
    <div class="lamp" ref=${lamp} role="img" aria-label=${t("lamp_is")}></div>
    <div class="small-lamp" ref=${small} role="img" aria-label=${t("small_light")}></div>
  </div>`;
}

const STILL = 0.03;
const wait = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

function Button() {
  const [down, set] = useState(false);
  const held = useRef(false);  // at once: a quick finger is gone before anything is drawn
  const edges = useRef(Promise.resolve());
  // One edge after the other, however fast the finger is; a press by a screen reader is over at once,
  // and a level that is not still for a moment counts for a bounce.
  const edge = (is) => {
    held.current = is;
    set(is);
    edges.current = edges.current.then(() => attempt(() => post("api/simulated/button", { down: is }))).then(() => wait(STILL));
    return edges.current;
  };
  const press = (event) => { event.preventDefault(); event.target.setPointerCapture?.(event.pointerId); if (!held.current) edge(true); };
  const free = () => { if (held.current) edge(false); };
  const key = (event) => { if (event.key === " " || event.key === "Enter") { event.preventDefault(); if (!event.repeat) edge(event.type === "keydown"); } };
  const times = async (n, long = 0.08) => {
    for (let one = 0; one < n; one += 1) { await edge(true); await wait(long); await edge(false); await wait(0.12); }
  };
  return html`<div class="pressing">
    <button id="box-button" type="button" class=${`box-button ${down ? "down" : ""}`} aria-label=${t("button")} aria-describedby="button-how"
      onPointerDown=${press} onPointerUp=${free} onPointerCancel=${free} onKeyDown=${key} onKeyUp=${key} onBlur=${free} onContextMenu=${(event) => event.preventDefault()}></button>
    <p id="button-how" class="soft">${t("button_how")}</p>
    <div class="row">${[["press_1", 1], ["press_2", 2], ["press_3", 3]].map(([words, n]) => html`<button key=${words} type="button" class="small" onClick=${() => times(n)}>${t(words)}</button>`)}
      <button type="button" class="small" onClick=${() => times(1, 2.4)}>${t("press_hold")}</button></div>
  </div>`;
}

function Sound() {
  const [player, set] = useState(null);
  const { status } = box;
  useEffect(() => { player?.follow(status); });
  useEffect(() => () => player?.end(), [player]);
  const toggle = async () => {
    if (player) { player.end(); set(null); return; }
    const { Player } = await import("./sound.js");
    set(new Player());
  };
  return html`<button id="sound" type="button" class="pill wide" aria-pressed=${Boolean(player)} onClick=${toggle}><${Icon} name="sound" />${t(player ? "sound_off" : "sound_on")}</button>`;
}
