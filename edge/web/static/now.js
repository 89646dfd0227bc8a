// Now: what plays, what the box sees, and what the music does with the mood.

import { box, request } from "./box.js";
import { Icon } from "./icons.js";
import { Card, Switch } from "./parts.js";
import { Player } from "./player.js";
import { Sees } from "./sees.js";
import { html, useEffect, useState } from "./vendor/preact-htm.js";
import { part, said, t } from "./words.js";

const INTENTS = ["match", "lift", "calm", "steady"];

export function Now() {
  const guest = box.about.guest;
  return html`
    <${Problems} />
    <div class="moment"><${Player} /><${Sees} />
      ${!guest && html`<${Intent} /><div class="column third"><${Later} /></div>`}</div>
    ${guest && html`<p class="card note">${t("guest")} <a href="pair">${t("guest_pair")}</a></p>`}`;
}

// Parts whose problem is solved on another view of this page.
const WHERE = { "sign-in": "care", playlists: "music", sources: "music", spotify: "care", mqtt: "care", model: "history" };

function Problems() {
  const all = Object.entries(box.status.problems);
  const solved = all.filter(([name]) => WHERE[name]).map(([, words]) => words);
  // The music waits for the sign-in: that is one problem, not two.
  const rows = all.filter(([name, words]) => WHERE[name] || !solved.includes(words));
  if (!rows.length) return null;
  const guest = box.about.guest;
  return html`<section id="problems" class="card problems" role="alert"><${Icon} name="warn" />
    <ul>${rows.map(([name, words]) => html`<li key=${name}><strong>${part(name)}</strong> <span>${said(words)}</span>
      ${!guest && WHERE[name] && html` <a href=${`#${WHERE[name]}`}>${t(`fix.${WHERE[name]}`)}</a>`}
      ${!guest && (name === "model" || name.startsWith("damaged")) && html` <button type="button" class="small" onClick=${() => request("Acknowledge", { part: name })}>${t("seen")}</button>`}</li>`)}</ul>
  </section>`;
}

function Intent() {
  const { status } = box;
  const off = status.mood_drives === false;
  return html`<${Card} name="intent" title=${t("intent")}>
    <div class="choices" role="group" aria-labelledby="intent-title">
      ${INTENTS.map((one) => html`<button key=${one} type="button" value=${one} aria-pressed=${status.intent === one} onClick=${() => request("SetIntent", { intent: one })}>
        <${Icon} name=${one} /><span>${t(`intent.${one}`)}</span></button>`)}</div>
    <p class="soft">${t(`intent.${status.intent}.more`)}</p>
    <${Switch} id="drives" on=${status.mood_drives ?? status.music} label=${t("mood_drives")} more=${t(off ? "mood_drives_off" : "mood_drives_on")}
      turn=${(on) => request("mood_drives" in status ? "SetMoodDrives" : "SetMusic", { on })} />
    ${"mood_drives" in status && html`<${Switch} id="music-on" on=${status.music} label=${t("music_on")} more=${t(status.music ? "music_is_on" : "music_is_off")}
      turn=${(on) => request("SetMusic", { on })} />`}
  <//>`;
}

// What may wait until the rest is shown: songs for this mood, and a demo's lamp and button.
function Later() {
  const [more, set] = useState(null);
  useEffect(() => { import("./beside.js").then(({ Beside }) => set(() => Beside)); }, []);
  return more && html`<${more} />`;
}
