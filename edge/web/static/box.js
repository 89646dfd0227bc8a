// The box, as this page knows it: what it says, how old that is, and what is asked of it.

import { said, t } from "./words.js";

const STREAM = new URL("stream.js", import.meta.url).href;
const PATIENCE = 8000, STALE = 3000, PING = 15000, AGAIN = 3000;

export const box = {
  about: null, status: null, preferences: null,
  sources: {},  // what the moods were given: source -> { kind, name, waits, problem, cover }
  link: "opening",  // opening, live, lost or refused
  heard: 0,  // when the last status came, by this browser's clock
  offset: 0,  // the box's monotonic clock minus this browser's, in seconds
  version: "",
};
const listeners = new Set();
const news = new Set();

export const changed = () => { for (const listener of listeners) listener(); };
export function listen(listener) { listeners.add(listener); return () => listeners.delete(listener); }
// Hear of what the box announces once: a mood, a play, a fault, changed preferences.
export function onNews(listener) { news.add(listener); return () => news.delete(listener); }

export const stale = () => box.status !== null && Date.now() - box.heard > STALE;
export const silence = () => Math.round((Date.now() - box.heard) / 1000);
// The box's monotonic time now, and what one of its moments is by this browser's clock.
export const now = () => performance.now() / 1000 + box.offset;
export const wall = (at) => new Date(Date.now() - 1000 * (now() - at));
export const loudest = () => box.status?.loudest ?? 100;

function greeted(hello, heard) {
  box.version = hello.version;
  box.offset = hello.now - performance.now() / 1000 + (Date.now() - heard) / 1000;
  box.link = "live";
}

function told(status, heard) {
  box.status = status;
  // Each word of the box was underway for a while; the one that was fastest tells its clock best.
  box.offset = Math.max(box.offset, status.at - performance.now() / 1000 + (Date.now() - heard) / 1000);
  box.heard = heard;
  box.link = "live";
}

function take({ kind, data, heard }) {
  if (kind === "hello") {
    if (data.version !== box.version) location.reload();
    greeted(data, heard);
    owners();
  } else if (kind === "status") {
    told(data, heard);
    called(data.track?.context);
  } else if (kind === "announce") {
    if (data.event === "preferences") owners();
    for (const listener of news) listener(data);
  } else {
    box.link = kind;
    if (kind === "refused") tell();  // revoked? Then the answer is 401, and the pairing page is next
  }
  changed();
}

// What the people of the house prefer may have changed.
let later = 0;
export async function owners() {
  if (!box.about || box.about.guest) return;
  clearTimeout(later);
  try {
    box.preferences = await get("api/preferences");
    changed();
    learnSources();
  } catch (error) {
    say(error.message);
    // A box that is away greets once it is back, and is asked then.
    if (error.unanswered && box.link === "live") later = setTimeout(owners, AGAIN);
  }
}

// What lists are called is learnt by the box some seconds after they were given.
export async function learnSources() {
  try {
    const found = await get("api/sources");
    box.sources = Object.fromEntries(found.map((one) => [one.source, one]));
    changed();
  } catch { /* their addresses will do */ }
}

let wondered = "";
function called(context) {
  if (!context || context === wondered || !box.about || box.about.guest) return;
  wondered = context;
  if (!box.sources[context]?.name) learnSources();
}
// The account's own lists have no name but their kind's.
export const EVERYTHING = "mpd:folder:/";
const LISTS = { "spotify:liked": "kind.liked", "spotify:top": "kind.top" };
// All that there is says nothing of a song, whose album does.
export const sourceName = (source) => (LISTS[source] ? t(LISTS[source]) : source === EVERYTHING ? "" : box.sources[source]?.name ?? "");

async function tell() {
  try { box.about = await get("api/about"); changed(); } catch { /* it is away: said by the link */ }
}

// Take what the page brought along: what the box is, and what the stream would say first.
export function unpack() {
  const { about, hello, status } = JSON.parse(document.getElementById("begun").textContent);
  const [{ responseStart }] = performance.getEntriesByType("navigation").map((it) => it.toJSON());
  const heard = performance.timeOrigin + responseStart;
  box.about = about;
  document.title = about.name;
  greeted(hello, heard);
  if (status) told(status, heard);
}

// Follow the box while somebody looks at it; what came with the page is shown before.
export function begin() {
  followed();
  // Somebody looks, so it is worth a request to know what really plays.
  if (!box.about.guest) post("api/request", { type: "LookAtSpeaker" }).catch(() => {});
}

async function followed() {
  try {
    watch(await follower(STREAM));
  } catch {
    setTimeout(followed, AGAIN);  // until then what came with the page grows old, and is said to
  }
}

function watch(follow) {
  const look = () => {
    if (!document.hidden && box.status) box.heard = Date.now();
    follow(!document.hidden);
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", () => follow(false));
  addEventListener("pageshow", look);
  setInterval(() => { if (!document.hidden) follow(true); }, PING);
  look();
}

async function follower(address) {
  if (window.SharedWorker) {
    try {
      const { port } = new SharedWorker(address);
      port.onmessage = ({ data }) => take(data);
      return (on) => port.postMessage(on);
    } catch { /* not allowed here: alone, then */ }
  }
  window.EVENTS = "api/events";
  const script = Object.assign(document.createElement("script"), { src: address });
  await new Promise((done, failed) => { script.onload = done; script.onerror = failed; document.head.append(script); });
  return (on) => window.follow(take, on);
}

async function fetched(address, options = {}, patience = PATIENCE) {
  const control = new AbortController();
  const alarm = setTimeout(() => control.abort(), patience);
  let response;
  let words = {};
  try {
    response = await fetch(address, { ...options, signal: control.signal });
    words = await response.json();
  } catch (error) {
    const why = error.name === "AbortError" ? "no_answer" : response ? "not_understood" : "no_connection";
    throw Object.assign(new Error(t(why)), { unanswered: true });
  } finally {
    clearTimeout(alarm);
  }
  if (response.status === 401) { location.reload(); throw new Error(t("not_paired")); }
  if (response.status === 429) throw new Error(t("too_often"));
  if (!response.ok) throw new Error(said(words.error || words.reason) || t("answered", { status: response.status }));
  return words;
}

export const get = (address, patience) => fetched(address, {}, patience);
export const post = (address, body = {}, patience) => fetched(address, {
  method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
}, patience);

let fading = 0;
export const toast = { words: "", undo: null };
export function say(words, undo = null) {
  Object.assign(toast, { words, undo });
  clearTimeout(fading);
  fading = setTimeout(() => { toast.words = ""; changed(); }, undo ? 9000 : 6000);
  changed();
}

// What cannot be is said, and nothing returned.
export async function attempt(act) {
  try {
    return await act() ?? true;
  } catch (error) {
    say(error.message);
    return null;
  }
}

const underWay = new Set();
export const busy = (type) => underWay.has(type);

export async function request(type, values = {}) {
  underWay.add(type);
  changed();
  const done = await attempt(() => post("api/request", { type, ...values }));
  if (done?.note) say(said(done.note));
  underWay.delete(type);
  changed();
  return Boolean(done);
}
