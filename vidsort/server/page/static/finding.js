// What the grid shows: the pile, a folder, groups that are no folder yet, or what is found by words or by likeness.

import { blindNames, covered } from "./blind.js";
import { count, isolated, staysText } from "./dom.js";
import { groupByGuess, groupFolder, groupFound, groupInOrder, groupProposed } from "./grid_rows.js";
import { placeOf } from "./grid_selection.js";
import { Pages } from "./pages.js";
import { openSearch } from "./search.js";

// The order of the queue that the grid shows as groups.
const BY_GUESS = "folder";
// So many at a time of the pile in an order: enough for every screen, and few questions.
const PAGE = 1000;
// What fills a large screen comes at once.
const FIRST_PAGE = 200;

// The pile by the guesses, or in another order of the queue.
export async function showPile(app, order = BY_GUESS) {
  const orders = ordersIn(app, "[data-orders]");
  const what = { label: "Videos by predicted folder", isPile: true, orders, order, reorder: (chosen) => void showPile(app, chosen) };
  if (order === BY_GUESS) {
    await withPile(app, (videos) => open(app, videos, { ...what, grouped: groupByGuess }));
    return;
  }
  const title = new Map(orders).get(order);
  // Which are blind is asked with each page: what is predicted may change meanwhile.
  const pages = new Pages(async (cursor) => {
    const [page, blind] = await Promise.all([app.api.get(`api/videos?order=${order}&limit=${PAGE}${after(cursor)}`), blindNames(app.api)]);
    return { ...page, videos: asShown(app, page.videos.map((video) => ({ ...video, folder: null })), blind) };
  });
  await openPages(app, pages, { ...what, label: `Videos to sort: ${title}`, grouped: groupInOrder("The pile") });
}

// What lies in a folder, in the first of its orders or another one.
export async function showFolder(app, folder, order = null) {
  const orders = ordersIn(app, "[data-folder-orders]");
  const chosen = order ?? orders[0][0];
  const place = `api/folders/${encodeURIComponent(folder)}/videos?order=${chosen}`;
  const pages = new Pages((cursor) => app.api.get(`${place}&limit=${cursor ? PAGE : FIRST_PAGE}${after(cursor)}`));
  await openPages(app, pages, { label: `Videos in ${folder}`, folder, orders, order: chosen, grouped: groupFolder(folder),
    empty: `There is no video in ${folder}.`, reorder: (other) => void showFolder(app, folder, other) });
}

// The options of a menu as [name, label].
function ordersIn(app, menu) {
  return [...app.root.querySelector(menu).content.children].map((option) => [option.value, option.textContent]);
}

function after(cursor) {
  return cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
}

// What comes page by page, from its first one on.
async function openPages(app, pages, what) {
  try {
    const videos = await pages.next();
    await app.arrived;
    open(app, videos, { ...what, pages });
  } catch (error) {
    app.fail(error.message);
  }
}

export function open(app, videos, what) {
  app.show("grid");
  app.grid.show(videos, what);
}

// By the guesses as they are now.
export async function regroupPile(app) {
  if (app.grid.order === BY_GUESS) await withPile(app, (videos) => app.grid.regroup(videos));
  else await showPile(app, app.grid.order);
}

// There are other guesses: what is on show stays until it is asked for, and where all of it is filed they are taken at once.
export function offerGuesses(app) {
  if (app.grid.order === BY_GUESS && !app.grid.here) void regroupPile(app);
  else app.grid.offer(true);
}

// Groups that are no folder yet; gives whether there are any.
export async function showGroups(app) {
  try {
    const [{ proposals, reason }, blind] = await Promise.all([app.api.get("api/proposals?limit=50"), blindNames(app.api), app.arrived]);
    const videos = asShown(app, proposals.flatMap((proposal) => proposal.videos), blind);
    if (!videos.length) {
      app.hint(reason ?? "All groups are filed.");
      return;
    }
    // Before the view is drawn, which shows a grid of groups without any folder, too.
    app.grid.show(videos, { grouped: groupProposed(proposals), label: "Groups that are no folder yet" });
    app.show("grid");
    app.grid.focus();
  } catch (error) {
    app.fail(error.message);
  }
}

export function search(app) {
  openSearch({ api: app.api, show: (videos, title) => void show(app, videos, title) });
}

export async function showLike(app, filename) {
  try {
    const { videos } = await app.api.get(`api/videos/${encodeURIComponent(filename)}/similar`);
    if (videos.length) await show(app, videos, `Like ${isolated(filename)}`);
    else app.hint("No other video is like it yet.");
  } catch (error) {
    app.fail(error.message);
  }
}

// What is filed already goes to another folder, or back to the pile (null), by the server alone, after all that was decided before.
// Gives the filenames of those that went.
export async function refile(app, items, to) {
  let went = new Set();
  try {
    await app.outbox.settled();
    const moves = items.map(({ filename, folder }) => ({ filename, from: folder, to }));
    const answer = await app.api.call("POST", "api/move/batch", { moves });
    const done = answer.outcomes.filter((outcome) => outcome.success);
    went = new Set(done.map((outcome) => outcome.filename));
    app.setFolders(answer.folders);
    if (done.length) {
      app.decisions.note(answer.batch);
      if (app.view === "grid") app.grid.refileShown(new Map(done.map(({ filename, from: folder }) => [placeOf({ filename, folder }), to])));
      for (const { filename, from } of done) if (from === null) app.queue.take(filename);
      const text = `${count(done.length, "video")} ${to === null ? "put back into the pile" : `moved to ${to}`}`;
      app.toasts.say(text);
      app.announcer.say(text);
    }
    const failed = answer.outcomes.find((outcome) => !outcome.success);
    if (failed) app.fail(`${staysText(moves.length - done.length, moves.length)}: ${failed.detail}`);
  } catch (error) {
    app.fail(error.message);
  }
  if (to === null) void app.supply.refresh();
  app.render();
  return went;
}

async function withPile(app, use) {
  try {
    const [{ videos }, blind] = await Promise.all([app.api.get("api/videos"), blindNames(app.api), app.arrived]);
    use(asShown(app, videos, blind));
  } catch (error) {
    app.fail(error.message);
  }
}

export async function show(app, videos, title) {
  try {
    const [blind] = await Promise.all([blindNames(app.api), app.arrived]);
    open(app, asShown(app, videos, blind), { grouped: groupFound(title), label: "Videos that were found" });
  } catch (error) {
    app.fail(error.message);
  }
}

// Without what is on its way, and without the guesses of blind cards.
function asShown(app, videos, blind) {
  const pending = app.decisions.pending();
  return covered(videos.filter((video) => !pending.has(video.filename)), blind);
}
