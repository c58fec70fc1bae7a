// Swipes on the video: right, left, up, down.

const FAR_PX = 72;
const FLICK_PX = 28;
const FLICK_PX_PER_MS = 0.5;

// The direction of a movement that went far or fast enough, or null. Pure.
export function direction(dx, dy, elapsed) {
  const across = Math.abs(dx) > Math.abs(dy);
  const way = Math.max(Math.abs(dx), Math.abs(dy));
  const isFlick = way >= FLICK_PX && way / Math.max(1, elapsed) >= FLICK_PX_PER_MS;
  if (way < FAR_PX && !isFlick) return null;
  if (across) return dx > 0 ? "right" : "left";
  return dy > 0 ? "down" : "up";
}

// `hint(direction)` gives the text shown while the finger moves; `swiped(direction)` acts; `tapped()` is a touch
// that did not move.
export function listen(card, { hint, swiped, tapped }) {
  const label = card.querySelector("[data-swipe-hint]");
  let start = null;

  const settle = () => {
    start = null;
    card.style.transform = "";
    label.textContent = "";
  };
  card.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" || !event.isPrimary) return;
    start = { x: event.clientX, y: event.clientY, at: event.timeStamp };
    card.setPointerCapture(event.pointerId);
  });
  // Without this the browser takes a swipe for a fling of the page and swallows the next tap, wherever that is.
  card.addEventListener("touchmove", (event) => event.preventDefault(), { passive: false });
  card.addEventListener("pointermove", (event) => {
    if (!start || !event.isPrimary) return;
    const [dx, dy] = [event.clientX - start.x, event.clientY - start.y];
    card.style.transform = `translate(${dx * 0.6}px, ${dy * 0.3}px) rotate(${dx / 40}deg)`;
    const towards = direction(dx, dy, Infinity);
    label.textContent = towards ? hint(towards) : "";
  });
  card.addEventListener("pointerup", (event) => {
    if (!start || !event.isPrimary) return;
    const [dx, dy] = [event.clientX - start.x, event.clientY - start.y];
    const towards = direction(dx, dy, event.timeStamp - start.at);
    settle();
    if (towards) swiped(towards);
    else if (Math.hypot(dx, dy) < 8) tapped();
  });
  card.addEventListener("pointercancel", settle);
}
