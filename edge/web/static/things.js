// The box's own things: its lamp, its button, and the program that it runs.

import { box, busy, request } from "./box.js";
import { colour } from "./icons.js";
import { Card, Switch, useHeld } from "./parts.js";
import { prefer } from "./prefer.js";
import { html } from "./vendor/preact-htm.js";
import { percent, said, t } from "./words.js";

export function Lamp() {
  const { lamp, mood } = box.status;
  const [bright, hold] = useHeld(lamp.brightness);
  const moods = colour(mood?.name);
  return html`<${Card} name="lamp-card" title=${t("lamp_is")}>
    <${Switch} id="lamp-on" on=${lamp.on} label=${t("lamp_on")} more=${t(!lamp.on ? "lamp_off_more" : lamp.colour ? "lamp_own_more" : "lamp_mood_more")} turn=${(on) => request("SetLamp", { on })} />
    ${lamp.on && html`<label class="slider"><span>${t("lamp_bright")}</span>
      <input id="lamp-bright" type="range" min="1" max="100" value=${bright} aria-valuetext=${percent(bright / 100)} onInput=${(event) => hold(Number(event.target.value))} onChange=${(event) => request("SetLamp", { brightness: Number(event.target.value) })} /><span>${percent(bright / 100)}</span></label>
    <div class="row"><button id="lamp-mood" type="button" class="pill" aria-pressed=${!lamp.colour} onClick=${() => request("SetLamp", { colour: "" })}>${t("lamp_mood")}</button>
      <label class="pill picked"><input id="lamp-colour" type="color" value=${lamp.colour || (moods === "none" ? "#ffffff" : moods)} onChange=${(event) => request("SetLamp", { colour: event.target.value })} />${t("lamp_own")}</label></div>`}
  <//>`;
}

const GESTURES = ["press", "double", "triple", "hold", "release", "long_hold"];
// Privacy and pairing stay the button's, whatever the home wants.
const KEPT = new Set(["hold", "release", "long_hold"]);

export function Gestures() {
  const given = box.status.gestures;
  return html`<${Card} name="gestures" title=${t("button")}>
    <p class="soft">${t("gestures_more")}</p>
    <div class="fields">${GESTURES.map((one) => html`<label key=${one} for=${`gesture-${one}`}>${t(`gesture.${one}`)}</label>
      <select key=${`${one}-who`} id=${`gesture-${one}`} value=${given[one] ?? "both"} onChange=${(event) => prefer({ gestures: { [one]: event.target.value } })}>
        ${["both", "box", "home"].filter((who) => who !== "home" || !KEPT.has(one)).map((who) => html`<option key=${who} value=${who}>${t(`target.${who}`)}</option>`)}</select>`)}</div>
  <//>`;
}

// So many changes are shown at once; more of them on a tap.
const FEW = 5;

export function Update() {
  const { release } = box.status;
  const version = release?.runs || box.about.version;
  const newer = release?.latest && release.latest !== version;
  const busyNow = release?.installing || busy("InstallUpdate");
  return html`<${Card} name="update" title=${t("update")}>
    <p id="update-state">${t(newer ? "update_newer" : "update_runs", { version, latest: release?.latest })}</p>
    ${release?.notes?.length > 0 && html`<details id="update-notes" open=${release.notes.length <= FEW}><summary>${t("update_notes", { latest: release.latest })}</summary>
      <ul>${release.notes.map((note) => html`<li key=${note}>${note}</li>`)}</ul></details>`}
    ${release ? html`${release.words && html`<p class="soft" role="status">${said(release.words)}</p>`}
      <button id="update-now" type="button" class=${newer ? "main" : ""} aria-busy=${busyNow} disabled=${busyNow} onClick=${() => request("InstallUpdate")}>${busyNow ? t("update_busy") : t(newer ? "update_now" : "update_look", { latest: release.latest })}</button>`
      : html`<p class="soft">${t("update_none")}</p>`}
  <//>`;
}
