// What several views are made of.

import { say } from "./box.js";
import { Icon, Face } from "./icons.js";
import { html, useEffect, useState } from "./vendor/preact-htm.js";

const SOON = 3;

export const Empty = ({ icon, children }) => html`
  <div class="empty"><${Icon} name=${icon} /><p>${children}</p></div>`;

export const Card = ({ name, title, more, children }) => html`
  <section class=${`card ${name ?? ""}`} aria-labelledby=${title && `${name}-title`}>
    ${title && html`<div class="head"><h2 id=${`${name}-title`}>${title}</h2>${more}</div>`}
    ${children}
  </section>`;

export const Switch = ({ id, on, label, more, turn }) => html`<div class="switch">
  <div><span id=${`${id}-label`}>${label}</span><small class="soft">${more}</small></div>
  <button id=${id} type="button" role="switch" aria-checked=${on} aria-labelledby=${`${id}-label`} onClick=${() => turn(!on)}><i></i></button></div>`;

// What a person drags is theirs for a moment, whatever the box says meanwhile.
export function useHeld(value) {
  const [held, hold] = useState(null);
  useEffect(() => {
    if (held === null) return undefined;
    const later = setTimeout(() => hold(null), 2500);
    return () => clearTimeout(later);
  }, [held]);
  return [held ?? value, hold];
}

// A picture of music; the mood's face where it has none, or cannot be had.
export function Cover({ of, has, mood = "neutral", size = 48, name = "cover" }) {
  const [bad, setBad] = useState("");
  const source = has && of && bad !== of ? `api/cover?of=${encodeURIComponent(of)}` : "";
  return html`<div class=${name} data-empty=${source ? null : ""}>
    ${source
      ? html`<img key=${source} src=${source} alt="" width=${size} height=${size} loading=${size > 100 ? "eager" : "lazy"} onError=${() => setBad(of)} />`
      : html`<${Face} mood=${mood} size=${size / 2} />`}
  </div>`;
}

export const safe = (link) => (link?.startsWith("https://") ? link : "");

// Get again whenever `again` changes, every `seconds` while the view is open, and soon after what was
// not answered: a view that was opened in a bad moment does not stay empty. What the box refuses, it
// would refuse again; either is said once.
export function useFetched(load, again = [], seconds = 0) {
  const [found, set] = useState(null);
  useEffect(() => {
    let here = true, clock = 0, told = "";
    const look = async () => {
      let wait = seconds;
      try {
        const fresh = await load();
        told = "";
        if (here) set(fresh);
      } catch (error) {
        if (error.unanswered) wait = SOON;
        if (here && error.message !== told) say(error.message);
        told = error.message;
      }
      if (here) later(wait);
    };
    const later = (wait) => { if (wait) clock = setTimeout(() => (document.hidden ? later(wait) : look()), 1000 * wait); };
    look();
    return () => { here = false; clearTimeout(clock); };
  }, again);
  return found;
}
