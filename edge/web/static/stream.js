// One stream of the box's events for all tabs of a browser: a shared worker, and plainly a script
// of the page where there are none. A browser opens only six connections to a box at once.

const RETRY = 2000, SILENT = 10000, FORGOTTEN = 40000;
const watchers = new Map();  // what to call -> when it was heard of last
let source = null, hello = null, status = null, heard = 0;

function tell(kind, data) {
  for (const watcher of watchers.keys()) watcher({ kind, data, heard });
}

function open() {
  if (source || !watchers.size) return;
  const fresh = new EventSource(self.EVENTS || "../../api/events");
  source = fresh;
  heard = Date.now();
  for (const kind of ["hello", "status", "announce"]) {
    fresh.addEventListener(kind, (event) => {
      heard = Date.now();
      const data = JSON.parse(event.data);
      if (kind === "hello") hello = data;
      if (kind === "status") status = data;
      tell(kind, data);
    });
  }
  fresh.onerror = () => {
    tell(fresh.readyState === EventSource.CLOSED ? "refused" : "lost");
    if (fresh.readyState === EventSource.CLOSED && fresh === source) {
      close();
      setTimeout(open, RETRY);
    }
  };
}

function close() {
  source?.close();
  source = null;
  status = null;
}

// A box whose plug was pulled says nothing, not even that it is gone.
setInterval(() => {
  const now = Date.now();
  for (const [watcher, at] of watchers) if (now - at > FORGOTTEN) watchers.delete(watcher);
  if (!watchers.size) return close();
  if (source && now - heard > SILENT) { close(); open(); }
}, 2000);

self.follow = (watcher, on) => {
  const known = watchers.has(watcher);
  if (on) watchers.set(watcher, Date.now());
  else watchers.delete(watcher);
  if (!watchers.size) return close();
  if (!source) return open();
  if (on && !known && hello) watcher({ kind: "hello", data: hello, heard });
  if (on && !known && status) watcher({ kind: "status", data: status, heard });
};

self.onconnect = ({ ports: [port] }) => {
  const watcher = (message) => port.postMessage(message);
  port.onmessage = ({ data }) => self.follow(watcher, data);
};
