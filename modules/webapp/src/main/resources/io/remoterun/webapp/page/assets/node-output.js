// What one node of a run of many prints, read on its own, while it prints.
import * as api from "./api.js";
import { atNextFrame } from "./dom.js";
import { pause } from "./events.js";
import { Lines } from "./lines.js";

export class NodeOutput extends EventTarget {
  #abort = new AbortController();
  #changed = atNextFrame(() => this.dispatchEvent(new Event("change")));
  lines = new Lines();
  link = "connecting";
  error = null;

  constructor(run, node) {
    super();
    this.#read(run, node);
  }

  close() {
    this.#abort.abort();
  }

  async #read(run, node) {
    const { signal } = this.#abort;
    const decoder = new TextDecoder();
    let known = 0;
    for (let tries = 0; !signal.aborted; tries++) {
      try {
        const reader = (await api.output(run, node, signal)).body.getReader();
        this.#linkIs("live");
        // There is no way to ask for a part of it: what is known already is read again, and left out.
        let place = 0;
        for (;;) {
          const { done, value } = await reader.read();
          if (done) {
            return this.#linkIs("ended");
          }
          const news = value.subarray(Math.min(value.length, Math.max(0, known - place)));
          place += value.length;
          known = Math.max(known, place);
          this.lines.append(decoder.decode(news, { stream: true }));
          this.#changed();
        }
      } catch (error) {
        if (error instanceof api.ApiError && error.code < 500) {
          this.error = api.told(error);
          return this.#linkIs("failed");
        }
        if (!signal.aborted) {
          this.#linkIs("lost");
        }
      }
      await pause(Math.min(10, 2 ** tries / 2) * 1000, signal);
    }
  }

  #linkIs(link) {
    this.link = link;
    this.#changed();
  }
}
