// The cards that this browser shows are told to the server, so that they are offered to no other; what others show
// leaves the queue until they are done with it.

// So many cards are asked for at once, and asked for again when fewer than these are sure; of the last of a pile only
// these, so that the others have something, too.
const AHEAD = 8;
const NEAR = 4;
const LAST = 16;
// What another browser shows is asked for again after so long.
const ELSEWHERE_MS = 5_000;
const LOOK_MS = 5_000;
// Who has done nothing for so long is not looking: the cards are for others then.
const IDLE_MS = 60_000;
const KEY = "vidsort.browser";

// The id of this browser, made once; without storage the page has one until it is closed.
export function browserId(storage) {
  const made = () => [...crypto.getRandomValues(new Uint32Array(2))].map((part) => part.toString(16).padStart(8, "0")).join("");
  try {
    if (!storage.getItem(KEY)) storage.setItem(KEY, made());
    return storage.getItem(KEY);
  } catch (error) {
    console.warn("vidsort: this browser is known only until the page is closed", error);
    return made();
  }
}

export class Leases {
  // When each card is to be asked for again, by filename.
  #again = new Map();
  #isAsking = false;
  #lastInput;

  // `lost(filenames)`: these are on show in another browser. `freed()` is called now and then, as what was on show
  // elsewhere may be free again.
  // `mayTake()`: whether this is one who sorts; who only watches keeps no card from others.
  constructor({ api, queue, lost, freed, mayTake = () => true, now = () => performance.now() }) {
    Object.assign(this, { api, queue, lost, freed, mayTake, now });
    this.#lastInput = now();
  }

  listen(target = window) {
    for (const kind of ["keydown", "pointerdown", "pointermove"]) {
      target.addEventListener(kind, () => this.touch(), { passive: true, capture: true });
    }
    setInterval(() => {
      if (target.document.hidden) return;
      this.follow();
      this.freed();
    }, LOOK_MS);
  }

  // The person is there.
  touch() {
    const wasIdle = this.#isIdle();
    this.#lastInput = this.now();
    if (wasIdle) this.follow();
  }

  // The cards on show may be others than they were.
  follow() {
    if (this.#isAsking || this.#isIdle() || !this.mayTake()) return;
    const ahead = this.queue.isWhole && this.queue.items.length <= LAST ? NEAR : AHEAD;
    const coming = [this.queue.current, ...this.queue.upcoming(ahead - 1)].filter(Boolean).map((item) => item.filename);
    if (coming.slice(0, NEAR).some((filename) => !(this.#again.get(filename) > this.now()))) void this.#ask(coming);
  }

  #isIdle() {
    return this.now() - this.#lastInput > IDLE_MS;
  }

  async #ask(filenames) {
    this.#isAsking = true;
    const at = this.now();
    try {
      const { here, elsewhere, lease_s: lease } = await this.api.post("api/leases", { filenames });
      this.#again.clear();
      // Said again when half of the time is over.
      for (const filename of here) this.#again.set(filename, at + (lease * 1000) / 2);
      for (const filename of elsewhere) this.#again.set(filename, at + ELSEWHERE_MS);
      // What is on show stays: nothing changes under the reviewer.
      const gone = elsewhere.filter((filename) => filename !== this.queue.current?.filename);
      if (gone.length) this.lost(gone);
    } catch {
      // The outbox shows that the server is away; nobody else is offered anything meanwhile.
      for (const filename of filenames) this.#again.set(filename, at + ELSEWHERE_MS);
    } finally {
      this.#isAsking = false;
    }
  }
}
