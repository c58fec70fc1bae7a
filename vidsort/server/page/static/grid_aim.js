// Which tile a folder's key means where nothing is marked: the one that the mouse was moved over last, or else the one that
// keys led to. Pure.

export class Aim {
  #pointed = null;
  #isLed = false;
  // Called with the video that the mouse points at, or null, where that may have changed.
  told = () => {};

  // The mouse was moved over the tile of this video.
  point(item) {
    this.#pointed = item;
    this.#isLed = false;
    this.told(item);
  }

  // A key led to the tile where one is, and to each that takes its place.
  lead() {
    this.#pointed = null;
    this.#isLed = true;
    this.told(null);
  }

  // What is under the mouse now has come there by itself, and nobody has looked at it.
  forget() {
    this.#pointed = null;
    this.told(null);
  }

  // Neither mouse nor key says which.
  clear() {
    this.point(null);
  }

  // `here` is the video of the tile where one is.
  at(here) {
    return (this.#isLed ? here : this.#pointed) ?? null;
  }
}
