// What the box sees: the mood and how sure it is, the picture for who asks, and the last word.

import { box, now, request, say } from "./box.js";
import { Face, Icon, colour } from "./icons.js";
import { html, useEffect, useRef, useState } from "./vendor/preact-htm.js";
import { duration, has, hour, mood as named, percent, t } from "./words.js";
import { wall } from "./box.js";

// What nobody could see is no mood: why it is not known.
export const unknown = (status) => (status.mood ? "" : status.unknown || (status.private ? "private" : "starting"));

export function Sees() {
  const { status, about } = box;
  const why = status.private ? "private" : unknown(status);
  const [looking, look] = useState(false);
  useEffect(() => { if (why || document.hidden) look(false); }, [why]);
  return html`<section class="card sees" aria-label=${t("sees")}>
    <${Mood} status=${status} why=${why} />
    ${looking && html`<${Live} away=${() => look(false)} />`}
    ${!why && html`<${Bars} status=${status} emotions=${about.emotions} />`}
    ${!about.guest && !why && html`<${Say} status=${status} moods=${about.moods} />`}
    ${!about.guest && html`<div class="row buttons">
      <button id="look" type="button" class="pill" disabled=${Boolean(why)} aria-pressed=${looking} onClick=${() => look(!looking)}>
        <${Icon} name="eye" />${t(looking ? "look_away" : "look")}</button>
      <button id="private" type="button" class="pill" aria-pressed=${status.private} onClick=${() => request("SetPrivate", { private: !status.private })}>
        <${Icon} name="closed" />${t(status.private ? "camera_is_off" : "camera_off")}</button>
    </div>`}
  </section>`;
}

function Mood({ status, why }) {
  const name = why ? "unknown" : status.mood.name;
  return html`<div id="mood" class="mood">
    <${Face} mood=${name} size=${64} />
    <div><h2>${why ? t("unknown_mood") : named(name)}</h2>
      <p id="sure" class="soft">${why ? t(has(`unknown.${why}`) ? `unknown.${why}` : "unknown") : sureness(status)}</p></div>
  </div>`;
}

function sureness(status) {
  const { name, confidence, since } = status.mood;
  const long = t("for_so_long", { time: duration(now() - since) });
  if (name === "away") return t("nobody", { long });
  const people = status.faces > 1 ? ` · ${t("people", { n: status.faces })}` : "";
  if (status.corrected) return t("as_you_said", { time: status.corrected_until ? hour(wall(status.corrected_until)) : "" });
  return `${name === "unsure" ? t("unsure_of_it") : t("sure", { share: percent(confidence) })} · ${long}${people}`;
}

const Bars = ({ status, emotions }) => html`<ul id="bars" class="bars" aria-label=${t("bars")}>
  ${emotions.map((emotion, number) => {
    const share = status.probabilities[number] ?? 0;
    return html`<li key=${emotion}><span>${named(emotion)}</span>
      <div class="bar" aria-hidden="true"><i style=${{ transform: `translateX(${100 * share - 100}%)`, background: colour(emotion) }}></i></div>
      <span>${percent(share)}</span></li>`;
  })}</ul>`;

function Say({ status, moods }) {
  const [open, show] = useState(false);
  if (status.corrected) {
    return html`<div id="corrected" class="note"><${Icon} name="check" /><span>${t("you_said", { mood: named(status.corrected) })}</span>
      <button id="take-back" type="button" class="small" onClick=${() => request("TakeBack")}>${t("take_back")}</button></div>`;
  }
  if (status.mood.name === "away") return null;
  const felt = status.mood.name !== "unsure";
  const confirm = async () => { if (await request("Confirm", { prediction: status.prediction })) say(t("thanks")); };
  const correct = async (mood) => {
    show(false);
    if (await request("Correct", { mood, prediction: status.prediction })) say(t("thanks_for", { mood: named(mood) }));
  };
  return html`<div class="row buttons">
      ${felt && html`<button id="confirm" type="button" class="pill" onClick=${confirm}><${Icon} name="check" />${t("right")}</button>`}
      <button id="wrong" type="button" class="pill" aria-expanded=${open} aria-controls="feel" onClick=${() => show(!open)}>${t("actually")}</button>
    </div>
    ${open && html`<div id="feel" class="feel" role="group" aria-label=${t("actually")}>
      ${moods.filter((mood) => mood !== status.mood.name).map((mood) => html`<button key=${mood} type="button" data-mood=${mood} onClick=${() => correct(mood)}>
        <${Face} mood=${mood} size=${40} /><span>${named(mood)}</span></button>`)}</div>`}`;
}

// Pictures come while somebody looks, and nothing of them is kept.
function Live({ away }) {
  const image = useRef();
  const [places, setPlaces] = useState(null);
  const [drawing, draw] = useState(false);
  useEffect(() => { import("./places.js").then((found) => setPlaces(found)); }, []);
  const [seen, see] = useState(null);
  const [late, setLate] = useState(false);
  useEffect(() => {
    let last = Date.now();
    const pictures = new EventSource("api/live");
    pictures.addEventListener("picture", (event) => {
      const picture = JSON.parse(event.data);
      image.current.src = `data:image/jpeg;base64,${picture.jpeg}`;
      last = Date.now();
      see({ box: picture.box, label: picture.label });
    });
    pictures.onerror = () => { if (pictures.readyState === EventSource.CLOSED) away(); };
    const watch = setInterval(() => setLate(Date.now() - last > 3000), 500);
    const hidden = () => { if (document.hidden) away(); };
    document.addEventListener("visibilitychange", hidden);
    return () => { pictures.close(); clearInterval(watch); document.removeEventListener("visibilitychange", hidden); };
  }, []);
  const frame = seen?.box;
  return html`<div id="sight" class=${`sight ${late ? "late" : ""}`}>
    <div class="frame"><img ref=${image} alt=${t("live_picture")} width="640" height="480" />
    ${frame && html`<div class="face" style=${{ left: `${100 * frame[0]}%`, top: `${100 * frame[1]}%`, width: `${100 * frame[2]}%`, height: `${100 * frame[3]}%` }}>
      <span>${named(seen.label)}</span></div>`}
    ${places && html`<${places.Sheet} drawing=${drawing} />`}</div>
    <div class="under"><p class="soft">${t(late ? "picture_late" : seen && !frame ? "no_face_now" : "picture_kept_nowhere")}</p>
      <button id="ignored" type="button" class="small" aria-expanded=${drawing} aria-controls="places" onClick=${() => draw(!drawing)}>${t(drawing ? "ignored_done" : "ignored")}</button></div>
    ${places && drawing && html`<${places.Places} />`}
  </div>`;
}
