// Talking to the box.

const toast = document.querySelector("#toast");
let fading = 0;

export function say(words) {
  toast.textContent = words;
  toast.hidden = false;
  clearTimeout(fading);
  fading = setTimeout(() => { toast.hidden = true; }, 6000);
}

async function read(response) {
  if (response.status === 401) location.reload();
  const said = await response.json();
  if (!response.ok) throw new Error(said.error || said.reason || `the box answered ${response.status}`);
  return said;
}

export async function get(address) {
  return read(await fetch(address));
}

export async function post(address, body) {
  const headers = { "content-type": "application/json" };
  return read(await fetch(address, { method: "POST", headers, body: JSON.stringify(body) }));
}

// Ask for something to be done; what cannot be is said, and false returned.
export async function request(type, values = {}) {
  return attempt(() => post("/api/request", { type, ...values }));
}

export async function attempt(act) {
  try {
    await act();
    return true;
  } catch (error) {
    say(error.message);
    return false;
  }
}
