// Two <video> elements that swap: one on show, the other with the next video's first frame ready.

import { FrameTimes } from "./frame_times.js";
import { Prefetcher } from "./prefetch.js";

const BEHIND = 2;
const FILE_IT = "It can still be filed.";
const CALM = matchMedia("(prefers-reduced-motion: reduce)");
export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];

export class Player {
  #front;
  #back;
  #item = null;
  #recent = [];
  #paused = CALM.matches;
  #frames = new FrameTimes();

  // `tell`: state() when anything a control shows has changed, note(item, text or null) for what stands in the
  // picture's place, shape(width, height)
  // of the picture on show, muted() when the browser allows no sound yet.
  constructor({ stage, api, pictures, tell }) {
    this.stage = stage;
    this.api = api;
    this.pictures = pictures;
    this.tell = tell;
    this.poster = stage.querySelector("[data-poster]");
    [this.#front, this.#back] = stage.querySelectorAll("video");
    this.muted = true;
    this.volume = 1;
    this.speed = 1;
    this.prefetcher = new Prefetcher({ api, onProgress: (name, share) => this.#preparing(name, share) });
    for (const video of [this.#front, this.#back]) this.#listen(video);
    document.addEventListener("visibilitychange", () => this.#follow());
  }

  get video() {
    return this.#front;
  }

  // Whether a video's picture is on the screen, rather than what stands in its place.
  get isOnShow() {
    return this.#front.classList.contains("on-show");
  }

  get paused() {
    return this.#paused;
  }

  // Puts a video on show (null: none) and gets the next ones ready.
  show(item, upcoming) {
    if (item?.filename !== this.#item?.filename) this.#switch(item);
    this.#item = item;
    // After this frame is drawn: getting the next ready must not delay the one on show.
    requestAnimationFrame(() => setTimeout(() => this.#prepare(upcoming)));
  }

  toggle() {
    this.#paused = !this.#paused;
    this.#follow();
  }

  toggleMute() {
    this.set({ muted: !this.muted });
  }

  // The next speed up (1) or down (-1).
  shift(direction) {
    const at = SPEEDS.findIndex((speed) => speed >= this.speed);
    this.set({ speed: SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at + direction))] });
  }

  // Any of muted, volume (0 to 1) and speed; they hold for every video that follows.
  set(values) {
    Object.assign(this, values);
    for (const video of [this.#front, this.#back]) this.#tune(video);
    this.tell.state();
  }

  // `share` of the whole, 0 to 1.
  seek(share) {
    const { duration } = this.#front;
    if (Number.isFinite(duration)) this.#front.currentTime = Math.min(share * duration, Math.max(0, duration - 0.05));
  }

  // So many seconds on, or back.
  move(seconds) {
    const { currentTime, duration } = this.#front;
    if (Number.isFinite(duration)) this.seek(Math.max(0, currentTime + seconds) / duration);
  }

  // A frame on (1) or back (-1), at a standstill.
  step(direction) {
    if (!this.#paused) this.toggle();
    this.move(direction * this.#frames.of(this.#front));
  }

  #switch(item) {
    if (this.#item) this.#recent = [this.#item, ...this.#recent].slice(0, BEHIND);
    // Nothing moves by itself where the person asked for that.
    this.#paused = CALM.matches;
    this.stage.dataset.filename = item?.filename ?? "";
    const isReady = item && this.#back.dataset.filename === item.filename && this.#back.readyState >= 2;
    if (isReady) this.#swap();
    else this.#wait(item);
    this.tell.note(item, item?.unreadable ? undecodable(item.unreadable) : null);
  }

  #swap() {
    [this.#front, this.#back] = [this.#back, this.#front];
    this.#front.classList.add("on-show");
    this.#back.classList.remove("on-show");
    this.#back.pause();
    this.tell.shape(this.#front.videoWidth, this.#front.videoHeight);
    this.poster.hidden = true;
    this.#follow();
  }

  // The next video is not ready: its poster stands in until its first frame is.
  #wait(item) {
    for (const video of [this.#front, this.#back]) video.classList.remove("on-show");
    this.#front.pause();
    this.poster.hidden = true;
    this.tell.state();
    if (!item) return;
    this.pictures.want(this.poster, this.api.poster(item.filename), { isNext: true });
    if (item.playable !== "none" && this.#back.dataset.filename !== item.filename) {
      void this.#load(this.#back, item, this.prefetcher.source(item));
    }
  }

  async #load(video, item, source) {
    video.dataset.filename = item.filename;
    // Ends what it was loading, so that no late event of that is taken for this one's.
    video.removeAttribute("src");
    video.load();
    try {
      const address = await source;
      if (video.dataset.filename !== item.filename) return;
      video.src = address;
      video.load();
      this.#tune(video);
    } catch (error) {
      if (video.dataset.filename !== item.filename || error.name === "AbortError") return;
      video.dataset.filename = "";
      if (this.#isWanted(item.filename)) this.tell.note(item, `${error.message.replace(/\.?$/, ".")} ${FILE_IT}`);
    }
  }

  #prepare(upcoming) {
    if (!this.#item) return;
    const inUse = [this.#item, ...this.#recent].map((item) => item.filename);
    this.prefetcher.want(upcoming, inUse);
    const [next] = upcoming;
    const isFree = this.isOnShow || this.#item.playable === "none";
    if (!next || !isFree || next.playable === "none" || this.#back.dataset.filename === next.filename) return;
    void this.#load(this.#back, next, this.prefetcher.source(next));
  }

  #isWanted(filename) {
    return this.#item?.filename === filename;
  }

  #listen(video) {
    this.#frames.watch(video);
    video.addEventListener("loadeddata", () => {
      // A stream of sound alone, or one whose pictures the browser cannot decode.
      if (video.videoWidth === 0) this.#fallBack(video);
      else if (this.#isWanted(video.dataset.filename)) {
        if (video === this.#back) this.#swap();
        else this.#follow();
        this.tell.note(this.#item, null);
      }
    });
    video.addEventListener("error", () => video.dataset.filename && this.#fallBack(video));
    for (const name of ["play", "pause", "timeupdate", "durationchange"]) {
      video.addEventListener(name, () => video === this.#front && this.tell.state());
    }
    this.poster.addEventListener("load", () => {
      this.poster.hidden = this.isOnShow;
      if (!this.isOnShow) this.tell.shape(this.poster.naturalWidth, this.poster.naturalHeight);
    });
    this.poster.addEventListener("error", () => (this.poster.hidden = true));
  }

  // What the browser cannot play is shown from its copy; what has none shows the reason.
  #fallBack(video) {
    const { filename } = video.dataset;
    const item = this.#isWanted(filename) ? this.#item : { filename };
    if (video.dataset.copied === filename) {
      if (this.#isWanted(filename)) this.tell.note(this.#item, `This video cannot be played here. ${FILE_IT}`);
      return;
    }
    video.dataset.copied = filename;
    this.#preparing(filename, null);
    void this.#load(video, item, this.prefetcher.copy(item));
  }

  #preparing(filename, share) {
    if (!this.#isWanted(filename)) return;
    // All pictures are done a moment before the copy is.
    const done = share === null ? "" : ` ${Math.min(99, Math.round(share * 100))}%`;
    this.tell.note(this.#item, `Making a copy that this browser can play…${done}`);
  }

  #tune(video) {
    video.muted = this.muted;
    video.volume = this.volume;
    video.defaultPlaybackRate = this.speed;
    video.playbackRate = this.speed;
  }

  // Plays or pauses as asked; never in a hidden tab.
  #follow() {
    if (this.#paused || document.hidden) this.#front.pause();
    else if (this.isOnShow) this.#play();
    this.tell.state();
  }

  async #play() {
    const video = this.#front;
    try {
      await video.play();
    } catch (error) {
      // No sound before the first key or click in this page: play without it and say so.
      if (error.name !== "NotAllowedError" || video !== this.#front || this.muted) return;
      video.muted = true;
      this.tell.muted();
      void video.play();
    }
  }
}

// In the words in which the server says it, too.
function undecodable(reason) {
  return `The video cannot be decoded: ${reason}. ${FILE_IT}`;
}
