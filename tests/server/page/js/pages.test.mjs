// A list that comes page by page.

import assert from "node:assert/strict";
import test from "node:test";
import { Pages } from "../../../../vidsort/server/page/static/pages.js";

test("pages follow one another until there are no more, and the rest is known", async () => {
  const asked = [];
  const pages = new Pages(async (cursor) => {
    asked.push(cursor);
    return cursor ? { videos: [3], total: 3 } : { videos: [1, 2], total: 3, next_cursor: "c" };
  });
  assert.deepEqual([await pages.next(), pages.rest, pages.hasMore], [[1, 2], 1, true]);
  assert.deepEqual([await pages.next(), pages.rest, pages.hasMore], [[3], 0, false]);
  assert.deepEqual(asked, [null, "c"]);
});

test("while a page is on its way there is more", async () => {
  const pages = new Pages(async () => ({ videos: [1], total: 1 }));
  const coming = pages.next();
  assert.equal(pages.hasMore, true);
  await coming;
  assert.equal(pages.hasMore, false);
});

test("a page that fails is told once, and not asked for again and again", async () => {
  const pages = new Pages(() => Promise.reject(new Error("away")));
  await assert.rejects(pages.next(), /away/);
  assert.equal(pages.hasMore, false);
});
