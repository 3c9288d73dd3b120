// The panel with what an agent prints: follow, search, download, short reports.
import { atNextFrame, element, say, template } from "./dom.js";
import { OutputPane } from "./output.js";
import { RESULTS } from "./reports.js";
import { Search } from "./search.js";
import { number } from "./words.js";

export class OutputView {
  #slots;
  #lines;
  #pane;
  #search;
  #counts = {};
  #drawSearch = atNextFrame(() => this.#tellFound());

  /** The panel. */
  root;

  /**
   * @param download the address of all of it
   * @param name of the file that it becomes
   */
  constructor(lines, download, name) {
    const { root, slots } = template("output-panel");
    this.root = root;
    this.#slots = slots;
    this.#lines = lines;
    this.#pane = new OutputPane(slots.output, slots.toEnd, lines);
    this.#search = new Search(lines);
    slots.download.href = download;
    slots.download.download = name;
    for (const [word, kind] of Object.entries(RESULTS)) {
      this.#counts[word] = element("li", { class: kind, hidden: true }, element("b"), " " + word);
    }
    slots.counts.append(...Object.values(this.#counts));
    this.#prepareCompact();
    this.#prepareSearch();
    this.changed();
  }

  close() {
    this.#pane.close();
  }

  follow() {
    this.#pane.scrollToEnd();
  }

  /** There may be more lines. */
  changed() {
    this.#pane.changed();
    if (this.#search.text) {
      this.#search.more();
      this.#drawSearch();
    }
    const { length, dropped, results } = this.#lines;
    say(this.#slots.lines, `${number(length + dropped)} ${length + dropped === 1 ? "line" : "lines"}`);
    this.#slots.dropped.hidden = !dropped;
    say(this.#slots.dropped, `The first ${number(dropped)} are no longer shown: download has them.`);
    for (const [word, value] of Object.entries(results)) {
      this.#count(word, value);
    }
  }

  /** What to say while there is nothing, such as "Nothing printed yet." */
  set empty(text) {
    this.#slots.output.dataset.empty = text;
  }

  #count(word, value) {
    this.#counts[word].hidden = false;
    say(this.#counts[word].firstChild, number(value));
  }

  #prepareCompact() {
    const box = this.#slots.compact;
    box.checked = localStorage.getItem("compact") !== "false";
    this.root.classList.toggle("compact", box.checked);
    box.addEventListener("change", () => {
      localStorage.setItem("compact", box.checked);
      this.root.classList.toggle("compact", box.checked);
    });
  }

  #prepareSearch() {
    const { find, previous, next } = this.#slots;
    let waits;
    find.addEventListener("input", () => {
      clearTimeout(waits);
      waits = setTimeout(() => {
        this.#search.find(find.value);
        this.#shows();
      }, 120);
    });
    find.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        this.#step(event.shiftKey ? -1 : 1);
      } else if (event.key === "Escape") {
        find.value = "";
        this.#search.find("");
        this.#shows();
        this.#slots.output.focus({ preventScroll: true });
      }
    });
    previous.addEventListener("click", () => this.#step(-1));
    next.addEventListener("click", () => this.#step(1));
  }

  #step(by) {
    this.#search.step(by);
    this.#shows();
  }

  #shows() {
    this.#pane.mark(this.#search.text, this.#search.line);
    this.#tellFound();
  }

  #tellFound() {
    const { found, current, text } = this.#search;
    this.#slots.previous.disabled = this.#slots.next.disabled = !found.length;
    say(
      this.#slots.found,
      !text ? "" : found.length ? `${number(current + 1)} of ${number(found.length)}` : "not found",
    );
  }
}
