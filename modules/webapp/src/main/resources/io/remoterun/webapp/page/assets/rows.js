// A table of any length: only the rows in sight are in the document; the table itself scrolls with the page.
import { atNextFrame, element } from "./dom.js";

const AROUND = 10;

export class Rows {
  #body;
  #make;
  #items = [];
  #shown = new Map();
  #height = 46;
  #before = element("tr", { class: "gap", "aria-hidden": "true" }, element("td"));
  #after = element("tr", { class: "gap", "aria-hidden": "true" }, element("td"));
  #draw = atNextFrame(() => this.#paint());

  /**
   * @param make gives a row for an item, with a data-key; it is asked again when the row comes into sight, and for
   *     all in sight when items change
   */
  constructor(table, make) {
    this.#body = table.tBodies[0];
    this.#make = make;
    this.#body.replaceChildren(this.#before, this.#after);
    window.addEventListener("scroll", this.#draw, { passive: true });
    window.addEventListener("resize", this.#draw);
  }

  close() {
    window.removeEventListener("scroll", this.#draw);
    window.removeEventListener("resize", this.#draw);
  }

  show(items) {
    this.#items = items;
    this.#body.parentElement.setAttribute("aria-rowcount", items.length + 1);
    this.#paint();
  }

  #paint() {
    if (!this.#body.isConnected) {
      return;
    }
    const top = this.#body.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(-top / this.#height) - AROUND);
    const last = Math.min(this.#items.length, Math.ceil((window.innerHeight - top) / this.#height) + AROUND);
    const rows = this.#items.slice(first, last).map((item, i) => this.#row(item, first + i));
    this.#place(rows);
    this.#gap(this.#before, first);
    this.#gap(this.#after, this.#items.length - Math.max(first, last));
    // The style sheet says how high a row is, and says it otherwise for narrow windows.
    const height = rows[0]?.getBoundingClientRect().height;
    if (height && Math.abs(height - this.#height) > 0.5) {
      this.#height = height;
      this.#draw();
    }
  }

  /** The row that is there, where there is one: somebody may be about to press what is in it. */
  #row(item, index) {
    const made = this.#make(item);
    const row = this.#shown.get(made.dataset.key) ?? made;
    row.setAttribute("aria-rowindex", index + 2);
    if (row !== made) {
      [...row.cells].forEach((cell, i) => update(cell, made.cells[i] ?? cell));
    }
    return row;
  }

  #place(rows) {
    let before = this.#before;
    for (const row of rows) {
      if (before.nextSibling !== row) {
        before.after(row);
      }
      before = row;
    }
    while (before.nextSibling !== this.#after) {
      before.nextSibling.remove();
    }
    this.#shown = new Map(rows.map((row) => [row.dataset.key, row]));
  }

  #gap(row, count) {
    row.hidden = count <= 0;
    row.style.height = `${Math.max(0, count) * this.#height}px`;
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
