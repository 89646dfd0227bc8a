// What the box sees, while somebody looks: nothing of it is kept.

import { $ } from "/static/dom.js";

let pictures = null;

export function ready() {
  $("#look").onclick = () => (pictures ? stop() : start());
  addEventListener("hashchange", stop);
  document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); });
}

export function show(status) {
  $("#look").disabled = status.private;
  if (status.private) stop();
}

function start() {
  pictures = new EventSource("/api/live");
  pictures.addEventListener("picture", (event) => draw(JSON.parse(event.data)));
  pictures.onerror = () => { if (pictures && pictures.readyState === EventSource.CLOSED) stop(); };
  told("Look away", "true");
}

function stop() {
  if (pictures) pictures.close();
  pictures = null;
  $("#sight").hidden = true;
  $("#sight img").removeAttribute("src");
  told("Look through its eyes", "false");
}

function told(words, pressed) {
  $("#look").textContent = words;
  $("#look").setAttribute("aria-pressed", pressed);
}

function draw(picture) {
  $("#sight img").src = `data:image/jpeg;base64,${picture.jpeg}`;
  $("#sight").hidden = false;
  const frame = $("#sight .face");
  frame.hidden = !picture.box;
  if (!picture.box) return;
  ["left", "top", "width", "height"].forEach((side, number) => {
    frame.style[side] = `${100 * picture.box[number]}%`;
  });
  frame.firstChild.textContent = picture.label;
}
