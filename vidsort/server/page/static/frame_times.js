// How long a frame of a video is on screen: the shortest while between two of its first ones, since some may be left out.

const USUAL_S = 1 / 30;
const LOOKED_AT = 12;
// What no camera does; of frames that a browser shows twice.
const SHORTEST_S = 1 / 250;

export class FrameTimes {
  #shortest = new WeakMap();

  watch(video) {
    if (!video.requestVideoFrameCallback) return;
    video.addEventListener("loadeddata", () => {
      this.#shortest.delete(video);
      let left = LOOKED_AT;
      let last = null;
      const see = (_, { mediaTime }) => {
        const passed = last === null ? 0 : mediaTime - last;
        if (passed >= SHORTEST_S) this.#shortest.set(video, Math.min(passed, this.#shortest.get(video) ?? Infinity));
        last = mediaTime;
        left -= 1;
        if (left > 0) video.requestVideoFrameCallback(see);
      };
      video.requestVideoFrameCallback(see);
    });
  }

  of(video) {
    return this.#shortest.get(video) ?? USUAL_S;
  }
}
