// One stop for Tab in a row of many: from there the arrows lead on, Home and End to the ends.

// `items()` gives the elements in their order. Gives what is called when they are others.
export function rove(container, { items, forward, back }) {
  let at = null;
  const settle = () => {
    const all = items();
    if (!all.includes(at)) at = all[0] ?? null;
    for (const each of all) if (each.tabIndex !== (each === at ? 0 : -1)) each.tabIndex = each === at ? 0 : -1;
  };
  container.addEventListener("focusin", (event) => {
    if (!items().includes(event.target)) return;
    at = event.target;
    settle();
  });
  container.addEventListener("keydown", (event) => {
    const all = items();
    const place = all.indexOf(event.target);
    const to = { [forward]: place + 1, [back]: place - 1, Home: 0, End: all.length - 1 }[event.key];
    if (place < 0 || to === undefined) return;
    // Not for the keys of review, which turn the cards by arrows.
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, to))].focus();
  });
  settle();
  return settle;
}
