// What the grid shows: the pile, or what is found by words or by likeness, sorted or not.

import { isolated } from "./dom.js";
import { groupFound } from "./grid_rows.js";
import { openSearch } from "./search.js";

// The pile by the guesses.
export async function showPile(app) {
  await withPile(app, (videos) => {
    app.show("grid");
    app.grid.show(videos);
  });
}

// By the guesses as they are now.
export async function regroupPile(app) {
  await withPile(app, (videos) => app.grid.regroup(videos));
}

export function search(app) {
  openSearch({ api: app.api, show: (videos, title) => show(app, videos, title) });
}

export async function showLike(app, filename) {
  try {
    const { videos } = await app.api.get(`api/videos/${encodeURIComponent(filename)}/similar`);
    if (videos.length) show(app, videos, `Like ${isolated(filename)}`);
    else app.hint("No other video is like it yet.");
  } catch (error) {
    app.fail(error.message);
  }
}

async function withPile(app, use) {
  try {
    const { videos } = await app.api.get("api/videos");
    use(notOnTheirWay(app, videos));
  } catch (error) {
    app.fail(error.message);
  }
}

function show(app, videos, title) {
  app.show("grid");
  app.grid.show(notOnTheirWay(app, videos), groupFound(title));
}

function notOnTheirWay(app, videos) {
  const pending = app.decisions.pending();
  return videos.filter((video) => !pending.has(video.filename));
}
