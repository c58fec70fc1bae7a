// The documented routes by fetch. Two kinds of failure, because they call for opposite answers:
// Refused (the server said no: tell the person, roll back) and Unreachable (nobody knows: try again).

const TIMEOUT_MS = 20_000;
const TRY_AGAIN = new Set([401, 408, 425, 429]);

export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export class Unreachable extends Error {
  // `status` is undefined where no answer came at all.
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export class Api {
  // `base` is the address of the page: paths are relative to it, so a prefix that a proxy strips is kept. `browser` is
  // the id by which this browser is told from others.
  constructor(base, { browser = null, fetch = globalThis.fetch.bind(globalThis) } = {}) {
    Object.assign(this, { base, browser, fetch });
  }

  url(path) {
    return new URL(path, this.base).href;
  }

  video(filename) {
    return this.url(`videos/${encodeURIComponent(filename)}`);
  }

  poster(filename) {
    return this.url(`posters/${encodeURIComponent(filename)}.webp`);
  }

  strip(filename) {
    return this.url(`strips/${encodeURIComponent(filename)}.webp`);
  }

  playable(filename) {
    return this.url(`playable/${encodeURIComponent(filename)}`);
  }

  get(path) {
    return this.call("GET", path);
  }

  post(path, body) {
    return this.call("POST", path, body);
  }

  // The JSON of a 2xx answer; raises Refused or Unreachable.
  async call(method, path, body) {
    const request = { method, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS), headers: {} };
    if (this.browser) request.headers["X-Vidsort-Browser"] = this.browser;
    if (body !== undefined) {
      request.headers["Content-Type"] = "application/json";
      request.body = JSON.stringify(body);
    }
    let response;
    let answer;
    try {
      response = await this.fetch(this.url(path), request);
      answer = await response.json();
    } catch (error) {
      throw new Unreachable(inWords(error), response?.status);
    }
    if (response.ok) return answer;
    const detail = answer?.detail ?? `The server answered ${response.status}.`;
    if (response.status >= 500 || TRY_AGAIN.has(response.status)) throw new Unreachable(detail, response.status);
    throw new Refused(response.status, detail);
  }
}

// What a browser says of a request that failed ("Failed to fetch", and others in other browsers), as a person would.
export function inWords(error) {
  if (error.name === "TimeoutError") return `The server took more than ${TIMEOUT_MS / 1000} s to answer.`;
  if (error instanceof SyntaxError) return "Something else than vidsort answered: is a proxy or a login page in between?";
  return "The server cannot be reached: see whether it runs, and whether this device is online.";
}
