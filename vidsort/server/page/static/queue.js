// The order in which videos are shown. Pure: no page, no server.
// The card on show and the one after it never change under the reviewer's fingers.

export class Queue {
  items = [];
  index = 0;
  // Whether these are all there are, rather than the first of them.
  isWhole = true;

  get current() {
    return this.items[this.index] ?? null;
  }

  upcoming(count) {
    return this.items.slice(this.index + 1, this.index + 1 + count);
  }

  has(filename) {
    return this.items.some((item) => item.filename === filename);
  }

  // How many cards follow the one on show.
  get ahead() {
    return Math.max(0, this.items.length - this.index - 1);
  }

  load(videos) {
    this.items = [];
    this.index = 0;
    this.append(videos);
  }

  append(videos) {
    const known = new Set(this.items.map((item) => item.filename));
    for (const video of videos) {
      if (known.has(video.filename)) continue;
      known.add(video.filename);
      this.items.push(video);
    }
  }

  // Takes a video out; the next one moves up into its place. Gives the video, or null.
  take(filename) {
    const at = this.items.findIndex((item) => item.filename === filename);
    if (at < 0) return null;
    const [item] = this.items.splice(at, 1);
    if (at < this.index) this.index -= 1;
    this.#wrap();
    return item;
  }

  // Puts a video on show (undo) or right behind the card on show (a refused decision).
  putBack(item, { show }) {
    this.take(item.filename);
    const at = show ? this.index : Math.min(this.index + 1, this.items.length);
    this.items.splice(at, 0, item);
  }

  // Puts the card on show last; gives it, or null where there is none. Last is behind those that are not here yet:
  // it comes with them.
  skip() {
    const item = this.current;
    if (!item) return null;
    this.items.splice(this.index, 1);
    if (this.isWhole) this.items.push(item);
    this.#wrap();
    return item;
  }

  forward() {
    if (this.items.length) this.index = (this.index + 1) % this.items.length;
  }

  back() {
    if (this.items.length) this.index = (this.index + this.items.length - 1) % this.items.length;
  }

  // New order and predictions from the server. What was passed, the card on show and the next one keep their
  // places, and their predictions unless those are outdated, or they had none and `mayGuess`: a retrain is waited for,
  // while what is learned between two key presses must not put a guess under a finger that is coming down. A blind card
  // stays blind.
  refresh(fresh, isOutdated = () => false, mayGuess = true) {
    const known = new Map(fresh.map((video) => [video.filename, video]));
    const keep = this.items.slice(0, this.index + 2).map((item) => {
      const newer = known.get(item.filename);
      const mayChange = !item.blind && ((mayGuess && !item.predicted_folder) || isOutdated(item));
      return newer && mayChange ? { ...item, ...newer } : item;
    });
    this.items = keep;
    this.append(fresh);
    this.#wrap();
  }

  // Videos that have gone from the library's root: all but the one on show leave.
  drop(gone) {
    const current = this.current;
    this.items = this.items.filter((item) => item === current || !gone.has(item.filename));
    this.index = Math.max(0, this.items.indexOf(current));
  }

  // Behind the last card comes the first of those that were passed by.
  #wrap() {
    if (this.index >= this.items.length) this.index = 0;
  }
}
