// What was felt, played and corrected, as a chart and in words.

import { attempt, get } from "/static/api.js";
import { $, colour, el, svg } from "/static/dom.js";
import * as gallery from "/static/gallery.js";

const LEFT = 70, WIDEST = 640, LANE = 26, TICK = 56;
const HOUR = 3600;

export async function show(moods, days = 1) {
  for (const button of document.querySelectorAll("#range button")) {
    button.setAttribute("aria-pressed", Number(button.value) === days);
    button.onclick = () => show(moods, Number(button.value));
  }
  const until = Date.now() / 1000;
  await attempt(async () => draw(await get(`/api/history?since=${until - days * 86400}`), moods));
  await attempt(async () => report(await get(`/api/report?days=${days}`), moods));
}

function draw(past, moods) {
  const wide = Math.min(WIDEST, $("#chart").clientWidth);
  const lanes = [...new Set([...moods, ...past.moods.map((felt) => felt.mood)])];
  const height = lanes.length * LANE + 20;
  const x = (at) => LEFT + (wide - LEFT) * (at - past.since) / (past.until - past.since);
  const y = (mood) => lanes.indexOf(mood) * LANE;
  const chart = svg("svg", {
    class: "chart", viewBox: `0 0 ${wide} ${height}`, role: "img",
    "aria-label": `${past.moods.length} moods, ${past.corrections.length} corrections`,
  });
  for (const mood of lanes) {
    chart.append(svg("line", { x1: LEFT, x2: wide, y1: y(mood) + LANE, y2: y(mood) + LANE }));
    chart.append(svg("text", { x: 0, y: y(mood) + 17 }, mood));
  }
  past.moods.forEach((felt, number) => {
    const next = past.moods[number + 1];
    const until = Math.min(next ? next.at : past.until, felt.at + 6 * HOUR);
    const width = Math.max(2, x(until) - x(felt.at));
    chart.append(svg("rect", {
      x: x(felt.at), y: y(felt.mood) + 5, width, height: LANE - 8, rx: 3, fill: colour(felt.mood),
      "fill-opacity": 0.4 + 0.6 * felt.confidence,
    }));
  });
  for (const row of past.corrections.filter((one) => one.at && lanes.includes(one.mood))) {
    chart.append(svg("circle", {
      cx: x(row.at), cy: y(row.mood) + LANE / 2, r: 6, fill: "none", stroke: "currentColor", "stroke-width": 2,
    }));
  }
  ticks(past, (wide < 500 ? 8 : 4) * HOUR, (at, words) => {
    if (x(at) < wide - TICK) chart.append(svg("text", { x: x(at), y: height - 3 }, words));
  });
  $("#chart").replaceChildren(chart);
  list(past);
}

function ticks(past, hours, put) {
  const days = (past.until - past.since) / 86400 > 2;
  const step = days ? 86400 : hours;
  const format = days ? { weekday: "short" } : { hour: "2-digit", minute: "2-digit" };
  const first = new Date(past.since * 1000);
  first.setHours(days ? 24 : Math.ceil((first.getHours() + 1) / 4) * 4, 0, 0, 0);
  for (let at = first / 1000; at < past.until; at += step) {
    put(at, new Intl.DateTimeFormat(undefined, format).format(at * 1000));
  }
}

function list(past) {
  const time = (at) => new Date(at * 1000).toLocaleString(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" });
  $("#plays").replaceChildren(...past.plays.slice(-50).reverse().map((play) =>
    el("li", {}, el("span", { textContent: `${time(play.at)}: ${play.why || play.uri}` }),
      el("span", { className: "soft", textContent: play.outcome || "" }))));
  if (!past.plays.length) $("#plays").replaceChildren(el("li", { textContent: "Nothing was played yet." }));
}

function report(found, moods) {
  const lines = [`${found.predictions} moods were read, ${found.corrections} corrected.`];
  for (const pair of found.confused) lines.push(`${pair.felt} was taken for ${pair.predicted} ${pair.times} ×.`);
  for (const [mood, plays] of Object.entries(found.played)) {
    lines.push(`${mood}: played ${plays} ×, skipped ${found.skipped[mood] || 0} ×.`);
  }
  const most = found.drift[0];
  if (most) {
    const share = (part) => `${Math.round(100 * part)} %`;
    lines.push(`Furthest from what the model was trained on: ${most.emotion}, ${share(most.here)} here and ${share(most.card)} there.`);
  }
  $("#report").replaceChildren(...lines.map((words) => el("li", { textContent: words })));
  gallery.show(found.unsure, moods);
}
