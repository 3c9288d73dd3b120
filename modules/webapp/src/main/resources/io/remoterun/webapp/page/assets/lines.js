// What an agent has printed, line by line. Bounded: the oldest lines go first.
import { parseLine } from "./reports.js";

const MOST_LINES = 500_000;
const MOST_CHARACTERS = 100_000_000;
const MOST_OF_A_LINE = 20_000;

export class Lines {
  #lines = [];
  #isOpen = false;
  #characters = 0;

  /** How many of the oldest are gone. */
  dropped = 0;

  /** How many results of each word there were: {compliant: 12}. */
  results = {};

  get length() {
    return this.#lines.length;
  }

  /** A text, or {note} for a line of our own. The last one may go on. */
  at(index) {
    return this.#lines[index];
  }

  /** Any piece of text; lines may be cut anywhere. */
  append(text) {
    const parts = text.split("\n");
    parts.forEach((part, i) => this.#add(part, i < parts.length - 1));
    this.#bound();
  }

  note(text) {
    this.#isOpen = false;
    this.#lines.push({ note: text });
  }

  #add(part, isEnded) {
    if (part || (isEnded && !this.#isOpen)) {
      const before = this.#isOpen ? this.#lines.pop() : "";
      this.#characters += part.length;
      const room = MOST_OF_A_LINE - before.length;
      this.#lines.push(room >= part.length ? before + part : before + (room > 0 ? part.slice(0, room - 1) + "…" : ""));
      this.#isOpen = true;
    }
    if (isEnded) {
      this.#end();
    }
  }

  #end() {
    const line = this.#lines.at(-1).replace(/\r+$/, "");
    this.#lines[this.#lines.length - 1] = line;
    this.#isOpen = false;
    if (line.includes("R: @@")) {
      const { result } = parseLine(line);
      if (result) {
        this.results[result] = (this.results[result] ?? 0) + 1;
      }
    }
  }

  #bound() {
    // In large steps: taking something off the front costs as much as all that is behind it.
    if (this.#lines.length > MOST_LINES * 1.1 || this.#characters > MOST_CHARACTERS * 1.1) {
      let gone = Math.max(0, this.#lines.length - MOST_LINES);
      let over = this.#characters - MOST_CHARACTERS;
      for (let i = 0; i < this.#lines.length - 1 && (i < gone || over > 0); i++) {
        over -= this.#lines[i].length ?? 0;
        gone = Math.max(gone, i + 1);
      }
      this.#characters = over + MOST_CHARACTERS;
      this.#lines.splice(0, gone);
      this.dropped += gone;
    }
  }
}
