import assert from "node:assert/strict";
import test from "node:test";
import { Api, Refused, Unreachable } from "../../../../vidsort/server/page/static/api.js";
import { sender } from "../../../../vidsort/server/page/static/sending.js";

// A library with a journal that answers as the server does; `lose` answers are carried out but never arrive.
function fakeServer({ pile, lose = 0 }) {
  const root = new Set(pile);
  const moves = [];
  const made = new Set();
  const calls = [];
  const answer = (status, body) => ({ ok: status < 400, status, json: async () => body });
  const sort = (filename, folder, batch) => {
    if (!root.delete(filename)) return { status: 404, detail: `${filename} is not in the root` };
    moves.unshift({ id: moves.length + 1, batch, kind: "sort", source: filename, target: `${folder}/${filename}`, state: "done" });
    return { status: 200 };
  };
  const undo = ({ id, batch = moves.find((move) => move.state === "done")?.batch }) => {
    const chosen = moves.filter((move) => (id === undefined ? move.batch === batch : move.id === id) && move.state === "done");
    if (!chosen.length) return answer(409, { detail: "nothing" });
    for (const move of chosen) {
      move.state = "undone";
      root.add(move.source);
    }
    return answer(200, { moves: structuredClone(chosen), folders: [] });
  };
  const route = (method, path, body) => {
    calls.push(`${method} ${path}`);
    if (path.startsWith("/api/history")) return answer(200, { moves: structuredClone(moves) });
    if (path === "/api/folders") return answer(200, { folders: [] });
    if (path === "/api/undo") return undo(body);
    if (path === "/api/sort") {
      const { status, detail } = sort(body.filename, body.folder, `b${calls.length}`);
      return answer(status, { detail, folders: [] });
    }
    if (body.makes) {
      if (made.has(body.makes)) return answer(409, { detail: "there is one" });
      made.add(body.makes);
    }
    const outcomes = body.moves.map(({ filename, folder }) => {
      const { status, detail } = sort(filename, folder, `b${calls.length}`);
      return { filename, folder, success: status === 200, status, detail };
    });
    return answer(200, { outcomes, folders: [] });
  };
  const fetch = async (url, { method, body }) => {
    const response = route(method, new URL(url).pathname, body && JSON.parse(body));
    if (method === "POST" && lose-- > 0) throw new TypeError("network");
    return response;
  };
  return { send: sender(new Api("http://here/", { fetch })), root, moves, calls };
}

async function stubbornly(send, entry) {
  for (;;) {
    entry.attempts = (entry.attempts ?? 0) + 1;
    try {
      return await send(entry, () => {});
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
  }
}

test("a sort whose answer was lost is done once and succeeds", async () => {
  const { send, moves } = fakeServer({ pile: ["1.mp4"], lose: 1 });
  await stubbornly(send, { kind: "sort", filename: "1.mp4", folder: "a" });
  assert.equal(moves.length, 1);
});

test("a sort of what somebody filed elsewhere is refused", async () => {
  const { send } = fakeServer({ pile: ["1.mp4"] });
  await send({ kind: "sort", filename: "1.mp4", folder: "b" });
  await assert.rejects(send({ kind: "sort", filename: "1.mp4", folder: "a" }), Refused);
});

test("a batch whose answer was lost counts as filed", async () => {
  const { send, moves } = fakeServer({ pile: ["1.mp4", "2.mp4"], lose: 1 });
  const answer = await stubbornly(send, { kind: "batch", filenames: ["1.mp4", "2.mp4"], folder: "a" });
  assert.deepEqual(answer.outcomes.map((outcome) => outcome.success), [true, true]);
  assert.equal(moves.length, 2);
});

test("an undo whose answer was lost takes back one move, not two", async () => {
  for (const entry of [{ kind: "undo" }, { kind: "undo", filenames: ["2.mp4"], folder: "a" }]) {
    const server = fakeServer({ pile: ["1.mp4", "2.mp4"] });
    await server.send({ kind: "sort", filename: "1.mp4", folder: "a" });
    await server.send({ kind: "sort", filename: "2.mp4", folder: "a" });
    const lossy = fakeServer({ pile: [], lose: 1 });
    lossy.moves.push(...server.moves);
    const { moves } = await stubbornly(lossy.send, entry);
    assert.deepEqual(moves.map((move) => move.source), ["2.mp4"]);
    assert.deepEqual(lossy.moves.map((move) => move.state), ["undone", "done"]);
  }
});

test("a batch is undone as one", async () => {
  const { send, root, calls } = fakeServer({ pile: ["1.mp4", "2.mp4", "3.mp4"] });
  const filenames = ["1.mp4", "2.mp4", "3.mp4"];
  await send({ kind: "batch", filenames, folder: "a", attempts: 1 });
  await send({ kind: "undo", filenames, folder: "a" }, () => {});
  assert.equal(root.size, 3);
  assert.equal(calls.filter((call) => call === "POST /api/undo").length, 1);
});

test("a batch goes back as one also where something came after it", async () => {
  const { send, root, calls } = fakeServer({ pile: ["1.mp4", "2.mp4", "3.mp4"] });
  await send({ kind: "batch", filenames: ["1.mp4", "2.mp4"], folder: "a", attempts: 1 });
  await send({ kind: "sort", filename: "3.mp4", folder: "b" });
  await send({ kind: "undo", filenames: ["1.mp4", "2.mp4"], folder: "a" }, () => {});
  assert.deepEqual([...root].sort(), ["1.mp4", "2.mp4"]);
  assert.equal(calls.filter((call) => call === "POST /api/undo").length, 1);
});

test("addresses keep the prefix that a proxy strips", () => {
  const api = new Api("https://host/videos-of-mine/");
  assert.equal(api.url("api/sort"), "https://host/videos-of-mine/api/sort");
  assert.equal(api.poster("1.mp4"), "https://host/videos-of-mine/posters/1.mp4.webp");
});

test("answers are told apart: no is refused, trouble is tried again", async () => {
  const api = (status) => new Api("http://here/", { fetch: async () => ({ ok: false, status, json: async () => ({ detail: "why" }) }) });
  for (const status of [400, 404, 409, 422]) await assert.rejects(api(status).get("x"), Refused);
  for (const status of [401, 429, 500, 502]) await assert.rejects(api(status).get("x"), Unreachable);
  const noJson = new Api("http://here/", { fetch: async () => ({ ok: true, status: 200, json: async () => JSON.parse("<") }) });
  await assert.rejects(noJson.get("x"), Unreachable);
});

test("a batch whose answer was lost makes its folder once and is done once", async () => {
  const { send, moves } = fakeServer({ pile: ["1.mp4", "2.mp4"], lose: 1 });
  const answer = await stubbornly(send, { kind: "batch", filenames: ["1.mp4", "2.mp4"], folder: "dogs", makes: "dogs" });
  assert.ok(answer.outcomes.every((outcome) => outcome.success));
  assert.equal(moves.length, 2);
});

test("a batch whose folder cannot be made is refused", async () => {
  const { send, moves } = fakeServer({ pile: ["1.mp4", "2.mp4"] });
  await stubbornly(send, { kind: "batch", filenames: ["1.mp4"], folder: "dogs", makes: "dogs" });
  const again = stubbornly(send, { kind: "batch", filenames: ["2.mp4"], folder: "dogs", makes: "dogs" });
  await assert.rejects(again, Refused);
  assert.equal(moves.length, 1);
});
