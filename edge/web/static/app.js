// The page: one view at a time, kept current by the box's events.

import { attempt, get } from "/static/api.js";
import { $ } from "/static/dom.js";
import * as history from "/static/history.js";
import * as house from "/static/house.js";
import * as now from "/static/now.js";
import * as playlists from "/static/playlists.js";

const VIEWS = ["now", "past", "songs", "health", "house"];
const FOR_GUESTS = ["now", "health", "house"];
let about = null;

function open() {
  const wanted = location.hash.slice(1);
  const view = (about.guest ? FOR_GUESTS : VIEWS).includes(wanted) ? wanted : "now";
  for (const name of VIEWS) $(`#${name}`).hidden = name !== view;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (view === "past") history.show(about.moods);
  if (view === "songs") playlists.show(about.moods);
  if (view === "house" && !about.guest) house.show();
}

function listen() {
  const events = new EventSource("/api/events");
  events.onopen = () => { $("#link").textContent = "live"; };
  events.onerror = () => { $("#link").textContent = "the box is away, trying again"; };
  events.addEventListener("hello", (event) => now.begin(about, JSON.parse(event.data).now));
  events.addEventListener("status", (event) => {
    const status = JSON.parse(event.data);
    now.show(status);
    house.health(status);
  });
}

await attempt(async () => {
  about = await get("/api/about");
  $("#guest").hidden = !about.guest;
  document.body.classList.toggle("guest", about.guest);
  $("header strong").textContent = document.title = about.name;
  $("#version").textContent = about.version;
  $("#keep").textContent = about.keep_days;
  $("#works").ontoggle = house.works;
  addEventListener("hashchange", open);
  open();
  listen();
});
