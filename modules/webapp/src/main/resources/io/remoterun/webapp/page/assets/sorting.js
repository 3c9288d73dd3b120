// What a table is sorted by: the buttons in the headers of its columns say it; a second press turns it round.

export class Sorting {
  #headers;
  #sort;
  #values;

  /**
   * @param sort {by, way}: a header's data-sort, and "ascending" or "descending"; {} leaves all as it comes. What is
   *     pressed is written there.
   * @param values functions by data-sort: what items are compared by; undefined where an item has no such thing
   * @param changed called after a press
   */
  constructor(table, sort, values, changed) {
    this.#headers = [...table.tHead.querySelectorAll("[data-sort]")];
    this.#sort = sort;
    this.#values = values;
    for (const header of this.#headers) {
      header.querySelector("button").addEventListener("click", () => {
        this.#press(header.dataset);
        changed();
      });
    }
    this.#show();
  }

  #press({ sort: by, first = "ascending" }) {
    const turned = this.#sort.way === "ascending" ? "descending" : "ascending";
    Object.assign(this.#sort, { by, way: by === this.#sort.by ? turned : first });
    this.#show();
  }

  #show() {
    for (const header of this.#headers) {
      const isIt = header.dataset.sort === this.#sort.by;
      isIt ? header.setAttribute("aria-sort", this.#sort.way) : header.removeAttribute("aria-sort");
    }
  }

  /** A sorted copy: what has no value comes last, either way; what has the same one, by its name. */
  sorted(items) {
    const { by, way } = this.#sort;
    if (!by) {
      return items;
    }
    const { name, [by]: value } = this.#values;
    const turn = way === "ascending" ? 1 : -1;
    return items.toSorted((a, b) => {
      const [x, y] = [value(a), value(b)];
      return (x === undefined) - (y === undefined) || turn * compare(x, y) || compare(name(a), name(b));
    });
  }
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
