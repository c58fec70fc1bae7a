// Posters and filmstrips on their way: few at a time, so that what the person does is never behind them. A browser has
// six connections to a server; events and the next videos take three of them, and a picture of a fresh pile takes long.

const AT_ONCE = 2;
// A decision that is not answered by then may be waiting for a connection: pictures give theirs up, for so long at most.
const PATIENCE_MS = 100;
const MOST_MS = 2_000;

export class Pictures {
  #waiting = [];
  // The address by the <img> that it comes into.
  #coming = new Map();
  #isHeld = false;
  // What has come once is in the browser's memory, and waits for nobody.
  #had = new Set();

  // Shows a picture in this <img> when its turn has come; `isNext` before all that wait.
  want(img, address, { isNext = false } = {}) {
    this.drop(img);
    if (this.#had.has(address)) {
      img.src = address;
      return;
    }
    if (isNext) this.#waiting.unshift({ img, address });
    else this.#waiting.push({ img, address });
    this.#fill();
  }

  // This one is no longer wanted: what is on its way is given up.
  drop(img) {
    this.#waiting = this.#waiting.filter((each) => each.img !== img);
    if (!this.#coming.has(img)) return;
    img.removeAttribute("src");
    this.#end(img);
  }

  // `ask` made so that pictures on their way are given up where its answer does not come; they go on behind it.
  givingWay(ask) {
    return async (...what) => {
      const timers = [setTimeout(() => this.#hold(), PATIENCE_MS), setTimeout(() => this.#release(), MOST_MS)];
      try {
        return await ask(...what);
      } finally {
        timers.forEach(clearTimeout);
        this.#release();
      }
    };
  }

  #hold() {
    this.#isHeld = true;
    this.#waiting = [...[...this.#coming].map(([img, address]) => ({ img, address })), ...this.#waiting];
    for (const img of this.#coming.keys()) img.removeAttribute("src");
    this.#coming.clear();
  }

  #release() {
    this.#isHeld = false;
    this.#fill();
  }

  #fill() {
    while (!this.#isHeld && this.#coming.size < AT_ONCE && this.#waiting.length) this.#begin(this.#waiting.shift());
  }

  #begin({ img, address }) {
    this.#coming.set(img, address);
    const came = ({ type }) => {
      if (img.getAttribute("src") !== address) return;
      if (type === "load") this.#had.add(address);
      this.#end(img);
    };
    for (const name of ["load", "error"]) img.addEventListener(name, came, { once: true });
    img.src = address;
  }

  #end(img) {
    if (this.#coming.delete(img)) this.#fill();
  }
}
