// How each kind of decision is sent so that sending it twice does it once: when an answer was lost, the server's
// history tells whether the decision was carried out. Pure but for the Api it is given.

import { Refused } from "./api.js";

const HISTORY_LIMIT = 500;
const MOST = 1000;

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

// The newest move that sorted this video, if it still stands.
function sorted(moves, filename) {
  const move = moves.find((each) => each.kind === "sort" && each.source === filename);
  return move?.state === "done" ? move : undefined;
}

async function sort(api, entry) {
  try {
    return await api.post("api/sort", { filename: entry.filename, folder: entry.folder });
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
    const move = sorted(await history(api), entry.filename);
    if (move?.target !== `${entry.folder}/${entry.filename}`) throw error;
    return api.get("api/folders");
  }
}

// Gives {folders, outcomes}; an outcome that was lost and is in the history counts as a success.
async function batch(api, entry) {
  const moves = entry.filenames.map((filename) => ({ filename, folder: entry.folder }));
  const answer = await api.post("api/sort/batch", { moves });
  if (entry.attempts > 1 && answer.outcomes.some((outcome) => outcome.status === 404)) {
    const past = await history(api, HISTORY_LIMIT + entry.filenames.length);
    for (const outcome of answer.outcomes) {
      const target = sorted(past, outcome.filename)?.target;
      if (target === `${entry.folder}/${outcome.filename}`) outcome.success = true;
    }
  }
  return answer;
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
    if (entry.moveId !== undefined) return api.post("api/undo", { id: entry.moveId });
    if (!entry.filenames) return api.post("api/undo", {});
    const own = entry.filenames.map((filename) => sorted(moves, filename)).filter(Boolean);
    if (!own.length) throw new Refused(409, "That move has been taken back already.");
    const newest = moves.find((move) => move.state === "done");
    // A batch goes back in one turn while nothing came after it, so that one redo brings all of it again.
    if (own.length > 1 && newest.batch === own[0].batch) return api.post("api/undo", {});
    let answer;
    for (const move of own) answer = await api.post("api/undo", { id: move.id });
    return answer;
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
