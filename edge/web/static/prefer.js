// Who is listening, how loud it may be, and when.

import { box, request, say } from "./box.js";
import { Icon } from "./icons.js";
import { Card } from "./parts.js";
import { html, useEffect, useState } from "./vendor/preact-htm.js";
import { t } from "./words.js";

export async function prefer(values) {
  const done = await request("SetPreferences", values);
  if (done) say(t("kept"));
  return done;
}

export function Profiles() {
  const { profiles, profile } = box.preferences;
  const [name, type] = useState("");
  const add = async (event) => {
    event.preventDefault();
    if (name.trim() && await prefer({ profiles: [...profiles, name.trim()] })) type("");
  };
  return html`<${Card} name="profiles" title=${t("listening")}>
    <p class="soft">${t("listening_more")}</p>
    <div class="row" role="group" aria-labelledby="profiles-title">${profiles.map((one) => html`<span key=${one} class="chip">
      <button type="button" class="pill" aria-pressed=${one === profile} onClick=${() => request("SetProfile", { profile: one })}><${Icon} name="person" />${one}</button>
      ${profiles.length > 1 && html`<button type="button" class="round small" aria-label=${t("remove", { name: one })} onClick=${() => prefer({ profiles: profiles.filter((other) => other !== one) })}><${Icon} name="close" /></button>`}</span>`)}</div>
    <form id="profile-add" class="row" onSubmit=${add}>
      <input id="profile-name" class="grow" maxlength="40" value=${name} placeholder=${t("somebody_else")} aria-label=${t("somebody_else")} onInput=${(event) => type(event.target.value)} />
      <button>${t("add")}</button></form>
  <//>`;
}

// A browser's field for times takes two digits of hours alone.
const time = (text) => (text ? text.padStart(5, "0") : "");

// The house's, or what a profile has instead; a profile's empty fields are the house's.
export function Limits({ whose }) {
  const kept = box.preferences;
  const own = whose ? kept.own?.[whose] ?? {} : null;
  const fresh = () => (own
    ? { volume: own.volume ?? "", quiet_own: Boolean(own.quiet), quiet_from: time(own.quiet?.begin), quiet_to: time(own.quiet?.end), quiet_volume: own.quiet?.volume ?? kept.quiet_volume }
    : { volume: kept.volume ?? "", max_volume: kept.max_volume, quiet_own: true, quiet_from: time(kept.quiet_from), quiet_to: time(kept.quiet_to), quiet_volume: kept.quiet_volume });
  const [typed, type] = useState(null);
  const shown = typed ?? fresh();
  useEffect(() => { if (typed && JSON.stringify(typed) === JSON.stringify(fresh())) type(null); }, [kept]);
  const field = (key, options) => html`<input id=${key.replace("_", "-")} value=${shown[key]} ...${options} onInput=${(event) => type({ ...shown, [key]: event.target.value })} />`;
  const keep = async (event) => {
    event.preventDefault();
    const volume = shown.volume === "" ? null : Number(shown.volume), quiet_volume = Number(shown.quiet_volume);
    const done = own
      ? await request("SetProfilePreferences", { profile: whose, volume, quiet: shown.quiet_own ? { begin: shown.quiet_from, end: shown.quiet_to, volume: quiet_volume } : null })
      : await request("SetPreferences", { quiet_from: shown.quiet_from, quiet_to: shown.quiet_to, quiet_volume, max_volume: Number(shown.max_volume), volume });
    if (done) type(null);
    if (done) say(t("kept"));
  };
  const number = { type: "number", min: 0, max: 100 };
  return html`<${Card} name="limits" title=${own ? t("loud_and_when_of", { name: whose }) : t("loud_and_when")}>
    <form id="limits" onSubmit=${keep}><div class="fields">
      <label for="volume">${t("begin_at")}</label>${field("volume", { ...number, placeholder: t(own ? "as_house" : "as_speaker") })}
      ${!own && html`<label for="max-volume">${t("never_above")}</label>${field("max_volume", { ...number, required: true })}`}
      ${own && html`<label for="quiet-own">${t("quiet_own")}</label><input id="quiet-own" type="checkbox" checked=${shown.quiet_own} onChange=${(event) => type({ ...shown, quiet_own: event.target.checked })} />`}
      ${shown.quiet_own && html`<label for="quiet-from">${t("quiet_from")}</label>${field("quiet_from", { type: "time" })}
      <label for="quiet-to">${t("quiet_to")}</label>${field("quiet_to", { type: "time" })}
      <label for="quiet-volume">${t("then_never_above")}</label>${field("quiet_volume", { ...number, required: true })}`}
    </div><button class="main" disabled=${!typed}>${t("keep")}</button></form>
  <//>`;
}
