// A list that comes page by page. Pure but for what asks for a page.

export class Pages {
  // How many are still to come, as far as the last page tells.
  rest = 0;
  #given = 0;
  #cursor = null;
  #isAtEnd = false;

  // `ask(cursor)` gives {videos, total, next_cursor}; without a cursor the first page.
  constructor(ask) {
    this.ask = ask;
  }

  get hasMore() {
    return !this.#isAtEnd;
  }

  // The videos of the next page. Raises what asking raises, and then there is no more: who wants it opens the list anew.
  async next() {
    const { videos, total, next_cursor: cursor } = await this.ask(this.#cursor).catch((error) => {
      this.#isAtEnd = true;
      throw error;
    });
    this.#cursor = cursor ?? null;
    this.#isAtEnd = !this.#cursor;
    this.#given += videos.length;
    this.rest = this.#isAtEnd ? 0 : Math.max(0, total - this.#given);
    return videos;
  }
}
