// A table of any length: only the rows in sight are in the document; the table itself scrolls with the page. Which
// these are, and how high what is not there would be, the library says.
import { atNextFrame, element } from "./dom.js";
import { Virtualizer, observeWindowOffset, observeWindowRect, windowScroll } from "./virtual-core/index.js";

const PAGE = {
  getScrollElement: () => window,
  observeElementRect: observeWindowRect,
  observeElementOffset: observeWindowOffset,
  scrollToFn: windowScroll,
  initialOffset: () => window.scrollY,
  overscan: 10,
  // Of rows that have not been in sight yet.
  estimateSize: () => 46,
};

export class Rows {
  #body;
  #make;
  #items = [];
  #shown = new Map();
  #before = element("tr", { class: "gap", "aria-hidden": "true" }, element("td"));
  #after = element("tr", { class: "gap", "aria-hidden": "true" }, element("td"));
  #virtual = new Virtualizer({ ...PAGE, count: 0, onChange: atNextFrame(() => this.#paint()) });

  /**
   * @param make gives a row for an item, which has an id; it is asked again when the row comes into sight, and for all
   *     in sight when items change
   */
  constructor(table, make) {
    this.#body = table.tBodies[0];
    this.#make = make;
    this.#body.replaceChildren(this.#before, this.#after);
    // So do its adapters for frameworks: from here on it listens to the window.
    this.#virtual._willUpdate();
  }

  close() {
    this.#virtual.cleanup();
  }

  show(items) {
    this.#items = items;
    this.#set({ count: items.length, getItemKey: (index) => items[index].id });
    this.#body.parentElement.setAttribute("aria-rowcount", items.length + 1);
    this.#paint();
  }

  #set(options) {
    this.#virtual.setOptions({ ...this.#virtual.options, ...options });
  }

  #paint() {
    if (!this.#body.isConnected) {
      return;
    }
    const top = Math.round(this.#body.getBoundingClientRect().top + window.scrollY);
    this.#set({ scrollMargin: top });
    const seen = this.#virtual.getVirtualItems();
    const rows = seen.map(({ key, index }) => this.#row(key, index));
    this.#place(rows);
    this.#shown = new Map(seen.map(({ key }, i) => [key, rows[i]]));
    const end = top + this.#virtual.getTotalSize();
    this.#gap(this.#before, (seen[0]?.start ?? top) - top);
    this.#gap(this.#after, end - (seen.at(-1)?.end ?? end));
    rows.forEach(this.#virtual.measureElement);
    this.#virtual.measureElement(null);
  }

  /** The row that is there, where there is one: somebody may be about to press what is in it. */
  #row(id, index) {
    const made = this.#make(this.#items[index]);
    const row = this.#shown.get(id) ?? made;
    row.setAttribute("aria-rowindex", index + 2);
    row.dataset.index = index;
    if (row !== made) {
      // A copy: what is taken over is gone from there.
      const cells = [...made.cells];
      [...row.cells].forEach((cell, i) => update(cell, cells[i] ?? cell));
    }
    return row;
  }

  /** What is moved loses the focus: the row that has it stays where it is, and the others come around it. */
  #place(rows) {
    const kept = new Set(rows);
    this.#shown.forEach((row) => kept.has(row) || row.remove());
    const all = [this.#before, ...rows, this.#after];
    const fixed = Math.max(0, all.findIndex((row) => row.contains(document.activeElement)));
    for (let i = fixed + 1; i < all.length; i++) {
      all[i - 1].nextSibling === all[i] || all[i - 1].after(all[i]);
    }
    for (let i = fixed - 1; i >= 0; i--) {
      all[i + 1].previousSibling === all[i] || all[i + 1].before(all[i]);
    }
  }

  #gap(row, height) {
    row.hidden = height <= 0;
    row.style.height = `${height}px`;
  }
}

function update(cell, made) {
  const box = cell.querySelector("input");
  if (box) {
    box.checked = made.querySelector("input").checked;
  } else if (!cell.isEqualNode(made)) {
    cell.replaceWith(made);
  }
}
