// Finds a text in lines, also while they become more.
import { withoutColours } from "./ansi.js";

export class Search {
  #lines;
  #find = "";
  #seen = 0;
  #dropped = 0;

  /** The indices of the lines that have it. */
  found = [];

  /** Which of these is the current one; -1 is none. */
  current = -1;

  constructor(lines) {
    this.#lines = lines;
  }

  get text() {
    return this.#find;
  }

  find(text) {
    this.#find = text.toLowerCase();
    this.found = [];
    this.#seen = 0;
    this.more();
    this.current = this.found.length ? 0 : -1;
  }

  /** Looks at what is new. */
  more() {
    if (!this.#find) {
      return;
    }
    if (this.#dropped !== this.#lines.dropped) {
      this.#dropped = this.#lines.dropped;
      this.found = [];
      this.#seen = 0;
    }
    // The last line may have grown since.
    if (this.found.at(-1) === this.#seen) {
      this.found.pop();
    }
    const end = this.#lines.length;
    for (let i = this.#seen; i < end; i++) {
      const line = this.#lines.at(i);
      if (withoutColours(line.note ?? line).toLowerCase().includes(this.#find)) {
        this.found.push(i);
      }
    }
    this.#seen = Math.max(0, end - 1);
  }

  step(by) {
    if (this.found.length) {
      this.current = (this.current + by + this.found.length) % this.found.length;
    }
  }

  get line() {
    return this.found[this.current] ?? -1;
  }
}
