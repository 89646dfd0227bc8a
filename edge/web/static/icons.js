// Pictures that say what a word beside them says too: all are hidden from screen readers.

import { box } from "./box.js";
import { MOODS, NOBODY } from "./moods.js";
import { html } from "./vendor/preact-htm.js";

const PATHS = {
  now: "M12 3v18M7 7v10M17 7v10M2.5 10.5v3M21.5 10.5v3",
  music: "M9 18V5.5l11-2V16M9 18a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM20 16a3 3 0 1 1-6 0 3 3 0 0 1 6 0Z",
  history: "M3.5 12a8.5 8.5 0 1 0 2.8-6.3M3.2 3.5v4.2h4.2M12 7v5l3.4 2",
  care: "M4 8h9M18 8h2M4 16h2M11 16h9M15.5 5.5v5M8.5 13.5v5",
  play: "M7 4.5v15l12.5-7.5Z",
  pause: "M7 5h3.5v14H7zM13.5 5H17v14h-3.5z",
  next: "M5 5v14l9.5-7ZM17 5h2.5v14H17z",
  previous: "M19 5v14l-9.5-7ZM4.5 5H7v14H4.5z",
  quiet: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5ZM15.5 9.5a3.6 3.6 0 0 1 0 5",
  loud: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5ZM15.5 9.5a3.6 3.6 0 0 1 0 5M18 6.5a8 8 0 0 1 0 11",
  speaker: "M7 3h10a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 17 21H7a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 7 3ZM12 18a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM12 7.2h.01",
  home: "M3.5 11.5L12 4l8.5 7.5M6 9.5V20h12V9.5",
  person: "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5a7.5 7.5 0 0 1 15 0",
  eye: "M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  closed: "M3 10.5c2 3 5 4.8 9 4.8s7-1.8 9-4.8M6 14l-1.8 2.4M18 14l1.8 2.4M12 15.3V18.4",
  check: "M4.5 12.5l5 5L19.5 7",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  up: "M6 14.5l6-6 6 6",
  down: "M6 9.5l6 6 6-6",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5L20.5 20.5",
  link: "M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5",
  warn: "M12 3.5l9.5 17h-19ZM12 10v4.5M12 17.4h.01",
  match: "M4 9h16M4 15h16",
  lift: "M12 20V5M6 11l6-6 6 6",
  calm: "M2.5 12c2-3.2 4.3-3.2 6.3 0s4.3 3.2 6.4 0 4.3-3.2 6.3 0",
  steady: "M4 12h16M12 4v16",
  hand: "M8 12V5.5a1.5 1.5 0 0 1 3 0V11V4a1.5 1.5 0 0 1 3 0v7V5.5a1.5 1.5 0 0 1 3 0V14c0 4-2.5 6.5-6 6.5-3 0-4.5-1.5-6-4.5l-1.8-3.6a1.4 1.4 0 0 1 2.4-1.4L8 13.5",
  heart: "M12 20.3S3.5 15.5 3.5 9.5A4.5 4.5 0 0 1 12 7.4a4.5 4.5 0 0 1 8.500 2.1c0 6-8.500 10.800-8.500 10.800Z",
  more: "M5.500 12h.01M12 12h.01M18.500 12h.01",
  trash: "M4.500 6.500h15M9.500 6.500V4h5v2.500M6.500 6.500l1 14h9l1-14",
  sound: "M3 12h2l2-6 3 14 3-16 3 12 2-4h3",
};
const FILLED = new Set(["play", "pause", "next", "previous"]);

export const Icon = ({ name }) => html`
  <svg class=${`icon ${FILLED.has(name) ? "filled" : ""}`} viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;

// The lamp's own colours, as the box tells them; never without the word beside them. What is no mood
// has none.
export const colour = (mood) => box.about?.colours[mood] ?? "none";

const part = (hex, at) => { const share = parseInt(hex.slice(at, at + 2), 16) / 255; return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4; };
// As WCAG says; above this, dark lines are seen better on it than light ones.
const light = (hex) => 0.2126 * part(hex, 1) + 0.7152 * part(hex, 3) + 0.0722 * part(hex, 5) > 0.19;

export function Face({ mood, size = 44 }) {
  const { eyes, mouth } = MOODS[mood] ?? NOBODY;
  const fill = colour(mood);
  const kind = [!mouth && "nobody", fill !== "none" && !light(fill) && "deep"].filter(Boolean).join(" ");
  return html`<svg class=${`face-of ${kind}`} viewBox="0 0 64 64" width=${size} height=${size} aria-hidden="true">
    <circle cx="32" cy="32" r="30.5" fill=${fill} />
    <path d=${eyes} /><path d=${mouth} /></svg>`;
}
