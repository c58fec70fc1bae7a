// Which video a folder's key means where nothing is marked, and what goes by it.

import assert from "node:assert/strict";
import test from "node:test";
import { whatGoes } from "../../../../vidsort/server/page/static/grid_advice.js";
import { Aim } from "../../../../vidsort/server/page/static/grid_aim.js";
import { Selection } from "../../../../vidsort/server/page/static/grid_selection.js";

const many = (count, folder = null) => Array.from({ length: count }, (_, at) => ({ filename: `${at}`, folder }));
const none = () => false;

test("the mouse says which after keys have, and keys after the mouse", () => {
  const [one, other] = many(2);
  const aim = new Aim();
  assert.equal(aim.at(one), null);
  aim.point(other);
  assert.equal(aim.at(one), other);
  aim.lead();
  assert.equal(aim.at(one), one);
  aim.point(other);
  aim.forget();
  assert.equal(aim.at(one), null);
});

test("what comes under the mouse by itself is not aimed at, and where keys led the next one is", () => {
  const items = many(3);
  const chosen = new Selection();
  chosen.aim.point(items[1]);
  chosen.keep(items.slice(1), 0);
  assert.equal(chosen.aim.at(items[1]), null);
  chosen.turn(items, 1, false);
  chosen.keep([items[0], items[2]], 1);
  assert.equal(chosen.aim.at(items[2]), items[2]);
  chosen.clear();
  assert.equal(chosen.aim.at(items[2]), null);
});

test("what is marked goes before what is aimed at, which is of the pile and of no group that goes as a whole", () => {
  const items = many(3);
  const group = { folder: "dance", items };
  assert.deepEqual(whatGoes(group, (item) => item === items[2], "food", items[0]), { items: [items[2]] });
  assert.deepEqual(whatGoes(group, none, "food", items[0]), { items: [items[0]] });
  assert.match(whatGoes(group, none, "food").refusal, /^Nothing is marked: point at what goes into food/);
  assert.deepEqual(whatGoes({ ...group, isWhole: true }, none, "food", items[0]), { items });
  assert.match(whatGoes({ ...group, isWhole: true }, () => true, "food", items[0]).refusal, /mark what goes/);
  const filed = { items: many(2, "dance"), isThere: true };
  assert.match(whatGoes(filed, none, "food", filed.items[0]).refusal, /mark what goes/);
});
