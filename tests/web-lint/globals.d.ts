// What stream.js and box.js tell each other through the window, or through a shared worker's scope.
interface Window {
  EVENTS?: string;
  follow(watcher: (message: unknown) => void, on: boolean): void;
  onconnect: (event: MessageEvent) => void;
}
