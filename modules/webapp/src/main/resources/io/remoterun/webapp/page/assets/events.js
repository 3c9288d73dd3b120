// Follows a run: reads its events while they come, and after a lost connection reads on where it was.
import * as api from "./api.js";
import { Seen } from "./seen.js";

/** The webapp says something every 15 s; after this long without a byte, in ms, nobody is there. */
const SILENCE = 50_000;

/** How long to work, in ms, until the browser may paint. */
const SLICE = 8;

/**
 * Returns when the run has ended, or with the signal.
 *
 * @param see gets events, some at a time
 * @param tell gets "live", and "lost" with the seconds until the next try
 */
export async function follow(id, see, tell, signal) {
  const place = { last: 0, seen: new Seen() };
  for (let tries = 0; !signal.aborted; tries++) {
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    signal.addEventListener("abort", stop);
    try {
      const response = await api.events(id, place.last, attempt.signal);
      tell("live");
      const before = place.last;
      if (await readEvents(response.body, place, see, attempt)) {
        return;
      }
      tries = place.last > before ? 0 : tries;
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      if (error instanceof api.ApiError && error.code < 500 && error.code !== 429) {
        throw error;
      }
    } finally {
      signal.removeEventListener("abort", stop);
    }
    const seconds = Math.min(10, 2 ** tries / 2);
    tell("lost", seconds);
    await pause(seconds * 1000, signal);
  }
}

/** Whether the last one was read. */
async function readEvents(body, place, see, attempt) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let open = "";
  let pieces = [];
  let sliceEnds = performance.now() + SLICE;
  for (;;) {
    const silence = setTimeout(() => attempt.abort(), SILENCE);
    const { done, value } = await reader.read().finally(() => clearTimeout(silence));
    if (done) {
      return false;
    }
    const lines = (open + decoder.decode(value, { stream: true })).split("\n");
    open = lines.pop();
    let batch = [];
    let hasEnded = false;
    for (const line of lines) {
      if (!line) {
        continue;
      }
      const event = JSON.parse(line);
      if (event.event === "output" && event.id === undefined) {
        // A piece of a long one, which counts when its last piece, which has the number, is there.
        pieces.push(event);
        continue;
      }
      batch.push(...[...pieces, event].map((it) => place.seen.unseen(it)).filter((it) => it));
      pieces = [];
      place.last = event.id ?? place.last;
      hasEnded ||= event.event === "summary";
      if (performance.now() > sliceEnds) {
        see(batch);
        batch = [];
        await nextTask();
        sliceEnds = performance.now() + SLICE;
      }
    }
    see(batch);
    if (hasEnded) {
      return true;
    }
  }
}

function nextTask() {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(0);
  });
}

/** Ends early when the network is back. */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener("online", end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    window.addEventListener("online", end);
    signal.addEventListener("abort", end);
  });
}

/** Turns output events into text. Characters may be cut in two between events. */
export class OutputText {
  #decoder = new TextDecoder();

  of(event) {
    if (event.text !== undefined) {
      return this.#decoder.decode() + event.text;
    }
    const bytes = Uint8Array.from(atob(event.base64), (c) => c.charCodeAt(0));
    return this.#decoder.decode(bytes, { stream: true });
  }
}
