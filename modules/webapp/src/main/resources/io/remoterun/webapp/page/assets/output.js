// Shows what an agent prints: as it comes, in batches of one a frame, and only ever as text.
import { parseLine } from "./reports.js";

const MOST_LINES = 20000;
const NEAR_THE_END = 24;

export class OutputPane {
  #pane;
  #toEnd;
  #onResult;
  #queue = [];
  #open = null;
  #scheduled = false;
  #follow = true;
  #dropped = 0;

  /**
   * @param pane the element that scrolls
   * @param toEnd the button that is shown while the end is out of sight
   * @param onResult is told the kind of each result that is shown
   */
  constructor(pane, toEnd, onResult) {
    this.#pane = pane;
    this.#toEnd = toEnd;
    this.#onResult = onResult;
    pane.addEventListener("scroll", () => this.#setFollow(this.#isAtEnd()), { passive: true });
    toEnd.addEventListener("click", () => this.scrollToEnd());
  }

  /** Any piece of text; lines may be cut anywhere. */
  append(text) {
    this.#queue.push(text);
    this.#schedule();
  }

  /** A line of our own, between what the agent prints. */
  note(text) {
    this.#queue.push({ note: text });
    this.#schedule();
  }

  scrollToEnd() {
    this.#pane.scrollTop = this.#pane.scrollHeight;
    this.#setFollow(true);
  }

  /** After the pane was out of the document, which forgets where it was scrolled to. */
  shown() {
    if (this.#follow) {
      this.scrollToEnd();
    }
  }

  #schedule() {
    if (!this.#scheduled) {
      this.#scheduled = true;
      // A page in the background has no frames.
      document.hidden ? setTimeout(() => this.#flush(), 200) : requestAnimationFrame(() => this.#flush());
    }
  }

  #flush() {
    this.#scheduled = false;
    const lines = document.createDocumentFragment();
    for (const item of this.#queue) {
      item.note === undefined ? this.#add(item, lines) : this.#addNote(item.note, lines);
    }
    this.#queue = [];
    this.#pane.append(lines);
    this.#dropOldest();
    if (this.#follow) {
      this.#pane.scrollTop = this.#pane.scrollHeight;
    }
  }

  #add(text, lines) {
    const parts = text.split("\n");
    parts.forEach((part, i) => {
      const isEnded = i < parts.length - 1;
      if (part || isEnded) {
        this.#addPart(part, isEnded, lines);
      }
    });
  }

  #addPart(part, isEnded, lines) {
    if (!this.#open) {
      this.#open = { element: document.createElement("div"), text: "" };
      lines.append(this.#open.element);
    }
    this.#open.text += part;
    if (isEnded) {
      this.#render(this.#open);
      this.#open = null;
    } else {
      this.#open.element.append(printable(part));
    }
  }

  #render({ element, text }) {
    const { kind, counts, pieces } = parseLine(text.replace(/\r$/, ""));
    element.className = "line " + kind;
    element.replaceChildren(
      ...pieces.map(([name, piece]) => (name === "text" ? printable(piece) : span(name, piece))),
    );
    if (counts) {
      this.#onResult(kind);
    }
  }

  #addNote(text, lines) {
    this.#open = null;
    const line = document.createElement("div");
    line.className = "line note";
    line.append(text);
    lines.append(line);
  }

  #dropOldest() {
    const extra = this.#pane.childElementCount - (this.#dropped ? 1 : 0) - MOST_LINES;
    if (extra <= 0) {
      return;
    }
    let oldest = this.#pane.firstElementChild;
    if (!this.#dropped) {
      oldest = document.createElement("div");
      oldest.className = "line note";
      this.#pane.prepend(oldest);
    }
    this.#dropped += extra;
    oldest.textContent = `… ${this.#dropped.toLocaleString("en")} earlier lines are no longer shown`;
    for (let i = 0; i < extra; i++) {
      oldest.nextElementSibling.remove();
    }
  }

  #isAtEnd() {
    return this.#pane.scrollHeight - this.#pane.scrollTop - this.#pane.clientHeight < NEAR_THE_END;
  }

  #setFollow(follow) {
    this.#follow = follow;
    this.#toEnd.hidden = follow;
  }
}

function span(name, text) {
  const element = document.createElement("span");
  element.className = "part-" + name;
  element.append(printable(text));
  return element;
}

/** Control characters become visible and harmless: ␀ ␛. */
function printable(text) {
  return text.replace(/[\x00-\x08\x0b-\x1f]/g, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0)));
}
