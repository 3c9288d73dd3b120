// Shows lines: only those that are in sight are in the document, and only ever as text.
import { colouredPieces } from "./ansi.js";
import { atNextFrame } from "./dom.js";
import { parseLine } from "./reports.js";

// Pixels; browsers round where they are scrolled to.
const NEAR_THE_END = 24;
const AT_THE_END = 2;
const AROUND = 12;

export class OutputPane {
  #pane;
  #toEnd;
  #lines;
  #sheet;
  #window;
  #rows = new Map();
  #lineHeight;
  #top = 0;
  #follow = true;
  #find = "";
  #current = -1;
  #draw = atNextFrame(() => this.#paint());
  #size = new ResizeObserver(() => this.#draw());

  /**
   * @param pane the element that scrolls
   * @param toEnd the button that is shown while the end is out of sight
   */
  constructor(pane, toEnd, lines) {
    this.#pane = pane;
    this.#toEnd = toEnd;
    this.#lines = lines;
    this.#sheet = document.createElement("div");
    this.#sheet.className = "sheet";
    this.#window = document.createElement("div");
    this.#window.className = "window";
    this.#sheet.append(this.#window);
    pane.replaceChildren(this.#sheet);
    pane.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    toEnd.addEventListener("click", () => this.scrollToEnd());
    this.#size.observe(pane);
  }

  close() {
    this.#size.disconnect();
  }

  /** There are more lines. */
  changed() {
    this.#draw();
  }

  scrollToEnd() {
    this.#setFollow(true);
    this.#draw();
    this.#pane.focus({ preventScroll: true });
  }

  /** Marks a text, and the line of which it is the current place. */
  mark(find, current) {
    this.#find = find;
    this.#current = current;
    this.#rows.forEach((row) => row.remove());
    this.#rows.clear();
    if (current >= 0) {
      this.#setFollow(false);
      const top = current * this.#height();
      if (top < this.#pane.scrollTop || top > this.#pane.scrollTop + this.#pane.clientHeight - 2 * this.#height()) {
        this.#pane.scrollTop = top - this.#pane.clientHeight / 2;
      }
    }
    this.#draw();
  }

  #height() {
    this.#lineHeight ??= parseFloat(getComputedStyle(this.#pane).lineHeight) || 20;
    return this.#lineHeight;
  }

  #paint() {
    if (!this.#pane.isConnected) {
      return;
    }
    const height = this.#height();
    const count = this.#lines.length;
    this.#pane.classList.toggle("blank", count === 0);
    this.#sheet.style.height = `${count * height}px`;
    if (this.#follow) {
      this.#pane.scrollTop = this.#pane.scrollHeight;
    }
    const first = Math.max(0, Math.floor(this.#pane.scrollTop / height) - AROUND);
    const last = Math.min(count, Math.ceil((this.#pane.scrollTop + this.#pane.clientHeight) / height) + AROUND);
    this.#show(first, last, height);
  }

  #show(first, last, height) {
    for (const [index, row] of this.#rows) {
      if (index < first || index >= last) {
        row.remove();
        this.#rows.delete(index);
      }
    }
    let before = null;
    for (let index = first; index < last; index++) {
      const line = this.#lines.at(index);
      let row = this.#rows.get(index);
      // The last line may have become longer; after old lines were dropped every line is another one.
      if (row && row.line !== line) {
        row.remove();
        row = undefined;
      }
      if (!row) {
        row = this.#row(line, index);
        this.#rows.set(index, row);
        before ? before.after(row) : this.#window.prepend(row);
      }
      before = row;
    }
    this.#window.style.transform = `translateY(${first * height}px)`;
  }

  #row(line, index) {
    const row = document.createElement("div");
    row.line = line;
    row.dataset.number = index + 1 + this.#lines.dropped;
    if (line.note !== undefined) {
      row.className = "line note";
      row.textContent = line.note;
      return row;
    }
    if (line.includes("\x1b")) {
      row.className = "line text";
      row.append(...colouredPieces(line).map(([names, text]) => this.#span(names, text)));
    } else {
      const { kind, pieces } = parseLine(line);
      row.className = "line " + kind;
      row.append(...pieces.flatMap(([name, text, word]) => (name === "text" ? this.#marked(text) : this.#span("part-" + name, text, word))));
    }
    row.classList.toggle("current", index === this.#current);
    return row;
  }

  /** @param word that short reports show for it */
  #span(names, text, word) {
    const element = document.createElement("span");
    element.className = names;
    if (word) {
      element.dataset.word = word;
    }
    element.append(...this.#marked(text));
    return element;
  }

  /** The text, with what is searched for in marks. */
  #marked(text) {
    const shown = printable(text);
    if (!this.#find) {
      return [shown];
    }
    const parts = [];
    const lower = shown.toLowerCase();
    let from = 0;
    for (let at = lower.indexOf(this.#find); at >= 0; at = lower.indexOf(this.#find, from)) {
      const mark = document.createElement("mark");
      mark.textContent = shown.slice(at, at + this.#find.length);
      parts.push(shown.slice(from, at), mark);
      from = at + this.#find.length;
    }
    return [...parts, shown.slice(from)];
  }

  /** Whoever scrolls up stays there, however little it is: taken back to the end he would never get away slowly. */
  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#pane;
    const below = scrollHeight - scrollTop - clientHeight;
    this.#setFollow(below < (scrollTop < this.#top ? AT_THE_END : NEAR_THE_END));
    this.#top = scrollTop;
    this.#draw();
  }

  #setFollow(follow) {
    this.#follow = follow;
    this.#toEnd.hidden = follow;
  }
}

/** Control characters become visible and harmless: ␀ ␛. */
function printable(text) {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\x00-\x08\x0b-\x1f]/g, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0)));
}
