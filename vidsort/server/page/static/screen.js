// The screen and what is around the page: all of the screen, the clipboard, light or dark.

// `colours` is "light", "dark" or nothing, which is as the system is.
export function paint(root, colours) {
  if (colours) root.dataset.colours = colours;
  else delete root.dataset.colours;
}

// The address of the page of insights, in the same colours.
export function insightsIn(colours) {
  return colours ? `insights?__theme=${colours}` : "insights";
}

export async function fill(app) {
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await app.root.requestFullscreen();
  } catch {
    app.hint("This browser lets no page fill the screen.");
  }
}

export async function copyName(app) {
  const filename = app.cards.current?.filename;
  if (!filename) return;
  try {
    await navigator.clipboard.writeText(filename);
    app.hint(`Copied: ${filename}`);
  } catch {
    app.hint("This browser lets no page write to the clipboard from this address.");
  }
}
