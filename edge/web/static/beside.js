// Beside what is now: the songs of the house that suit it, and the parts that a demo makes up.

import { box, get, request } from "./box.js";
import { Icon } from "./icons.js";
import { Card, Cover, Empty, safe, useFetched } from "./parts.js";
import { html, useEffect, useState } from "./vendor/preact-htm.js";
import { mood as named, t } from "./words.js";

export function Beside() {
  return html`<${Simulated} /><${Songs} />`;
}

function Simulated() {
  const [more, set] = useState(null);
  const some = box.about.simulated?.length;
  useEffect(() => { if (some) import("./simulated.js").then(({ View }) => set(() => View)); }, [some]);
  return more && html`<${more} />`;
}

function Songs() {
  const mood = box.status.mood?.name;
  const known = box.about.moods.includes(mood);
  const load = async () => ({ mood, ...(known ? await get(`api/songs?most=5&mood=${encodeURIComponent(mood)}`) : {}) });
  const found = useFetched(load, [mood]);
  if (!known || found?.mood !== mood) return null;
  const { songs } = found;
  return html`<${Card} name="recommended" title=${t("songs_for", { mood: named(mood) })}>
    ${songs.length ? html`<ul class="songs">${songs.map((song) => html`<${Song} key=${song.uri} song=${song} mood=${mood} />`)}</ul>`
      : html`<${Empty} icon="music">${t("no_songs_for", { mood: named(mood) })} <a href="#music">${t("fix.music")}</a><//>`}
  <//>`;
}

function Song({ song, mood }) {
  const link = safe(song.link);
  return html`<li><${Cover} of=${song.uri} has=${song.cover} mood=${mood} />
    <div><strong>${link ? html`<a href=${link} target="_blank" rel="noreferrer">${song.title || song.uri}</a>` : song.title || song.uri}</strong><span class="soft">${song.artist}</span></div>
    <button type="button" class="round small" aria-label=${t("play_this", { title: song.title || song.uri })} onClick=${() => request("Play", { what: song.uri })}><${Icon} name="play" /></button></li>`;
}
