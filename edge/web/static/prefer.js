// Who is listening, how loud it may be and when, and whether faces may be kept.

import { attempt, get, request, say } from "/static/api.js";
import { $, el } from "/static/dom.js";

export async function change(type, values) {
  const done = await request(type, values);
  if (done) say("kept");
  return done;
}

const prefer = (values) => change("SetPreferences", values);

export async function read(use) {
  await attempt(async () => use(await get("/api/preferences")));
}

export function profiles(preferences, again) {
  const known = preferences.profiles;
  $("#profile").replaceChildren(...known.map((name) =>
    el("option", { value: name, textContent: name, selected: name === preferences.profile })));
  $("#profile").onchange = () => change("SetProfile", { profile: $("#profile").value });
  $("#profile-remove").disabled = known.length < 2;
  $("#profile-remove").onclick = async () => {
    await prefer({ profiles: known.filter((name) => name !== $("#profile").value) });
    again();
  };
  $("#profile-add").onsubmit = async (event) => {
    event.preventDefault();
    const name = $("#profile-name").value.trim();
    if (name && await prefer({ profiles: [...known, name] })) $("#profile-name").value = "";
    again();
  };
}

export function limits(preferences) {
  // A browser's field for times takes two digits of hours alone.
  const time = (text) => text && text.padStart(5, "0");
  $("#quiet-from").value = time(preferences.quiet_from);
  $("#quiet-to").value = time(preferences.quiet_to);
  $("#quiet-volume").value = preferences.quiet_volume;
  $("#max-volume").value = preferences.max_volume;
  $("#start-volume").value = preferences.volume ?? "";
  $("#limits").onsubmit = (event) => {
    event.preventDefault();
    prefer({
      quiet_from: $("#quiet-from").value,
      quiet_to: $("#quiet-to").value,
      quiet_volume: Number($("#quiet-volume").value),
      max_volume: Number($("#max-volume").value),
      volume: $("#start-volume").value === "" ? null : Number($("#start-volume").value),
    });
  };
}

export function faces(preferences) {
  const button = $("#keep-faces");
  button.disabled = false;
  button.setAttribute("aria-pressed", preferences.keep_faces);
  button.textContent = preferences.keep_faces ? "Faces of corrections are kept" : "Keep the faces of my corrections";
  button.onclick = async () => {
    if (await prefer({ keep_faces: !preferences.keep_faces })) read(faces);
  };
}
