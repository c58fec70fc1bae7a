// New videos that the server looks at by itself, and those from before, which wait for a press: one quiet line.

import { count, figure, isolated, setText, spell } from "./dom.js";

export class LookingLine {
  #status = null;

  // `failed(text)` is told why a press came to nothing.
  constructor({ line, api, failed }) {
    Object.assign(this, { line, api, failed });
  }

  // The status as the server has it; undefined where it was not told.
  update(status) {
    if (!status) return;
    this.#status = status;
    const text = lineOf(status);
    this.line.hidden = text === null;
    this.line.disabled = !wishOf(status);
    if (text !== null) setText(this.line, text);
  }

  // Begins to look at what waits, or stops that.
  async press() {
    const path = this.#status && wishOf(this.#status);
    if (!path) return;
    try {
      await this.api.post(path);
    } catch (error) {
      this.failed(error.message);
    }
  }
}

// What is said of it; null where there is nothing to say. Pure.
export function lineOf({ running, pressed, done, total, left_s: left, not_looked_at: waiting, about_s: about, failed, reason }) {
  if (pressed && running && total) {
    const yet = left ? `, about ${spell(left)} left` : "";
    return `Looking at videos: ${figure(done)} of ${figure(total)}${yet}. Stop`;
  }
  if (pressed) return "Looking at videos as soon as nothing else is to be done. Stop";
  if (running) return `Looking at ${count(total, "new video")}`;
  if (waiting) {
    return `${count(waiting, "video")} ${waiting === 1 ? "was" : "were"} not looked at yet: look at ${waiting === 1 ? "it" : "them"} now`
      + (about ? ` (about ${spell(about)})` : "");
  }
  return failed && reason ? `${count(failed, "new video")} gave nothing (${isolated(reason)})` : null;
}

// What a press asks of the server; null where it means nothing. Pure.
export function wishOf({ pressed, running, not_looked_at: waiting }) {
  if (pressed) return "api/look/cancel";
  return waiting && !running ? "api/look" : null;
}
