// The page's words, in the browser's language: English where that is not known.
// ?lang=de chooses another, for as long as the tab is open.

import { MOODS } from "./moods.js";

const KNOWN = ["en", "de"];

function chosen() {
  const asked = new URLSearchParams(location.search).get("lang");
  const wanted = [asked, ...navigator.languages ?? [navigator.language]].filter(Boolean);
  const codes = wanted.map((code) => code.slice(0, 2).toLowerCase());
  return codes.find((code) => KNOWN.includes(code)) ?? "en";
}

export const language = chosen();
// How numbers and times are written there: "18:31" in Britain, "06:31 PM" in America.
const locale = navigator.languages?.find((code) => code.toLowerCase().startsWith(language)) ?? language;
const { words, sentences } = await import(`./words/${language}.js`);
document.documentElement.lang = language;

// The words of `key`; {name} in them is filled in.
export function t(key, values = {}) {
  const found = words[key] ?? key;
  return found.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const has = (key) => key in words;
export const mood = (name) => MOODS[name]?.[language] ?? name;
export const part = (name) => words[`part.${name}`] ?? name;

const escaped = (text) => text.replace(/[.*+?^$()|[\]\\{}]/g, "\\$&");
const pattern = (theirs) => new RegExp(`^${escaped(theirs).replace(/\\\{(\w+)\\\}/g, (_, name) => `(?<${name}>${name.startsWith("mood") ? "[^\\s;:]+" : ".*?"})`)}$`);
let patterns = null;  // made when the box says its first sentence

// What the daemon says, in the page's language; a sentence that is not known stays as it is.
export function said(sentence) {
  if (!sentence || language === "en") return sentence;
  patterns ??= Object.entries(sentences).map(([theirs, ours]) => [pattern(theirs), ours]);
  for (const [known, ours] of patterns) {
    const found = known.exec(sentence);
    if (found) return ours.replace(/\{(\w+)\}/g, (_, name) => inner(name, found.groups[name]));
  }
  return sentence;
}

const inner = (name, text) => (name.startsWith("mood") ? mood(text) : name.startsWith("more") ? said(text) : text);

// To make a format takes a hundred times as long as to use it, and a view has hundreds of times.
const formats = new Map();
function format(Kind, style) {
  const key = `${Kind.name} ${JSON.stringify(style)}`;
  if (!formats.has(key)) formats.set(key, new Kind(locale, style));
  return formats.get(key);
}

// Without a format: the first that a page makes takes longer than its first screen.
export const percent = (share) => t("percent", { n: Math.round(100 * share) });
export const index = (value) => format(Intl.NumberFormat, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);
export const decimal = (value) => format(Intl.NumberFormat, { maximumFractionDigits: 1 }).format(value);

export function duration(seconds) {
  if (seconds < 90) return t("seconds", { n: Math.max(0, Math.round(seconds)) });
  if (seconds < 5400) return t("minutes", { n: Math.round(seconds / 60) });
  return t("hours", { n: decimal(seconds / 3600) });
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export const date = (at, style) => format(Intl.DateTimeFormat, style).format(at instanceof Date ? at : at * 1000);
export const hour = (at) => date(at, { hour: "2-digit", minute: "2-digit" });
export const when = (at) => date(at, { weekday: "short", hour: "2-digit", minute: "2-digit" });
export const day = (at) => date(at, { weekday: "long", day: "numeric", month: "long" });
export const compare = (one, other) => one.localeCompare(other, locale);
