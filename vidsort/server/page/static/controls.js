// The row below the video: play, position, speed, sound.

import { setText } from "./dom.js";

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export class Controls {
  // `changed()` is told when sound or speed is to be remembered.
  constructor({ root, player, changed }) {
    const find = (name) => root.querySelector(`[data-${name}]`);
    Object.assign(this, { player, pause: find("pause"), seek: find("seek"), time: find("time"), speed: find("speed"),
      mute: find("mute"), volume: find("volume") });
    this.seek.addEventListener("input", () => player.seek(this.seek.value / 1000));
    this.volume.addEventListener("input", () => {
      player.set({ volume: this.volume.value / 100, muted: this.volume.value === "0" });
      changed();
    });
    // A slider that was dragged lets go of the focus, or it would take the arrow keys.
    for (const slider of [this.seek, this.volume]) slider.addEventListener("pointerup", () => slider.blur());
    find("strip-box").addEventListener("click", (event) => {
      const { left, width } = event.currentTarget.getBoundingClientRect();
      player.seek((event.clientX - left) / width);
    });
  }

  render() {
    const { player } = this;
    const { currentTime, duration } = player.video;
    const isKnown = player.isOnShow && Number.isFinite(duration) && duration > 0;
    swapIcon(this.pause, player.paused ? "play" : "pause");
    this.pause.setAttribute("aria-label", player.paused ? "Play" : "Pause");
    swapIcon(this.mute, player.muted ? "muted" : "sound");
    this.mute.setAttribute("aria-pressed", String(!player.muted));
    setText(this.speed, `${player.speed}×`);
    this.speed.setAttribute("aria-label", `Speed ${player.speed} times`);
    this.speed.classList.toggle("is-changed", player.speed !== 1);
    setText(this.time, isKnown ? `${clock(currentTime)} / ${clock(duration)}` : "");
    if (document.activeElement !== this.seek) this.seek.value = isKnown ? (currentTime / duration) * 1000 : 0;
    if (document.activeElement !== this.volume) this.volume.value = player.muted ? 0 : player.volume * 100;
    for (const slider of [this.seek, this.volume]) slider.style.setProperty("--share", slider.value / slider.max);
  }
}

function swapIcon(button, name) {
  const use = button.querySelector("use");
  if (use.getAttribute("href") !== `#icon-${name}`) use.setAttribute("href", `#icon-${name}`);
}
