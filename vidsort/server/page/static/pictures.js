// Posters and filmstrips on their way: few at a time, so that what the person does is never behind them. A browser has
// six connections to a server; events and the next videos take three of them, and a picture of a fresh pile takes long.

const AT_ONCE = 2;

export class Pictures {
  #waiting = [];
  #coming = new Set();
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

  #fill() {
    while (this.#coming.size < AT_ONCE && this.#waiting.length) this.#begin(this.#waiting.shift());
  }

  #begin({ img, address }) {
    this.#coming.add(img);
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
