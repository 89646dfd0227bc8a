// What was that song? And how well the box read the moods.

import { attempt, box, get, onNews } from "./box.js";
import { Face, Icon, colour } from "./icons.js";
import { Card, Cover, Empty, safe } from "./parts.js";
import { Report } from "./report.js";
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "./vendor/preact-htm.js";
import { date, day, duration, hour, mood as named, t } from "./words.js";
import { sourceName } from "./box.js";

const DAY = 86400;
const RANGES = [1, 7, 14];

export function View() {
  const [days, choose] = useState(1);
  const [past, show] = useState(null);
  useEffect(() => {
    let here = true;
    const look = async () => {
      const until = Date.now() / 1000;
      const [moods, songs, report] = await Promise.all([
        attempt(() => get(`api/history?since=${until - days * DAY}`)),
        attempt(() => get(`api/heard?since=${until - days * DAY}`)),
        attempt(() => get(`api/report?days=${Math.max(7, days)}`)),
      ]);
      if (here && moods && songs && report) show({ days, moods, songs, report });
    };
    look();
    let soon = 0;
    const end = onNews(({ event }) => { if (["mood", "play", "correction", "song", "confirmation"].includes(event)) { clearTimeout(soon); soon = setTimeout(look, 700); } });
    const clock = setInterval(() => { if (!document.hidden) look(); }, 15000);
    return () => { here = false; end(); clearTimeout(soon); clearInterval(clock); };
  }, [days, box.status.track?.uri]);
  return html`<h1>${t("view.history")}</h1>
    <div class="row range" id="range" role="group" aria-label=${t("how_far")}>${RANGES.map((n) => html`
      <button key=${n} type="button" class="pill" value=${n} aria-pressed=${n === days} onClick=${() => choose(n)}>${t(`range.${n}`)}</button>`)}</div>
    <div class="column"><${Songs} past=${past} /></div>
    <div class="column"><${Moods} past=${past} />${past && html`<${Report} report=${past.report} />`}</div>`;
}

const OUTCOMES = { finished: "check", skipped: "next", replaced: "music", stopped: "pause", failed: "warn" };

function Songs({ past }) {
  const [words, look] = useState("");
  const wanted = words.trim().toLocaleLowerCase();
  // Two weeks are some two thousand songs: each second's status is no reason to compare them all.
  const days = useMemo(() => byDay(past?.songs ?? [], wanted), [past, wanted, box.sources]);
  return html`<${Card} name="heard" title=${t("what_was_heard")}>
    <input type="search" id="find" class="wide" value=${words} placeholder=${t("find_song")} aria-label=${t("find_song")} onInput=${(event) => look(event.target.value)} />
    ${past && !days.length && html`<${Empty} icon="history">${t(wanted ? "found_no_song" : "heard_nothing", { words })}<//>`}
    ${days}
  <//>`;
}

function byDay(songs, wanted) {
  const fits = (song) => !wanted || [song.title, song.artist, song.album, sourceName(song.context) || song.name, named(song.mood)].join(" ").toLocaleLowerCase().includes(wanted);
  const days = new Map();
  for (const song of songs.filter(fits).reverse()) {
    const key = day(song.at);
    if (!days.has(key)) days.set(key, []);
    days.get(key).push(song);
  }
  return [...days].map(([name, rows]) => html`<section key=${name}><h3 class="day">${name}</h3>
    <ul class="songs">${rows.map((song) => html`<${Song} key=${song.id} song=${song} />`)}</ul></section>`);
}

function Song({ song }) {
  const link = safe(song.link);
  const title = song.title || song.uri;
  const from = sourceName(song.context) || song.name || song.album;
  const how = song.outcome ? t(`outcome.${song.outcome}`) : t("outcome.now");
  return html`<li><${Cover} of=${song.uri} has=${song.cover} mood=${song.mood} size=${52} />
    <div><strong>${link ? html`<a href=${link} target="_blank" rel="noreferrer">${title}</a>` : title}</strong><time>${hour(song.at)}</time>
      <span class="soft">${[song.artist, from].filter(Boolean).join(" · ")}</span>
      <span class="soft meta">${song.mood && html`<span><${Face} mood=${song.mood} size=${18} />${named(song.mood)}</span>`}<span><${Icon} name=${OUTCOMES[song.outcome] ?? "sound"} />${how}</span></span></div></li>`;
}

// --- the moods, as a chart -----------------------------------------------------------------------

const LANE = 26, LONGEST = 6 * 3600;

function Moods({ past }) {
  const place = useRef();
  const [wide, measure] = useState(520);
  useLayoutEffect(() => {
    const look = new ResizeObserver(([entry]) => measure(Math.round(entry.contentRect.width)));
    look.observe(place.current);
    return () => look.disconnect();
  }, []);
  const felt = past?.moods.moods ?? [];
  return html`<${Card} name="felt" title=${t("what_was_felt")}>
    <p class="soft">${t("chart_more")}</p>
    <div id="chart" ref=${place} style=${{ minHeight: `${(box.about.moods.length + 1) * LANE}px` }}>
      ${past && (felt.length ? html`<${Chart} past=${past} wide=${wide} />` : html`<${Empty} icon="eye">${t("felt_nothing")}<//>`)}</div>
  <//>`;
}

function Chart({ past, wide }) {
  const { moods: felt, since, until, corrections } = past.moods;
  const lanes = [...new Set([...box.about.moods, ...felt.map((one) => one.mood)])].filter((mood) => mood !== "unknown");
  const left = 92, height = lanes.length * LANE + 22;
  const x = (at) => left + ((wide - left) * (at - since)) / (until - since);
  const y = (mood) => lanes.indexOf(mood) * LANE;
  const bars = felt.map((one, number) => {
    const end = one.lasted == null ? Math.min(felt[number + 1]?.at ?? until, one.at + LONGEST) : one.at + one.lasted;
    return lanes.includes(one.mood) && html`<rect key=${one.id} x=${x(one.at)} y=${y(one.mood) + 5} width=${Math.max(2, x(end) - x(one.at))} height=${LANE - 9} rx="3" fill=${colour(one.mood)} fill-opacity=${0.45 + 0.55 * one.confidence}><title>${`${hour(one.at)} ${named(one.mood)}, ${duration(end - one.at)}`}</title></rect>`;
  });
  return html`<svg class="chart" viewBox=${`0 0 ${wide} ${height}`} width=${wide} height=${height} role="img" aria-label=${t("chart_is", { moods: felt.length, corrections: corrections.length })}>
    ${lanes.map((mood) => html`<g key=${mood}><line x1=${left} x2=${wide} y1=${y(mood) + LANE} y2=${y(mood) + LANE} /><text x="0" y=${y(mood) + 17}>${named(mood)}</text></g>`)}
    ${bars}
    ${corrections.filter((one) => one.at && lanes.includes(one.mood)).map((one) => html`<circle key=${one.at} cx=${x(one.at)} cy=${y(one.mood) + LANE / 2} r="6" />`)}
    ${ticks(since, until, wide - left).map(([at, words]) => html`<text key=${at} x=${x(at)} y=${height - 4}>${words}</text>`)}
  </svg>`;
}

function ticks(since, until, room) {
  const days = (until - since) / DAY;
  const step = days > 2 ? DAY * Math.ceil(days / (room / 60)) : 3600 * Math.ceil(24 / (room / 64));
  const first = new Date(since * 1000);
  first.setHours(days > 2 ? 24 : first.getHours() + 1, 0, 0, 0);
  const found = [];
  for (let at = first.getTime() / 1000; at < until - (50 / room) * (until - since); at += step) {
    found.push([at, days > 2 ? date(at, days > 7 ? { day: "numeric", month: "numeric" } : { weekday: "short" }) : hour(at)]);
  }
  return found;
}
