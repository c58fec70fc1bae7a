// What changes on the server, as it happens; asked for every few seconds where events do not get through.

const POLL_MS = 2_000;
const SILENCE_MS = 4_000;

// `told(state)` gets {folders, heirs, total, retrain, look?, predictions?}, `moved(moves)` what anyone has filed, moved or
// taken back, where events get through; `back()` is called when the events begin, and when the server answers again.
export class Live {
  #poll = null;

  constructor({ api, told, moved, back }) {
    Object.assign(this, { api, told, moved, back });
  }

  start() {
    this.events = new EventSource(this.api.url("api/events"));
    // Also with the first one of all: what was asked before the events began may be another by now.
    let isLost = true;
    this.events.addEventListener("state", (event) => {
      this.#stopPolling();
      if (isLost) this.back();
      isLost = false;
      this.told(JSON.parse(event.data));
    });
    this.events.addEventListener("moved", (event) => this.moved(JSON.parse(event.data).moves));
    this.events.addEventListener("error", () => {
      isLost = true;
      // The browser gives up for good where the answer was an error; a new source tries again.
      if (this.events.readyState === EventSource.CLOSED) setTimeout(() => this.start(), SILENCE_MS);
      this.#startPolling();
    });
    window.addEventListener("pagehide", () => this.events.close(), { once: true });
  }

  #startPolling() {
    this.#poll ??= setInterval(() => void this.#ask(), POLL_MS);
  }

  #stopPolling() {
    clearInterval(this.#poll);
    this.#poll = null;
  }

  async #ask() {
    try {
      const [library, retrain] = await Promise.all([this.api.get("api/library"), this.api.get("api/retrain/status")]);
      this.told({ folders: library.folders, heirs: library.heirs, total: library.unsorted, retrain });
    } catch {
      return; // the outbox shows that the server is away; the next round asks again
    }
  }
}
