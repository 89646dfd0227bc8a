// The page: one view at a time, beside a navigation that is always there.

import { begin, box, listen, silence, stale, toast, unpack } from "./box.js";
import { Icon, colour } from "./icons.js";
import { Now } from "./now.js";
import { html, render, useEffect, useState } from "./vendor/preact-htm.js";
import { duration, t } from "./words.js";

const VIEWS = ["now", "music", "history", "care"];
const FOR_GUESTS = ["now", "care"];
// What is not on the first screen is fetched when it is wanted, and once the first is shown.
const LATER = {
  music: () => import("./music.js"), history: () => import("./history.js"), care: () => import("./care.js"),
};
const loaded = {};

const wanted = () => {
  const view = location.hash.slice(1).split("/")[0];
  return (box.about?.guest ? FOR_GUESTS : VIEWS).includes(view) ? view : "now";
};

function App() {
  const [, again] = useState(0);
  const [view, open] = useState(wanted());
  useEffect(() => {
    const redraw = () => again((n) => n + 1);
    const end = listen(redraw);
    const beat = setInterval(redraw, 1000);
    const moved = async () => {
      const next = wanted();
      if (LATER[next] && !loaded[next]) loaded[next] = (await LATER[next]()).View;
      if (wanted() !== next) return;  // somebody was faster than the network
      open(next);
      scrollTo(0, 0);
    };
    addEventListener("hashchange", moved);
    moved();
    begin();  // an effect comes after the first picture, which waits for nothing
    return () => { end(); clearInterval(beat); removeEventListener("hashchange", moved); };
  }, []);
  if (!box.status) return html`<${Shell} view=${view}><main class="now" aria-busy="true"><div class="moment"><section class="card player"><div class="art"></div></section><section class="card sees"></section></div></main><//>`;
  const View = view === "now" ? Now : loaded[view] ?? Now;
  const old = stale() || box.link === "lost" || box.link === "refused";
  return html`<${Shell} view=${view} old=${old}>
    <main class=${view} id="main" tabindex="-1"><${View} /></main>
  <//>`;
}

function Shell({ view, old, children }) {
  const guest = box.about?.guest;
  const name = box.about?.name ?? "moodbox";
  const shine = colour(box.status?.mood?.name);
  useEffect(() => document.documentElement.style.setProperty("--mood", shine === "none" ? "transparent" : shine), [shine]);
  return html`<div class=${`shell ${old ? "old" : ""}`}>
    <a class="skip" href="#main" onClick=${(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>${t("skip")}</a>
    <header class="top">
      <img src="static/icon.svg" alt="" width="32" height="32" /><strong>${name}</strong>
      <span id="link" class=${`link ${old ? "lost" : box.link}`} role="status">${t(old ? "link.lost" : `link.${box.link}`)}</span>
    </header>
    <nav aria-label=${t("views")}>
      ${(guest ? FOR_GUESTS : VIEWS).map((one) => html`<a key=${one} href=${`#${one}`} aria-current=${one === view ? "page" : null}>
        <${Icon} name=${one} /><span>${t(`view.${one}`)}</span></a>`)}
    </nav>
    <div class="content">
    ${old && html`<div id="stale" class="banner" role="alert"><${Icon} name="warn" />
      <p>${t("stale", { time: duration(silence()) })}</p></div>`}
    ${children}
    </div>
    <div id="toast" class="toast" role="status" hidden=${!toast.words}><span>${toast.words}</span>
      ${toast.undo && html`<button type="button" onClick=${() => { const { undo } = toast; toast.words = ""; toast.undo = null; undo(); }}>${t("undo")}</button>`}</div>
  </div>`;
}

unpack();
const root = document.querySelector("#app");
root.replaceChildren();
render(html`<${App} />`, root);
