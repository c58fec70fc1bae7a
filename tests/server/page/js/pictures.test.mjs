// Pictures come a few at a time, and give way to a decision that waits for its answer.

import assert from "node:assert/strict";
import test from "node:test";
import { Pictures } from "../../../../vidsort/server/page/static/pictures.js";

class Img extends EventTarget {
  getAttribute() {
    return this.src ?? null;
  }

  removeAttribute() {
    delete this.src;
  }
}

const coming = (images) => images.map((img) => img.src ?? null);

function wanted(count) {
  const pictures = new Pictures();
  const images = Array.from({ length: count }, () => new Img());
  images.forEach((img, at) => pictures.want(img, `${at}.webp`));
  return { pictures, images };
}

test("two come at a time, and the next when one is there", () => {
  const { images } = wanted(4);
  assert.deepEqual(coming(images), ["0.webp", "1.webp", null, null]);
  images[0].dispatchEvent(new Event("load"));
  assert.deepEqual(coming(images), ["0.webp", "1.webp", "2.webp", null]);
});

test("an answer that comes at once holds up no picture", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { pictures, images } = wanted(3);
  assert.equal(await pictures.givingWay(async (what) => what)("done"), "done");
  context.mock.timers.tick(5_000);
  assert.deepEqual(coming(images), ["0.webp", "1.webp", null]);
});

test("what is on its way is given up for a decision that waits, and goes on behind it", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { pictures, images } = wanted(3);
  let answer;
  const asked = pictures.givingWay(() => new Promise((resolve) => (answer = resolve)))();
  context.mock.timers.tick(99);
  assert.deepEqual(coming(images), ["0.webp", "1.webp", null]);
  context.mock.timers.tick(1);
  assert.deepEqual(coming(images), [null, null, null]);
  // What is wanted meanwhile waits, too.
  const next = new Img();
  pictures.want(next, "next.webp", { isNext: true });
  assert.equal(next.src, undefined);
  answer("saved");
  assert.equal(await asked, "saved");
  assert.deepEqual(coming([next, ...images]), ["next.webp", "0.webp", null, null]);
});

test("a server that does not answer for long, or refuses, holds pictures no longer", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { pictures, images } = wanted(2);
  const asked = pictures.givingWay(() => new Promise(() => {}))();
  context.mock.timers.tick(100);
  assert.deepEqual(coming(images), [null, null]);
  context.mock.timers.tick(1_900);
  assert.deepEqual(coming(images), ["0.webp", "1.webp"]);
  assert.ok(asked);
  await assert.rejects(pictures.givingWay(async () => { throw new Error("refused"); })(), /refused/);
  assert.deepEqual(coming(images), ["0.webp", "1.webp"]);
});
