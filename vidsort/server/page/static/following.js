// What the server tells of itself, put into the page: other hands sort, rename and retrain as well.

import { autofile } from "./autofile.js";
import { count } from "./dom.js";
import { offerGuesses } from "./finding.js";
import { tellGone } from "./telling.js";

const NEAR = 4;

// Gives what is called with each state of the server: {away, folders, heirs, total, retrain, look, predictions}, the last
// two not where it was asked for instead of told.
export function follower(app) {
  let seen = "";
  let told;
  const arrived = arrivals();
  return (state) => {
    const came = arrived(state, app.queue.items.length > 0);
    const news = `${count(came, "new video")} to sort, with guesses`;
    if (came && app.rights.may("admin")) app.toasts.offer(news, "File for me", () => autofile(app));
    else if (came) app.toasts.say(news);
    app.retraining.update(state.retrain);
    app.looking.update(state.look);
    app.setFolders(state.folders, state.heirs);
    app.all = state.total + state.folders.reduce((sum, folder) => sum + folder.count, 0);
    const isAwayNow = state.away !== undefined && state.away !== app.library?.away;
    if (app.library && (!app.library.exists || isAwayNow)) void app.load();
    follow(app, state, state.predictions !== told);
    told = state.predictions ?? told;
    const now = JSON.stringify([state.folders, state.total]);
    if (now !== seen) void look(app);
    seen = now;
    void app.history.refresh();
    app.render();
  };
}

// Tells of each state how many videos have come to a pile that was empty, once, when there are guesses for them; 0 else.
// `isOnShow`: the page has them by itself, as after an undo.
export function arrivals() {
  let before = null;
  let awaited = null;
  return ({ total, predictions }, isOnShow) => {
    if (before === 0 && total > 0 && !isOnShow) awaited = predictions;
    if (total === 0) awaited = null;
    before = total;
    if (awaited === null || predictions === undefined || predictions === awaited) return 0;
    awaited = null;
    return total;
  };
}

// Gives what is called with what anyone has moved: what other browsers have filed leaves at once.
export function leaver(app) {
  return (moves) => {
    const gone = filedByOthers(moves, app.api.browser);
    leave(app, app.queue.items.filter((item) => gone.has(item.filename) && !app.decisions.isOnItsWayBack(item.filename)));
  };
}

// The filenames that have left the pile by other hands than those of this browser, and did not come back. Pure.
export function filedByOthers(moves, browser) {
  const gone = new Set();
  for (const { kind, source, target, state, by } of moves) {
    if (kind !== "sort" && kind !== "move") continue;
    const [from, to] = state === "undone" ? [target, source] : [source, target];
    if (!to.includes("/")) gone.delete(to);
    else if (!from.includes("/") && (!by || by !== browser)) gone.add(from);
  }
  return gone;
}

// Whether a guess of this video names a folder that is not among these. Pure.
export function namesWhatHasGone(item, folders) {
  const names = new Set(folders.map((folder) => folder.name));
  return item.top_predictions.some((guess) => !names.has(guess.folder));
}

// `isTold`: other predictions than were told before, which the queue may have read meanwhile, and the grid has not.
function follow(app, { predictions }, isTold) {
  const isNew = predictions !== undefined && predictions !== app.supply.predictions;
  if (isNew) void app.retraining.lookWhichPredicts();
  const { elsewhere = 0 } = app.supply;
  const isOther = !app.outbox.entries.length && app.queue.isWhole && app.queue.items.length + elsewhere !== app.left;
  if (app.view === "grid" && (isNew || (isTold && !app.grid.here))) offerGuesses(app);
  // A state from before a rename may come after its answer, and let the guesses of then pass for those of now.
  const shown = app.queue.items.slice(app.queue.index, app.queue.index + 2);
  const isOutdated = shown.some((item) => namesWhatHasGone(item, app.shownFolders()));
  if (isNew || isOther || isOutdated) void app.supply.refresh();
}

// Whether the card on show and the next ones are still there: what other hands have filed goes away by itself.
async function look(app) {
  const { queue } = app;
  const near = queue.items.slice(queue.index, queue.index + NEAR);
  leave(app, await app.supply.missing(near));
}

function leave(app, gone) {
  const { queue } = app;
  // Asked now: the reviewer may have gone on meanwhile, and then it is no news.
  const onShow = queue.current;
  for (const item of gone) queue.take(item.filename);
  if (gone.includes(onShow)) {
    app.changed = { at: performance.now(), to: queue.current };
    void tellGone(app, onShow);
  }
  if (gone.length) app.render();
}
