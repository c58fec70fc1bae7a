// How each kind of decision is sent so that sending it twice does it once: when an answer was lost, the server's
// history tells whether the decision was carried out. Pure but for the Api it is given.

import { Refused } from "./api.js";

const HISTORY_LIMIT = 500;
const MOST = 20_000;

// Gives `send(entry, remember)` of an Outbox.
export function sender(api) {
  const kinds = {
    sort: (entry) => sort(api, entry),
    batch: (entry) => batch(api, entry),
    undo: (entry, remember) => undo(api, entry, remember),
    redo: (entry, remember) => turn(api, entry, remember, "undone", () => api.post("api/redo")),
    create: (entry) => create(api, entry),
    skip: (entry) => api.post("api/skip", { filename: entry.filename }),
    unskip: (entry) => api.call("DELETE", `api/skip/${encodeURIComponent(entry.filename)}`),
  };
  return (entry, remember) => kinds[entry.kind](entry, remember);
}

export async function history(api, limit = HISTORY_LIMIT) {
  return (await api.get(`api/history?limit=${Math.min(MOST, limit)}`)).moves;
}

// The newest move that sorted each video.
function newestSorts(moves) {
  const newest = new Map();
  for (const move of moves) if (move.kind === "sort" && !newest.has(move.source)) newest.set(move.source, move);
  return [...newest.values()];
}

// The filenames that were sorted into a folder and are still there.
function sortedInto(moves, folder) {
  const there = newestSorts(moves).filter((move) => move.state === "done" && move.target === `${folder}/${move.source}`);
  return new Set(there.map((move) => move.source));
}

async function sort(api, entry) {
  try {
    return await api.post("api/sort", { filename: entry.filename, folder: entry.folder });
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
    const there = newestSorts(await history(api)).find((move) => move.source === entry.filename && move.state === "done");
    if (there?.target === `${entry.folder}/${entry.filename}`) return api.get("api/folders");
    // Two saw the same video, and another browser was first: no failure, but to be told.
    if (there?.by && there.by !== api.browser) {
      Object.assign(error, { filedIn: there.target.split("/")[0], filedBy: there.account });
    }
    throw error;
  }
}

// Gives {folders, outcomes}; an outcome that was lost and is in the history counts as a success.
async function batch(api, entry) {
  const moves = entry.filenames.map((filename) => ({ filename, folder: entry.folder }));
  const answer = await madeOnce(api, entry, (makes) => api.post("api/sort/batch", { moves, ...makes }));
  if (entry.attempts > 1 && answer.outcomes.some((outcome) => outcome.status === 404)) {
    const there = sortedInto(await history(api, HISTORY_LIMIT + entry.filenames.length), entry.folder);
    for (const outcome of answer.outcomes) if (there.has(outcome.filename)) outcome.success = true;
  }
  return answer;
}

// With the folder that a batch makes, unless an attempt whose answer was lost has made it.
async function madeOnce(api, entry, ask) {
  try {
    return await ask(entry.makes ? { makes: entry.makes } : {});
  } catch (error) {
    if (!entry.makes || !(error instanceof Refused) || error.status !== 409 || entry.attempts < 2) throw error;
    return ask({});
  }
}

async function create(api, entry) {
  try {
    return await api.post("api/folders", { name: entry.name });
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 409 || entry.attempts < 2) throw error;
    return api.get("api/folders");
  }
}

function undo(api, entry, remember) {
  return turn(api, entry, remember, "done", async (moves) => {
    if (entry.batch) return api.post("api/undo", { batch: entry.batch });
    if (entry.created) {
      const made = moves.find((move) => move.kind === "create" && move.target === entry.created && move.state === "done");
      if (!made) throw new Refused(409, `The folder ${entry.created} has gone already.`);
      return api.post("api/undo", { id: made.id });
    }
    if (!entry.filenames) return api.post("api/undo", {});
    const wanted = new Set(entry.filenames);
    const own = newestSorts(moves).filter((move) => wanted.has(move.source) && move.state === "done");
    if (!own.length) throw new Refused(409, "That move has been taken back already.");
    // A batch goes back in one turn, so that one redo brings all of it again.
    return api.post("api/undo", wanted.size > 1 || entry.makes ? { batch: own[0].batch } : { id: own[0].id });
  });
}

// Undo and redo name no move in general, so what stood before is noted first: if any of it has turned by the next
// attempt, only the answer was lost.
async function turn(api, entry, remember, from, ask) {
  const moves = await history(api, HISTORY_LIMIT + (entry.filenames?.length ?? 0));
  if (entry.before) {
    const before = new Set(entry.before);
    const turned = moves.filter((move) => before.has(move.id) && move.state !== from);
    if (turned.length) return { moves: turned, folders: (await api.get("api/folders")).folders };
  }
  entry.before = moves.filter((move) => move.state === from).map((move) => move.id);
  remember();
  return ask(moves);
}
