// A rectangle that is drawn with the mouse over the tiles, and marks what it touches.

import { h } from "./dom.js";

const BEGINS_PX = 6;
const EDGE_PX = 48;
const STEP_PX = 14;

// `begins(point)` is told where in `space`, `touches({left, top, right, bottom})` as it grows; `ends()`.
export function listenForBand({ scroll, space, begins, touches, ends }) {
  const band = h("div", { className: "grid-band", hidden: true });
  let from = null;
  let last = null;
  let isDrawn = false;

  const pointIn = ({ clientX, clientY }) => {
    const { left, top } = space.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const draw = () => {
    const to = pointIn(last);
    const rectangle = { left: Math.min(from.x, to.x), top: Math.min(from.y, to.y), right: Math.max(from.x, to.x), bottom: Math.max(from.y, to.y) };
    Object.assign(band.style, { left: `${rectangle.left}px`, top: `${rectangle.top}px`,
      width: `${rectangle.right - rectangle.left}px`, height: `${rectangle.bottom - rectangle.top}px` });
    touches(rectangle);
  };
  // At an edge it goes on by itself.
  const follow = () => {
    if (!isDrawn) return;
    const { top, bottom } = scroll.getBoundingClientRect();
    const step = last.clientY < top + EDGE_PX ? -STEP_PX : last.clientY > bottom - EDGE_PX ? STEP_PX : 0;
    if (step) {
      scroll.scrollTop += step;
      draw();
    }
    requestAnimationFrame(follow);
  };
  const stop = () => {
    from = null;
    if (!isDrawn) return;
    isDrawn = false;
    band.remove();
    ends();
  };

  // Else the browser carries a picture away.
  space.addEventListener("dragstart", (event) => event.preventDefault());
  scroll.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType !== "mouse" || event.target.closest("button, input")) return;
    // A press on the bar that scrolls is no point of the space.
    if (event.offsetX > scroll.clientWidth && event.target === scroll) return;
    from = pointIn(event);
  });
  scroll.addEventListener("pointermove", (event) => {
    if (!from) return;
    last = event;
    const { x, y } = pointIn(event);
    if (!isDrawn && Math.hypot(x - from.x, y - from.y) < BEGINS_PX) return;
    if (!isDrawn) {
      isDrawn = true;
      // So that its end is no click on a tile, and it is followed beyond the grid.
      scroll.setPointerCapture(event.pointerId);
      band.hidden = false;
      space.append(band);
      begins(from);
      requestAnimationFrame(follow);
    }
    draw();
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) scroll.addEventListener(name, stop);
}
