// Places to ignore: a television or a poster is nobody. They are drawn on the live picture with a
// finger or a mouse, or set in numbers.

import { box, request } from "./box.js";
import { Icon } from "./icons.js";
import { html, useEffect, useRef, useState } from "./vendor/preact-htm.js";
import { t } from "./words.js";

const SMALLEST = 0.03, MOST = 20;
const SIDES = ["left", "top", "width", "height"];
const MIDDLE = [0.35, 0.35, 0.3, 0.3];

const between = (value, low, high) => Math.min(high, Math.max(low, value));
// Whole thousandths, within the picture, and no smaller than somebody can mean.
function within([left, top, width, height]) {
  const [x, y] = [left, top].map((at) => between(Math.round(1000 * at), 0, 1000 - 1000 * SMALLEST));
  const [w, h] = [[width, x], [height, y]].map(([size, from]) => between(Math.round(1000 * size), 1000 * SMALLEST, 1000 - from));
  return [x, y, w, h].map((one) => one / 1000);
}

const kept = () => box.preferences?.ignored ?? [];
const keep = (places) => request("SetIgnored", { places: places.map(within) });
const lies = ([left, top, width, height]) => ({ left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * width}%`, height: `${100 * height}%` });

// Over the picture: the places that are kept, and while `drawing` the one that a finger pulls open.
export function Sheet({ drawing }) {
  const sheet = useRef();
  const from = useRef(null);
  const [drawn, draw] = useState(null);
  const spot = ({ clientX, clientY }) => {
    const { left, top, width, height } = sheet.current.getBoundingClientRect();
    return [between((clientX - left) / width, 0, 1), between((clientY - top) / height, 0, 1)];
  };
  const down = (event) => {
    if (!event.isPrimary || event.button || kept().length >= MOST) return;
    event.preventDefault();
    sheet.current.setPointerCapture(event.pointerId);
    from.current = spot(event);
  };
  const move = (event) => {
    if (!from.current) return;
    const [[x, y], [a, b]] = [from.current, spot(event)];
    draw([Math.min(x, a), Math.min(y, b), Math.abs(x - a), Math.abs(y - b)]);
  };
  const stop = () => { from.current = null; draw(null); };
  const up = () => {
    const place = from.current && drawn;
    stop();
    if (place && Math.min(place[2], place[3]) >= SMALLEST) keep([...kept(), place]);
  };
  return html`<div ref=${sheet} class=${`sheet ${drawing ? "drawing" : ""}`} ...${drawing && { onPointerDown: down, onPointerMove: move, onPointerUp: up, onPointerCancel: stop }}>
    ${kept().map((place, number) => html`<div key=${place.join()} class="place" style=${lies(place)}><span>${number + 1}</span></div>`)}
    ${drawn && html`<div class="place new" style=${lies(drawn)}></div>`}</div>`;
}

export function Places() {
  const places = kept();
  const put = (number, place) => keep(places.map((one, other) => (other === number ? place : one)));
  return html`<div id="places" class="places">
    <p>${t("ignored_more")}</p>
    ${places.map((place, number) => html`<${Place} key=${number} number=${number} place=${place} put=${(next) => put(number, next)}
      remove=${() => keep(places.filter((_, other) => other !== number))} />`)}
    <button id="place-add" type="button" class="small" disabled=${places.length >= MOST} onClick=${() => keep([...places, MIDDLE])}><${Icon} name="plus" /> ${t("ignored_add")}</button>
  </div>`;
}

function Place({ number, place, put, remove }) {
  const [typed, type] = useState({});
  useEffect(() => type({}), [place.join()]);
  const set = async (side) => {
    const value = Number(typed[side]);
    const next = place.map((share, other) => (other === side ? value / 100 : share));
    if (!(side in typed) || typed[side] === "" || Number.isNaN(value) || !(await put(next))) type({});
  };
  return html`<fieldset><legend>${t("ignored_place", { n: number + 1 })}</legend>
    ${SIDES.map((name, side) => html`<label key=${name}>${t(`side.${name}`)}
      <input type="number" name=${name} min="0" max="100" value=${typed[side] ?? Math.round(100 * place[side])} onInput=${(event) => type({ ...typed, [side]: event.target.value })} onChange=${() => set(side)} /></label>`)}
    <button type="button" class="round small" aria-label=${t("remove", { name: t("ignored_place", { n: number + 1 }) })} onClick=${remove}><${Icon} name="trash" /></button></fieldset>`;
}
