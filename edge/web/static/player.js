// What plays, and what a person may do about it.

import { box, busy, loudest, now, request, sourceName, wall } from "./box.js";
import { Icon } from "./icons.js";
import { Cover, safe, useHeld } from "./parts.js";
import { html, useEffect, useState } from "./vendor/preact-htm.js";
import { clock, hour, percent, said, t } from "./words.js";

export function Player() {
  const { status, about } = box;
  const track = status.track;
  const empty = !track;
  const mood = status.mood?.name ?? "unknown";
  return html`<section class="card player" aria-label=${t("playing_now")}>
    <${Cover} name="art" of=${track?.uri} has=${track?.cover} size=${320} mood=${mood} />
    <div class="song">
      <h1 id="title">${track ? track.title || track.uri : t(`nothing_plays`)}</h1>
      <p id="artist">${track ? track.artist : t(about.guest ? "nothing_plays_guest" : "nothing_plays_next")}</p>
      <p id="from" class="soft">${sourceName(track?.context) || track?.album || ""}${safe(track?.link) && html` <a id="open" href=${track.link} target="_blank" rel="noreferrer">${t("open_in_spotify")}<${Icon} name="link" /></a>`}</p>
    </div>
    ${!empty && html`<${Progress} status=${status} />`}
    ${!about.guest && html`<${Controls} status=${status} />`}
    <p id="doing" class="doing" role="status">${said(status.doing ?? "")}</p>
    <ul class="facts">
      <li><${Icon} name="speaker" /><span id="where">${where(status)}</span></li>
      <li><${Icon} name="person" /><span id="taste">${t("taste_of", { name: status.profile })}</span></li>
    </ul>
    ${status.why && html`<p id="why" class="why">${said(status.why)}</p>`}
    <${HandsOff} status=${status} guest=${about.guest} />
  </section>`;
}

function where(status) {
  const what = t(`playback.${status.playback}`);
  return status.speaker ? t("on_speaker", { what, speaker: said(status.speaker) }) : what;
}

export function HandsOff({ status, guest }) {
  if (!status.hands_off_until) return null;
  return html`<div id="hands-off" class="note"><${Icon} name="hand" />
    <span>${t("hands_off", { time: hour(wall(status.hands_off_until)) })}</span>
    ${!guest && html`<button type="button" class="small" onClick=${() => request("FollowMood")}>${t("follow_mood")}</button>`}</div>`;
}

function Progress({ status }) {
  const [, tick] = useState(0);
  useEffect(() => { const beat = setInterval(() => tick((n) => n + 1), 1000); return () => clearInterval(beat); }, []);
  const long = status.track.duration;
  if (status.position == null || !long) return html`<div class="progress"></div>`;
  const moved = status.playback === "playing" ? Math.max(0, now() - status.at) : 0;
  const at = Math.min(long, status.position + moved);
  return html`<div class="progress">
    <div class="line" role="progressbar" aria-label=${t("progress")} aria-valuemin="0" aria-valuemax=${Math.round(long)} aria-valuenow=${Math.round(at)} aria-valuetext=${`${clock(at)} / ${clock(long)}`}>
      <i style=${{ width: `${(100 * at) / long}%` }}></i></div>
    <span>${clock(at)}</span><span>${clock(long)}</span></div>`;
}

function Controls({ status }) {
  const playing = status.playback === "playing";
  return html`<div class="controls">
    <button id="previous" type="button" class="beside-play" disabled=${!status.track} onClick=${() => request("Previous")}><${Icon} name="previous" />${t("previous")}</button>
    <button id="play" type="button" class="round main" aria-busy=${busy("PlayPause") || Boolean(status.doing)} aria-label=${t(playing ? "pause" : "play")} onClick=${() => request("PlayPause")}>
      <${Icon} name=${playing ? "pause" : "play"} /></button>
    <button id="next" type="button" class="beside-play" aria-busy=${busy("Next")} onClick=${() => request("Next")}><${Icon} name="next" />${t("not_this")}</button>
  </div><${Volume} status=${status} />`;
}

function Volume({ status }) {
  const [shown, hold] = useHeld(status.volume);
  const most = loudest();
  return html`<div class="volume">
    <label for="volume"><${Icon} name="quiet" /><span class="hidden">${t("volume")}</span></label>
    <input id="volume" type="range" min="0" max=${most} value=${shown ?? Math.min(50, most)} aria-valuetext=${shown === null ? t("unknown") : percent(shown / 100)}
      onInput=${(event) => hold(Number(event.target.value))}
      onChange=${(event) => request("SetVolume", { volume: Number(event.target.value) })} />
    <span id="volume-now">${shown === null || shown === undefined ? "–" : percent(shown / 100)}</span>
    ${most < 100 && html`<span id="volume-most" class="soft">${t(status.quiet ? "quiet_most" : "most", { n: most })}</span>`}
  </div>`;
}
