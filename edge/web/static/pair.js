// Letting a browser in: tap the colours that the box's light shows, or open a one-time address.

import { html, render, useEffect, useState } from "./vendor/preact-htm.js";
import { said, t } from "./words.js";

async function asked(address, body) {
  let response;
  try {
    const options = body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    response = await fetch(address, { ...options, signal: AbortSignal.timeout(8000) });
  } catch {
    throw new Error(t("no_connection"));
  }
  const words = await response.json();
  if (!response.ok) throw new Error(said(words.error));
  return words;
}

// All Chromiums say "KHTML, like Gecko"; people say "Chrome on Android".
function browser() {
  const agent = navigator.userAgent;
  const first = (rows) => rows.find(([mark]) => agent.includes(mark))?.[1];
  const made = first([["Edg", "Edge"], ["OPR/", "Opera"], ["SamsungBrowser", "Samsung Internet"], ["Firefox", "Firefox"], ["FxiOS", "Firefox"],
    ["CriOS", "Chrome"], ["Chrome", "Chrome"], ["Safari", "Safari"]]) ?? "Browser";
  const on = first([["iPhone", "iPhone"], ["iPad", "iPad"], ["Android", "Android"], ["Windows", "Windows"], ["Mac OS", "Mac"], ["CrOS", "Chromebook"], ["Linux", "Linux"]]);
  return on ? `${made}, ${on}` : made;
}

async function pair(by) {
  await asked("api/pair", { ...by, name: browser() });
  location.replace("./");
}

function Pair() {
  const [state, set] = useState(null);
  const [tapped, tap] = useState([]);
  const [wrong, say] = useState("");
  useEffect(() => {
    const look = async () => {
      try { set(await asked("api/pair")); } catch (error) { say(error.message); }
    };
    // What a one-time address holds stands behind the #, and so goes to no log.
    const invited = () => {
      const invitation = location.hash.slice(1);
      if (invitation.length <= 20) return;
      history.replaceState(null, "", location.pathname);
      pair({ invitation }).catch((error) => say(error.message));
    };
    invited();
    window.addEventListener("hashchange", invited);  // pasted where this page was open already
    look();
    const clock = setInterval(look, 3000);
    return () => { window.removeEventListener("hashchange", invited); clearInterval(clock); };
  }, []);
  const add = async (name) => {
    const colours = [...tapped, name];
    tap(colours);
    say("");
    if (colours.length < state.length) return;
    try { await pair({ colours }); } catch (error) { say(error.message); }
    tap([]);
  };
  return html`<h1>${t("pair")}</h1>
    ${state && !state.open && html`<section id="closed" class="card"><p>${t("pair_closed")}</p><p class="soft">${t("pair_otherwise")} <code>moodbox pair</code></p></section>`}
    ${state?.open && html`<section id="window" class="card"><p>${t("pair_open")}</p>
      <div id="tapped" class="tapped" aria-live="polite">${Array.from({ length: state.length }, (_, place) => html`<${Dot} key=${place} name=${tapped[place]} colour=${state.colours[tapped[place]]} />`)}</div>
      <div id="colours" class="colours">${Object.entries(state.colours).map(([name, colour]) => html`<button key=${name} type="button" data-colour=${name} onClick=${() => add(name)}><${Dot} name=${name} colour=${colour} />${t(`colour.${name}`)}</button>`)}</div>
      ${tapped.length > 0 && html`<button type="button" class="plain" onClick=${() => tap([])}>${t("begin_again")}</button>`}</section>`}
    <p id="state" class="bad" role="status">${wrong}</p>`;
}

const Dot = ({ name, colour }) => html`<span class="dot" role=${name ? "img" : null} aria-label=${name ? t(`colour.${name}`) : null} style=${{ background: colour ?? "transparent" }}></span>`;

document.title = t("pair");
render(html`<${Pair} />`, document.querySelector("#pair"));
