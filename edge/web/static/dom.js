// Making elements, and what several views share.

export const $ = (selector) => document.querySelector(selector);

export function el(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// Far enough apart for colour-blind people, and never without the word beside them.
const COLOURS = {
  angry: "#d55e00", disgust: "#5f8f3e", fear: "#8e5bb5", happy: "#e6a700", sad: "#2f7fc1",
  surprise: "#e0709a", neutral: "#8b909c", away: "#5b6170", unsure: "#a8acb6",
  joyful: "#e6a700", content: "#4ea58f", calm: "#56b4e9", tired: "#8b909c", tense: "#b5563e",
  excited: "#e0709a",
};

export const colour = (mood) => COLOURS[mood] || "#8b909c";

export function duration(seconds) {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
