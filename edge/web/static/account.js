// The Spotify account, the home's broker, the browsers that are let in, and what is kept.

import { attempt, box, get, post, request, say } from "./box.js";
import { Icon } from "./icons.js";
import { Card, Switch, useFetched } from "./parts.js";
import { prefer } from "./prefer.js";
import { html, useRef, useState } from "./vendor/preact-htm.js";
import { date, said, t } from "./words.js";

export function Account() {
  const account = box.status.account;
  const [again, open] = useState(false);
  const out = useRef();
  const signOut = async () => {
    out.current.close();
    if (await attempt(() => post("api/login/forget"))) say(t("signed_out"));
  };
  const signedIn = account?.signed_in;
  return html`<${Card} name="account" title="Spotify">
    <span id="account"></span>
    ${!box.about.signs_in && html`<p class="soft">${t("no_account")}</p>`}
    ${signedIn && html`<p id="signed-in"><${Icon} name="check" /> ${account.expires ? t("signed_in_until", { date: date(account.expires, { day: "numeric", month: "long", year: "numeric" }) }) : t("signed_in")}</p>
      <div class="row"><button type="button" class="small" aria-expanded=${again} onClick=${() => open(!again)}>${t("sign_in_again")}</button>
        <button id="sign-out" type="button" class="small" onClick=${() => out.current.showModal()}>${t("sign_out")}</button></div>
      <dialog ref=${out} aria-labelledby="out-what"><p id="out-what">${t("sign_out_sure")}</p><div class="row"><button id="sign-out-yes" type="button" class="danger" onClick=${signOut}>${t("sign_out")}</button><button type="button" onClick=${() => out.current.close()}>${t("cancel")}</button></div></dialog>`}
    ${box.about.signs_in && (!signedIn || again) && html`<${SignIn} done=${() => open(false)} />`}
  <//>`;
}

function SignIn({ done }) {
  const [client, type] = useState(null);
  const [step, go] = useState(null);
  const [landed, land] = useState("");
  const begin = async (event) => {
    event.preventDefault();
    const next = await attempt(() => post("api/login/begin", { client_id: shown.trim() }));
    if (next) go(next);
  };
  const finish = async (event) => {
    event.preventDefault();
    if (await attempt(() => post("api/login/finish", { address: landed.trim() }, 30000))) { go(null); land(""); done(); say(t("signed_in")); }
  };
  const shown = client ?? box.preferences?.client_id ?? "";
  return html`<ol class="todo">
      <li>${t("sign_in_1")} <code>http://127.0.0.1:8898/callback</code></li><li>${t("sign_in_2")}</li></ol>
    <form id="begin" class="row" onSubmit=${begin}><label for="client" class="soft">${t("client_id")}</label>
      <input id="client" class="grow" autocomplete="off" required value=${shown} onInput=${(event) => type(event.target.value)} /><button class="main">${t("next")}</button></form>
    ${step && html`<form id="finish" onSubmit=${finish}>
      <p><a id="authorize" href=${step.url} target="_blank" rel="noreferrer">${t("open_and_agree")}</a> ${t("or_by_code")}</p>
      <img id="qr" class="qr" src=${step.qr} alt=${t("same_as_qr")} width="224" height="224" />
      <p>${t("landed_more")}</p>
      <div class="row"><label for="landed" class="soft">${t("landed")}</label><input id="landed" class="grow" autocomplete="off" required value=${landed} onInput=${(event) => land(event.target.value)} /><button class="main">${t("sign_in")}</button></div>
    </form>`}`;
}

const address = (broker) => (broker ? `${broker.host}:${broker.port}` : "");

export function Broker() {
  const chosen = box.preferences?.broker;
  const broker = address(chosen) || box.about.broker;
  const [told, tell] = useState(null);
  const [trying, wait] = useState(false);
  const [open, show] = useState(false);
  const test = async () => {
    wait(true);
    tell(null);
    try { await post("api/broker/test", {}, 20000); tell({ good: true, words: t("broker_good") }); } catch (error) { tell({ good: false, words: error.message }); }
    wait(false);
  };
  const forget = async () => {
    if (await attempt(() => post("api/broker/password", { broker: chosen, password: "" }))) await prefer({ broker: null });
  };
  return html`<${Card} name="broker" title=${t("part.mqtt")}>
    <span id="broker"></span>
    ${broker ? html`<p>${t(box.status.problems.mqtt ? "broker_named" : "broker_is", { broker })} ${box.status.problems.mqtt ? html`<span class="bad">${said(box.status.problems.mqtt)}</span>` : ""}</p>`
      : html`<p class="soft">${t("no_broker")}</p>`}
    <div class="row">${broker && html`<button id="broker-test" type="button" class="small" aria-busy=${trying} disabled=${trying} onClick=${test}>${t(trying ? "testing" : "test_broker")}</button>`}
      <button id="broker-choose" type="button" class="small" aria-expanded=${open} onClick=${() => show(!open)}>${t(broker ? "broker_other" : "broker_name")}</button>
      ${chosen && html`<button id="broker-forget" type="button" class="small" onClick=${forget}>${t(box.about.broker ? "broker_settings" : "broker_none", { broker: box.about.broker })}</button>`}</div>
    ${told && html`<p id="broker-told" role="status" class=${told.good ? "good" : "bad"}>${told.words}</p>`}
    ${open && html`<${ChooseBroker} chosen=${chosen} done=${() => { show(false); tell(null); }} />`}
  <//>`;
}

function ChooseBroker({ chosen, done }) {
  const [typed, type] = useState({ host: "", port: 1883, user: "", tls: false, ...chosen });
  const [password, hide] = useState("");
  const set = (key, value) => type({ ...typed, [key]: value });
  const keep = async (event) => {
    event.preventDefault();
    const broker = { host: typed.host.trim(), port: Number(typed.port), user: typed.user.trim(), tls: typed.tls };
    // Left empty, the password that is kept for this very broker stays.
    if (password && !(await attempt(() => post("api/broker/password", { broker, password })))) return;
    if (await prefer({ broker })) done();
  };
  const secure = (on) => type({ ...typed, tls: on, port: [1883, 8883].includes(Number(typed.port)) ? (on ? 8883 : 1883) : typed.port });
  return html`<form id="broker-form" onSubmit=${keep}><div class="fields">
      <label for="broker-host">${t("broker_host")}</label><input id="broker-host" required maxlength="253" autocomplete="off" autocapitalize="none" placeholder="homeassistant.local" value=${typed.host} onInput=${(event) => set("host", event.target.value)} />
      <label for="broker-port">${t("broker_port")}</label><input id="broker-port" type="number" required min="1" max="65535" value=${typed.port} onInput=${(event) => set("port", event.target.value)} />
      <label for="broker-user">${t("broker_user")}</label><input id="broker-user" maxlength="100" autocomplete="off" autocapitalize="none" value=${typed.user} onInput=${(event) => set("user", event.target.value)} />
      <label for="broker-password">${t("broker_password")}</label><input id="broker-password" type="password" maxlength="200" autocomplete="new-password" placeholder=${chosen ? t("broker_as_kept") : ""} value=${password} onInput=${(event) => hide(event.target.value)} />
    </div>
    <${Switch} id="broker-tls" on=${typed.tls} label=${t("broker_tls")} turn=${secure} />
    <p class="soft">${t("broker_more")}</p>
    <button class="main">${t("keep")}</button></form>`;
}

export function Browsers() {
  const [times, again] = useState(0);
  const known = useFetched(() => get("api/browsers"), [times]);
  const revoke = async (one) => { if (await attempt(() => post("api/browsers/revoke", { number: one.number }))) again(times + 1); };
  const leave = async () => { if (await attempt(() => post("api/logout"))) location.reload(); };
  return html`<${Card} name="browsers" title=${t("browsers")}>
    <p class="soft">${t("browsers_more")}</p>
    <ul id="browsers" class="plain">${(known ?? []).map((one) => html`<li key=${one.number}><span><strong>${one.name}</strong>${one.this && html` <em class="tag">${t("this_one")}</em>`}<br /><small class="soft">${t("paired_since", { date: date(one.at, { day: "numeric", month: "short", year: "numeric" }) })}</small></span>
      <button type="button" class="small" aria-label=${t("revoke", { name: one.name })} onClick=${() => (one.this ? leave() : revoke(one))}>${t(one.this ? "sign_out" : "let_go")}</button></li>`)}</ul>
  <//>`;
}

export function Alerts() {
  const { alerts = [], alert_moods: moods = false } = box.preferences ?? {};
  const [address, type] = useState("");
  const add = async (event) => {
    event.preventDefault();
    if (address.trim() && await prefer({ alerts: [...alerts, address.trim()] })) type("");
  };
  // What stands behind the scheme may hold a password: shown to nobody who looks over a shoulder.
  const shown = (one) => `${one.split("://")[0]}://…`;
  return html`<${Card} name="alerts" title=${t("part.alerts")}>
    <p class="soft">${t("alerts_more")}</p>
    ${alerts.length > 0 && html`<ul id="alerts" class="plain">${alerts.map((one) => html`<li key=${one}><span>${shown(one)}</span>
      <button type="button" class="small" aria-label=${t("remove", { name: shown(one) })} onClick=${() => prefer({ alerts: alerts.filter((other) => other !== one) })}>${t("let_go")}</button></li>`)}</ul>`}
    <form id="alert-add" class="row" onSubmit=${add}>
      <input id="alert-address" class="grow" maxlength="500" autocomplete="off" autocapitalize="none" placeholder="ntfy://…" aria-label=${t("alert_address")} value=${address} onInput=${(event) => type(event.target.value)} />
      <button>${t("add")}</button></form>
    ${alerts.length > 0 && html`<${Switch} id="alert-moods" on=${moods} label=${t("alert_moods")} more=${t("alert_moods_more")} turn=${(on) => prefer({ alert_moods: on })} />`}
  <//>`;
}

function Learning() {
  const on = box.preferences?.learn ?? false;
  const learnt = box.status?.learnt;
  return html`<${Switch} id="learn" on=${on} label=${t("learn")} more=${t("learn_more")} turn=${(wanted) => prefer({ learn: wanted })} />
    ${on && html`<${Switch} id="share" on=${box.preferences?.share ?? false} label=${t("share")} more=${t("share_more")} turn=${(wanted) => prefer({ share: wanted })} />`}
    ${on && learnt && html`<p id="learnt" role="status">${t(`learnt.${learnt.state}`, { taps: learnt.taps })} ${learnt.corrections > 0 && learnt.state !== "few" ? t("learnt_proof", learnt) : ""}</p>
      ${learnt.taps > 0 && html`<button id="unlearn" type="button" class="small" onClick=${() => request("Unlearn")}>${t("unlearn")}</button>`}`}`;
}

export function Privacy() {
  const keep = box.preferences?.keep_faces ?? false;
  const sure = useRef();
  const erase = async () => {
    sure.current.close();
    if (await attempt(() => post("api/erase", {}, 30000))) say(t("erased"));
  };
  return html`<${Card} name="privacy" title=${t("privacy")}>
    <p>${t("privacy_faces")} ${t("privacy_kept", { days: box.about.keep_days })}</p>
    <${Switch} id="keep-faces" on=${keep} label=${t("keep_faces")} more=${t("keep_faces_more")} turn=${(on) => prefer({ keep_faces: on })} />
    <${Learning} />
    <p>${t("privacy_home")}</p>
    <div class="row"><a class="pill" href="api/export" download="moodbox.zip">${t("take_along")}</a>
      <button id="erase" type="button" class="danger" onClick=${() => sure.current.showModal()}><${Icon} name="trash" /> ${t("erase_all")}</button></div>
    <dialog ref=${sure} aria-labelledby="erase-what"><p id="erase-what">${t("erase_sure")}</p>
      <div class="row"><button id="erase-yes" type="button" class="danger" onClick=${erase}>${t("erase")}</button><button id="erase-no" type="button" onClick=${() => sure.current.close()}>${t("keep")}</button></div></dialog>
  <//>`;
}
