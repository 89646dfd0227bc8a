// Music for each mood, by picking: the house's own playlists, what a search finds, or a link.

import { EVERYTHING, attempt, box, get, learnSources, owners, request, say, sourceName } from "./box.js";
import { Face, Icon } from "./icons.js";
import { Cover, Empty, useFetched } from "./parts.js";
import { Limits, Profiles } from "./prefer.js";
import { html, useEffect, useRef, useState } from "./vendor/preact-htm.js";
import { mood as named, said, t } from "./words.js";

let moving = null;  // what is dragged: a picked thing, or { from, source } of a mood

export function View() {
  const [target, aim] = useState(box.status.mood && box.about.moods.includes(box.status.mood.name) ? box.status.mood.name : box.about.moods[0]);
  const [whose, choose] = useState("");
  const house = box.preferences?.sources ?? {};
  const given = whose ? box.preferences?.own?.[whose]?.sources ?? {} : house;
  useEffect(() => { owners(); }, []);
  useNames(given);
  if (!box.preferences) return html`<h1>${t("view.music")}</h1>`;
  return html`<h1>${t("view.music")}</h1>
    <div class="column"><${Whose} whose=${whose} choose=${choose} /><${Picker} whose=${whose} target=${target} aim=${aim} given=${given} /></div>
    <div class="column moods">${box.about.moods.map((mood) => html`<${Mood} key=${mood} whose=${whose} mood=${mood} sources=${given[mood] ?? []} house=${house[mood] ?? []} target=${target} aim=${aim} />`)}</div>
    <div class="column third"><${Profiles} /><${Limits} key=${whose} whose=${whose} /></div>`;
}

// The box learns names some seconds after a list was given: look until they are there.
function useNames(given) {
  useEffect(() => {
    const waits = Object.values(given).flat().some((source) => box.sources[source]?.waits ?? true);
    if (!waits) return undefined;
    const clock = setInterval(learnSources, 2000);
    return () => clearInterval(clock);
  });
}

const nameOf = (source) => (source === EVERYTHING ? t("everything") : "") || sourceName(source) || picked.get(source)?.name || source;
const picked = new Map();
// What is named by its kind says it once.
const kindOf = (kind, name) => (kind && t(`kind.${kind}`) !== name ? t(`kind.${kind}`) : "");

async function give(profile, mood, it) {
  picked.set(it.uri, it);
  if (await request("AddSource", { profile, mood, source: it.uri })) {
    say(t("given", { name: it.name, mood: named(mood) }), () => request("RemoveSource", { profile, mood, source: it.uri }));
  }
}

async function take(profile, mood, source, at) {
  if (await request("RemoveSource", { profile, mood, source })) {
    say(t("taken", { name: nameOf(source), mood: named(mood) }), async () => {
      if (await request("AddSource", { profile, mood, source })) await request("MoveSource", { profile, mood, source, to: at });
    });
  }
}

function dropped(profile, mood) {
  const it = moving;
  moving = null;
  if (!it) return;
  give(profile, mood, it);
}

// Whose lists these are, and whose volume and quiet hours: the house's, or a profile's own.
function Whose({ whose, choose }) {
  const { profiles } = box.preferences;
  useEffect(() => { if (whose && !profiles.includes(whose)) choose(""); });
  if (profiles.length < 2) return null;
  return html`<section class="card whose" aria-labelledby="whose-title">
    <h2 id="whose-title">${t("whose")}</h2>
    <p class="soft">${t(whose ? "whose_own" : "whose_house", { name: whose })}</p>
    <div class="row" role="group" aria-labelledby="whose-title">${["", ...profiles].map((one) => html`
      <button key=${one} type="button" class="pill" aria-pressed=${one === whose} onClick=${() => choose(one)}><${Icon} name=${one ? "person" : "home"} />${one || t("the_house")}</button>`)}</div>
  </section>`;
}

function Mood({ whose, mood, sources, house, target, aim }) {
  const [over, hover] = useState(false);
  return html`<section class=${`card for-mood ${over ? "over" : ""} ${target === mood ? "aimed" : ""}`} data-mood=${mood} aria-labelledby=${`for-${mood}`}
      onDragOver=${(event) => { event.preventDefault(); hover(true); }} onDragLeave=${() => hover(false)}
      onDrop=${(event) => { event.preventDefault(); hover(false); dropped(whose, mood); }}>
    <div class="head"><${Face} mood=${mood} size=${36} /><h2 id=${`for-${mood}`}>${named(mood)}</h2>
      <button type="button" class="round small add" aria-label=${t("add_to", { mood: named(mood) })} aria-pressed=${target === mood}
        onClick=${() => { aim(mood); document.getElementById("search")?.focus(); }}><${Icon} name="plus" /></button></div>
    ${sources.length
      ? html`<ul class="songs">${sources.map((source, at) => html`<${Source} key=${source} whose=${whose} mood=${mood} source=${source} at=${at} most=${sources.length} />`)}</ul>`
      : html`<p class="soft">${whose && house.length ? t("as_the_house", { names: house.map(nameOf).join(", ") }) : t("nothing_for_mood")}</p>`}
  </section>`;
}

function Source({ whose, mood, source, at, most }) {
  const known = box.sources[source];
  const name = nameOf(source);
  const kind = known?.kind ?? picked.get(source)?.kind;
  return html`<li draggable="true" onDragStart=${() => { moving = { uri: source, name }; }}>
    <${Cover} of=${source} has=${known?.cover || picked.get(source)?.cover} mood=${mood} />
    <div><strong>${name}</strong><span class=${known?.problem ? "bad" : "soft"}>${known?.problem ? said(known.problem) : kindOf(kind, name)}</span></div>
    ${most > 1 && html`<button type="button" class="round small" disabled=${at === 0} aria-label=${t("earlier", { name })} onClick=${() => request("MoveSource", { profile: whose, mood, source, to: at - 1 })}><${Icon} name="up" /></button>`}
    <button type="button" class="round small" aria-label=${t("take_from", { name, mood: named(mood) })} onClick=${() => take(whose, mood, source, at)}><${Icon} name="close" /></button>
  </li>`;
}

function Picker({ whose, target, aim, given }) {
  const [words, look] = useState("");
  const [found, show] = useState(null);
  const [looking, wait] = useState(false);
  const asked = useRef(0);
  const own = useFetched(() => get("api/music/own", 15000));
  const search = async () => {
    const number = ++asked.current;
    wait(true);
    const answer = await attempt(() => get(`api/music/search?q=${encodeURIComponent(words.trim())}`, 15000));
    if (number !== asked.current) return;
    wait(false);
    // What a link or URI names needs no choosing.
    if (answer?.[0]?.exact) { give(whose, target, { ...answer[0], name: t("the_link") }); look(""); }
    else if (answer) show(answer);
  };
  const submit = (event) => {
    event.preventDefault();
    if (words.trim()) search();
  };
  const rows = (found ?? own ?? []).map((it) => ({ ...it, name: it.name || sourceName(it.uri) }));
  const targets = useRef();
  // On a phone they are more than fit: the chosen one is in the middle.
  useEffect(() => {
    const row = targets.current;
    const one = row.querySelector("[aria-pressed=true]");
    if (one) row.scrollLeft = one.offsetLeft - row.offsetLeft - (row.clientWidth - one.offsetWidth) / 2;
  }, [target]);
  return html`<section class="card picker" aria-labelledby="picker-title">
    <h2 id="picker-title">${t("pick_for")}</h2>
    <div class="targets" ref=${targets} role="group" aria-labelledby="picker-title">${box.about.moods.map((mood) => html`
      <button key=${mood} type="button" aria-pressed=${mood === target} onClick=${() => aim(mood)}><${Face} mood=${mood} size=${32} /><span>${named(mood)}</span></button>`)}</div>
    <form class="row search" role="search" onSubmit=${submit}>
      <input id="search" type="search" class="grow" value=${words} maxlength="300" autocomplete="off" placeholder=${t("search_or_paste")} aria-label=${t("search_or_paste")} onInput=${(event) => { look(event.target.value); if (!event.target.value) show(null); }} />
      <button class="main" aria-busy=${looking}><${Icon} name="search" /><span class="hidden">${t("search")}</span></button>
    </form>
    <h3 class="soft" aria-live="polite">${found ? t(found.length ? "found" : "found_nothing", { words }) : t("own_playlists")}</h3>
    ${rows.length
      ? html`<ul class="songs picks">${rows.map((it) => html`<${Pick} key=${it.uri} whose=${whose} it=${it} target=${target} at=${(given[target] ?? []).indexOf(it.uri)} />`)}</ul>`
      : !found && own && html`<${Empty} icon="music">${t(box.about.signs_in ? "no_own_playlists" : "no_own_music")}<//>`}
    ${found && words.trim() && html`<button type="button" class="pill" onClick=${() => give(whose, target, { uri: words.trim(), name: `“${words.trim()}”` })}><${Icon} name="search" />${t("keep_search", { words: words.trim() })}</button>`}
  </section>`;
}

function Pick({ whose, it, target, at }) {
  const has = at >= 0;
  picked.set(it.uri, it);
  const more = [kindOf(it.kind, it.name), it.by, it.songs ? t("songs", { n: it.songs }) : ""].filter(Boolean).join(" · ");
  const toggle = () => (has ? take(whose, target, it.uri, at) : give(whose, target, it));
  return html`<li draggable="true" onDragStart=${(event) => { moving = it; event.dataTransfer.setData("text/plain", it.uri); }}>
    <${Cover} of=${it.uri} has=${it.cover} mood=${target} />
    <div><strong>${it.name}</strong><span class="soft">${more}</span></div>
    <button type="button" class="round small" aria-pressed=${has} aria-label=${t(has ? "take_from" : "give_to", { name: it.name, mood: named(target) })} onClick=${toggle}>
      <${Icon} name=${has ? "check" : "plus"} /></button></li>`;
}
