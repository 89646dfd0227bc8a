// How well the box reads the moods here, as far as anybody said, and what it was not sure of.

import { attempt, box, get, post, request, say } from "./box.js";
import { Face } from "./icons.js";
import { Card, useFetched } from "./parts.js";
import { html, useEffect, useState } from "./vendor/preact-htm.js";
import { index, mood as named, percent, said, t, when } from "./words.js";

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
  <${Week} />
  ${report.unsure.length > 0 && html`<${Card} name="unsure" title=${t("unsure_moments")}>
    <p class="soft">${t("unsure_more")}</p>
    <ul id="moments" class="moments">${report.unsure.map((felt) => html`<${Moment} key=${felt.id} felt=${felt} />`)}</ul><//>`}`;
}

// The last week beside those before it, by the function whose word the alert is: asked once, since
// weeks move slowly and five of them are read for it.
function Week() {
  const week = useFetched(() => get("api/week"));
  if (!week) return null;
  const judged = week.right + week.wrong;
  const values = { right: week.right, judged, low: percent(week.low), high: percent(week.high) };
  const passes = index(box.about.drift);
  return html`<${Card} name="week" title=${t("week_beside")}>
    <ul id="week">
      <li>${judged ? t("right_of", values) : t("nobody_judged_week")}</li>
      ${week.felt && html`<li>${t("confused_week", { felt: named(week.felt), predicted: named(week.predicted) })}</li>`}
      ${week.successor && html`<${Successor} of=${week.successor} />`}
      <${Failed} />
      <li>${moved("week_emotions", week.emotions)}</li>
      <li>${moved("week_confidence", week.confidence)}</li>
      <li>${moved("week_sure_card", week.confidence_card, "week_sure")}</li>
      <li>${week.card == null ? t("week_card_unknown") : t("week_card", { index: index(week.card) })}</li>
    </ul>
    <p class="soft">${t("week_more", { passes })}</p>
    <p class="soft">${t("week_cannot_say")}</p>
  <//>`;
}

// A model that is right less often than the one before it is gone back from by one press; once
// another is in use, there is nothing more to say of it.
function Successor({ of }) {
  if (box.status?.model && box.status.model !== of.model) return null;
  const back = () => attempt(() => post("api/models/use", { version: of.before })).then((done) => done && say(t("model_went_back")));
  return html`<li id="successor">${t("successor", of)}
    ${of.high < 0 && html` ${t("successor_worse", { low: percent(-of.high), high: percent(-of.low) })}
      <button id="model-back" type="button" class="small" onClick=${back}>${t("model_back")}</button>`}</li>`;
}

// Models that were gone back from, each to be used all the same by whoever wants it.
function Failed() {
  const [models, setModels] = useState(null);
  useEffect(() => { get("api/models").then(setModels, () => {}); }, [box.status?.model]);
  const again = (version) => attempt(() => post("api/models/use", { version })).then((done) => done && say(t("model_chosen", { version })));
  return (models ?? []).filter((it) => it.state === "failed").map((it) => html`<li key=${it.version} class="failed-model">
    ${t("model_failed", { version: it.version, why: said(it.why) })}
    <button type="button" class="small" onClick=${() => again(it.version)}>${t("model_again")}</button></li>`);
}

function moved(key, found, told = "week") {
  if (found == null) return `${t(key)}: ${t(`${told}_few`)}`;
  return `${t(key)}: ${t(found > box.about.drift ? `${told}_shifted` : `${told}_same`, { index: index(found) })}`;
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
