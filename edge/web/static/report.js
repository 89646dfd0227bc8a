// How well the box reads the moods here, as far as anybody said, and what it was not sure of.

import { box, request, say } from "./box.js";
import { Face } from "./icons.js";
import { Card } from "./parts.js";
import { html, useState } from "./vendor/preact-htm.js";
import { mood as named, percent, t, when } from "./words.js";

export function Report({ report }) {
  const judged = report.right + report.wrong;
  return html`<${Card} name="report" title=${t("how_right")}>
    ${judged
      ? html`<p class="figure"><strong>${percent(report.right / judged)}</strong><span>${t("right_of", { right: report.right, judged, low: percent(report.low), high: percent(report.high) })}</span></p>`
      : html`<p>${t("nobody_judged")}</p>`}
    <p class="soft">${t("cannot_say", { n: report.predictions })}</p>
    <ul id="report">
      ${report.confused.slice(0, 1).map((pair) => html`<li key="confused">${t("confused", { felt: named(pair.felt), predicted: named(pair.predicted), n: pair.times })}</li>`)}
      ${Object.entries(report.played).filter(([mood]) => mood).map(([mood, n]) => html`<li key=${mood}>${t("played", { mood: named(mood), n, skipped: report.skipped[mood] ?? 0 })}</li>`)}
      ${drift(report.drift[0])}
    </ul>
  <//>
  ${report.unsure.length > 0 && html`<${Card} name="unsure" title=${t("unsure_moments")}>
    <p class="soft">${t("unsure_more")}</p>
    <ul id="moments" class="moments">${report.unsure.map((felt) => html`<${Moment} key=${felt.id} felt=${felt} />`)}</ul><//>`}`;
}

function drift(most) {
  if (!most) return null;
  const values = { emotion: named(most.emotion), here: percent(most.here), card: percent(most.card) };
  return html`<li key="drift">${t(most.here > most.card ? "drift_more" : "drift_less", values)}</li>`;
}

function Moment({ felt }) {
  const [bad, setBad] = useState(false);
  const faces = box.preferences?.keep_faces && !bad;
  const correct = async (event) => {
    const mood = event.target.value;
    if (!mood) return;
    const body = mood === felt.mood ? ["Confirm", { prediction: felt.id }] : ["Correct", { mood, prediction: felt.id }];
    if (await request(...body)) say(t("thanks_for", { mood: named(mood) }));
  };
  return html`<li>
    ${faces ? html`<img class="small-face" src=${`api/face?of=${encodeURIComponent(felt.id)}`} alt=${t("face_then")} width="64" height="64" loading="lazy" onError=${() => setBad(true)} />` : html`<${Face} mood=${felt.mood} size=${44} />`}
    <div><strong>${named(felt.mood)}</strong> <span class="soft">${percent(felt.confidence)} · ${when(felt.at)}</span>
      <select aria-label=${t("what_felt", { when: when(felt.at) })} onChange=${correct}><option value="">${t("actually_felt")}</option>
        ${box.about.moods.map((mood) => html`<option key=${mood} value=${mood}>${named(mood)}</option>`)}</select></div></li>`;
}
