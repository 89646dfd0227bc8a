// Health, sign-in, browsers and privacy.

import { attempt, get, post, say } from "/static/api.js";
import { $, el } from "/static/dom.js";
import { faces, read } from "/static/prefer.js";

export function health(status) {
  const account = status.account;
  const rows = {
    "Runs on": status.runs_on || "the eyes are closed",
    Camera: status.camera,
    "Face detector": status.detector,
    Model: status.model,
    Speed: status.runs_on && `${status.frames_per_second.toFixed(1)} frames/s, ${status.inference_ms.toFixed(2)} ms a face`,
    Temperature: status.health?.temperature && `${status.health.temperature.toFixed(0)} °C`,
    Power: status.health?.under_voltage ? "too weak: use the official supply" : "",
    "Disk free": status.health?.disk_free && `${Math.round(status.health.disk_free)} MiB`,
    Spotify: account && (account.signed_in ? "signed in" : "not signed in"),
    "Sign-in ends": account?.expires && new Date(account.expires * 1000).toLocaleDateString(),
    "Requests left today": account?.requests_left,
    "Limited until": account?.limited_until && new Date(account.limited_until * 1000).toLocaleTimeString(),
  };
  $("#parts").replaceChildren(...Object.entries(rows).flatMap(([name, words]) =>
    words || words === 0 ? [el("dt", { textContent: name }), el("dd", { textContent: String(words) })] : []));
  const problems = Object.entries(status.problems);
  $("#verdict").textContent = status.waking ? "Waking up." : problems.length ? "Something needs you:" : "All is well.";
  $("#fixes").replaceChildren(...problems.map(([part, words]) =>
    el("li", { className: "bad", textContent: `${part}: ${words}` })));
}

export async function show() {
  $("#begin").onsubmit = begin;
  $("#finish").onsubmit = finish;
  $("#erase").onclick = () => $("#sure-erase").showModal();
  $("#erase-no").onclick = () => $("#sure-erase").close();
  $("#erase-yes").onclick = erase;
  await attempt(browsers);
  await read((preferences) => {
    faces(preferences);
    if (!$("#client").value) $("#client").value = preferences.client_id;
  });
}

async function begin(event) {
  event.preventDefault();
  await attempt(async () => {
    const step = await post("/api/login/begin", { client_id: $("#client").value.trim() });
    $("#authorize").href = step.url;
    $("#qr").src = step.qr;
    $("#finish").hidden = false;
  });
}

async function finish(event) {
  event.preventDefault();
  const done = await attempt(() => post("/api/login/finish", { address: $("#landed").value.trim() }));
  if (done) {
    $("#finish").hidden = true;
    say("signed in");
  }
}

async function browsers() {
  const known = await get("/api/browsers");
  $("#browsers").replaceChildren(...known.map((one) => {
    const revoke = el("button", { type: "button", textContent: "Revoke", ariaLabel: `Revoke ${one.name}` });
    revoke.onclick = async () => {
      if (await attempt(() => post("/api/browsers/revoke", { number: one.number }))) await attempt(browsers);
    };
    const words = `${one.name}, since ${new Date(one.at * 1000).toLocaleDateString()}`;
    return el("li", {}, el("span", { textContent: words }), revoke);
  }));
}

export async function works() {
  await attempt(async () => {
    $("#works ul").replaceChildren(...(await get("/api/licences")).map((work) =>
      el("li", {}, el("a", { href: work.link, target: "_blank", rel: "noreferrer", textContent: `${work.name} ${work.version}` }),
        el("span", { className: "soft", textContent: work.licence }))));
  });
}

async function erase() {
  $("#sure-erase").close();
  if (await attempt(() => post("/api/erase", {}))) say("erased");
}
