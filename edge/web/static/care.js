// Set-up and care: what is still to do, how the box is, and everything that is done once.

import { attempt, box, get, post, say } from "./box.js";
import { Account, Alerts, Browsers, Broker, Privacy } from "./account.js";
import { Icon } from "./icons.js";
import { Card, useFetched } from "./parts.js";
import { HandsOff } from "./player.js";
import { Gestures, Lamp, Update } from "./things.js";
import { html, useRef, useState } from "./vendor/preact-htm.js";
import { decimal, hour, part, said, t, when } from "./words.js";

export function View() {
  const guest = box.about.guest;
  if (guest) {
    return html`<h1>${t("view.care")}</h1><div class="column"><p class="card note">${t("guest")} <a href="pair">${t("guest_pair")}</a></p><${Health} /></div>
      <div class="column"><${PrivacyWords} /><${About} /></div>`;
  }
  return html`<h1>${t("view.care")}</h1>
    <div class="column"><${HandsOff} status=${box.status} /><${Guide} /><${Account} /><${Broker} /><${Lamp} /><${Gestures} /></div>
    <div class="column"><${Health} /><${Update} /><${Troubles} /><${Browsers} /><${Alerts} /><${Privacy} /><${About} /></div>`;
}

const PrivacyWords = () => html`<${Card} name="privacy" title=${t("privacy")}><p>${t("privacy_faces")} ${t("privacy_kept", { days: box.about.keep_days })}</p><p>${t("privacy_home")}</p><//>`;

// --- the first evening ---------------------------------------------------------------------------

function Guide() {
  const { status, preferences } = box;
  const [hidden, hide] = useState(() => stored("guide") === "hidden");
  if (!preferences) return null;
  const given = Object.values(preferences.sources).some((sources) => sources.length);
  const steps = [
    ["paired", true, ""],
    ...(box.about.signs_in ? [["sign_in", Boolean(status.account?.signed_in), "account"]] : []),
    ["speaker", Boolean(status.speaker) && status.playback !== "unknown", "speaker"],
    ["music", given, "#music"],
    ["broker", !("mqtt" in status.problems) && Boolean(preferences.broker || box.about.broker), "broker"],
  ];
  const left = steps.filter(([name, done]) => !done && name !== "broker").length;
  if (!left && hidden) return null;
  return html`<${Card} name="guide" title=${t(left ? "guide" : "guide_done")}>
    <ol class="steps">${steps.map(([name, done, where]) => html`<li key=${name} class=${done ? "done" : ""}>
      <span class="tick" aria-hidden="true">${done && html`<${Icon} name="check" />`}</span>
      <div><strong>${t(`guide.${name}`)}</strong> <span class="hidden">${t(done ? "done" : "to_do")}</span>
        ${!done && html`<span class="soft">${t(`guide.${name}.more`)}</span>`}</div>
      ${!done && where && (where[0] === "#" ? html`<a class="pill" href=${where}>${t("go")}</a>`
        : html`<button type="button" class="pill" onClick=${() => document.getElementById(String(where))?.scrollIntoView({ behavior: "smooth" })}>${t("go")}</button>`)}</li>`)}</ol>
    ${!left && html`<button type="button" class="small" onClick=${() => { hide(true); store("guide", "hidden"); }}>${t("hide_guide")}</button>`}
  <//>`;
}

function stored(key) { try { return localStorage.getItem(key); } catch { return null; } }
function store(key, value) { try { localStorage.setItem(key, value); } catch { /* then it comes back */ } }

// --- how it is -----------------------------------------------------------------------------------

function Health() {
  const { status } = box;
  const { account, health } = status;
  const rows = [
    ["runs_on", status.runs_on || t("eyes_closed")],
    ["camera", status.camera], ["detector", status.detector], ["model", status.model],
    ["eyes_note", status.eyes_note?.split("; ").map((words) => html`<span key=${words}>${said(words)}</span>`)],
    ["speed", status.runs_on && t("speed_is", { frames: decimal(status.frames_per_second), ms: decimal(status.inference_ms) })],
    ["temperature", health?.temperature && `${Math.round(health.temperature)} °C`],
    ["power", health?.under_voltage && t("power_weak")],
    ["disk", health?.disk_free && `${decimal(health.disk_free / 1024)} GiB`],
    ["requests", account?.requests_left],
    ["limited", account?.limited_until && hour(account.limited_until)],
  ];
  const problems = Object.entries(status.problems);
  return html`<${Card} name="health" title=${t("health")}>
    <p id="verdict" class=${problems.length ? "bad" : "good"}><${Icon} name=${problems.length ? "warn" : "check"} /> ${t(status.waking ? "waking" : problems.length ? "needs_you" : "all_well")}</p>
    <ul id="fixes">${problems.map(([name, words]) => html`<li key=${name}><strong>${part(name)}</strong>: ${said(words)}</li>`)}</ul>
    <dl id="parts">${rows.filter(([, words]) => words || words === 0).map(([name, words]) => html`<div key=${name} class=${name}><dt>${t(`health.${name}`)}</dt><dd>${words}</dd></div>`)}</dl>
  <//>`;
}

function Troubles() {
  const found = useFetched(() => get("api/troubles"), [], 15);
  const sure = useRef();
  if (!found) return null;
  const restart = async () => {
    sure.current.close();
    if (await attempt(() => post("api/restart"))) say(t("restarting"));
  };
  return html`<${Card} name="troubles" title=${t("troubles")}>
    ${found.length ? html`<ul class="plain">${found.slice(-12).reverse().map((one) => html`<li key=${`${one.at}${one.part}`}><span><strong>${part(one.part)}</strong> ${said(one.reason)}</span><time class="soft">${when(one.at)}</time></li>`)}</ul>`
      : html`<p class="soft">${t("no_troubles")}</p>`}
    ${box.about.restarts && html`<button id="restart" type="button" onClick=${() => sure.current.showModal()}>${t("restart")}</button>
    <dialog ref=${sure} aria-labelledby="restart-what"><p id="restart-what">${t("restart_sure")}</p>
      <div class="row"><button id="restart-yes" type="button" class="main" onClick=${restart}>${t("restart")}</button><button type="button" onClick=${() => sure.current.close()}>${t("cancel")}</button></div></dialog>`}
  <//>`;
}

function About() {
  const [works, show] = useState(null);
  const open = async (event) => { if (event.target.open && !works) show(await attempt(() => get("api/licences")) || null); };
  return html`<${Card} name="about" title=${t("about")}>
    <p>moodbox <span id="version">${box.about.version}</span>. ${t("about_words")}</p>
    <details id="works" onToggle=${open}><summary>${t("works")}</summary>
      <ul class="plain">${(works || []).map((work) => html`<li key=${work.name}><a href=${work.link} target="_blank" rel="noreferrer">${work.name} ${work.version}</a><span class="soft">${work.licence}</span></li>`)}</ul></details>
  <//>`;
}
