// The body of a run of many nodes: how far it is, who has printed the same, and every node, failures first.
import { atNextFrame, element, say, template } from "./dom.js";
import { alike } from "./fingerprint.js";
import { showProgress } from "./progress.js";
import { Rows } from "./rows.js";
import { Sorting } from "./sorting.js";
import { ORDER, STATES, badge, duration, isEnded, nodesText, number, outcome } from "./words.js";

/** How often, in ms, what costs more than a bar is done while a run goes on. */
const EVERY = 300;
const MOST_GROUPS = 20;

const VALUES = {
  name: (node) => node.hostname ?? node.id,
  state: (node) => ORDER.indexOf(node.state),
  outcome: (node) => outcome(node) || undefined,
  took: (node) => node.durationMs,
  lines: (node) => node.lineCount,
};

export class ManyNodes {
  #model;
  #slots;
  #rows;
  #sorting;
  #chosen = new Set();
  #group = null;
  #groups = [];
  #drawnAt = 0;
  #later = 0;
  #draw = atNextFrame(() => this.#table());

  root;

  constructor(model) {
    const { root, slots } = template("many-nodes");
    this.root = root;
    this.#model = model;
    this.#slots = slots;
    this.#rows = new Rows(slots.table, (node) => this.#row(node));
    this.#sorting = new Sorting(slots.table, { by: "state", way: "ascending" }, VALUES, this.#draw);
    for (const state of ORDER) {
      slots.states.append(this.#stateButton(state));
    }
    slots.filter.addEventListener("input", this.#draw);
    slots.everyGroup.addEventListener("click", () => this.#choose(null));
  }

  close() {
    clearTimeout(this.#later);
    this.#rows.close();
  }

  changed() {
    const counts = this.#model.counts();
    showProgress(this.#slots.bar, counts);
    for (const button of this.#slots.states.children) {
      const { state } = button.dataset;
      const count = counts[state];
      say(button.querySelector("b"), number(count));
      say(button.querySelector(".word"), " " + ((count !== 1 && STATES[state].many) || STATES[state].word));
      button.hidden = !count && !this.#chosen.has(state);
    }
    const wait = this.#drawnAt + EVERY - performance.now();
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#lists(), this.#model.isEnded ? 0 : Math.max(0, wait));
  }

  #lists() {
    this.#drawnAt = performance.now();
    this.#showGroups();
    this.#table();
  }

  #stateButton(state) {
    const button = element(
      "button",
      { type: "button", class: "state-filter " + state, "data-state": state, "aria-pressed": "false", hidden: true },
      element("span", { class: "sign", "aria-hidden": "true" }, STATES[state].sign),
      element("b"),
      element("span", { class: "word" }),
    );
    button.addEventListener("click", () => {
      const isOn = !this.#chosen.delete(state);
      isOn && this.#chosen.add(state);
      button.setAttribute("aria-pressed", isOn);
      this.#draw();
    });
    return button;
  }

  #showGroups() {
    const ended = [...this.#model.nodes.values()].filter((node) => isEnded(node.state) && node.printed !== undefined);
    this.#groups = alike(ended);
    this.#slots.alike.hidden = ended.length < 2;
    say(this.#slots.summary, summary(this.#groups, ended.length, this.#model.nodes.size));
    const items = this.#groups.slice(0, MOST_GROUPS).map((group) => this.#groupItem(group));
    this.#slots.groups.replaceChildren(...items);
    this.#slots.moreGroups.hidden = this.#groups.length <= MOST_GROUPS;
    say(this.#slots.moreGroups, `… and ${number(this.#groups.length - MOST_GROUPS)} more ways.`);
    this.#slots.everyGroup.hidden = !this.#group;
  }

  #groupItem(group) {
    const { sample, nodes } = group;
    const pick = element("button", { type: "button", class: "button small", "aria-pressed": String(group.key === this.#group) }, "Show these");
    pick.addEventListener("click", () => this.#choose(group.key === this.#group ? null : group.key));
    return element(
      "li",
      {},
      element("b", {}, nodesText(nodes.length)),
      badge(group.state),
      element("span", { class: "sample" }, outcomeOf(group), sample.lastLine ? element("q", {}, sample.lastLine) : null),
      sample.gaps ? element("small", {}, "output is missing") : null,
      element("a", { href: this.#href(sample) }, "Output"),
      pick,
    );
  }

  #choose(group) {
    this.#group = group;
    this.#lists();
  }

  #table() {
    const text = this.#slots.filter.value.trim().toLowerCase();
    const members = this.#group && new Set(this.#groups.find((group) => group.key === this.#group)?.nodes.map((node) => node.id));
    const shown = [...this.#model.nodes.values()].filter(
      (node) =>
        (!this.#chosen.size || this.#chosen.has(node.state)) &&
        (!members || members.has(node.id)) &&
        (!text || [node.id, node.hostname ?? "", outcome(node)].some((part) => part.toLowerCase().includes(text))),
    );
    this.#rows.show(this.#sorting.sorted(shown));
    const all = this.#model.nodes.size;
    say(this.#slots.shown, shown.length === all ? nodesText(all) : `${number(shown.length)} of ${nodesText(all)}`);
  }

  #row(node) {
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, element("a", { href: this.#href(node), title: node.hostname ?? node.id }, node.hostname ?? node.id)),
      element("td", {}, badge(node.state)),
      element("td", { class: "outcome", title: [outcome(node), node.failure?.advice].filter(Boolean).join("\n") }, outcome(node)),
      element("td", { class: "number" }, node.durationMs === undefined ? "" : duration(node.durationMs)),
      element("td", { class: "number lines" }, node.lineCount === undefined ? "" : number(node.lineCount)),
    );
  }

  #href(node) {
    return `#/runs/${this.#model.id}/nodes/${encodeURIComponent(node.id)}`;
  }
}

/** Nodes may have failed the same way at different places. */
function outcomeOf({ sample, nodes }) {
  const { failure } = sample;
  return failure && nodes.some((node) => node.failure.hop !== failure.hop) ? failure.reason : outcome(sample);
}

/** "812 nodes the same, 3 differ". */
function summary(groups, ended, all) {
  const open = all - ended;
  const rest = open ? `; ${nodesText(open)} to come` : "";
  const same = groups[0]?.nodes.length ?? 0;
  if (groups.length === 1) {
    return `${open ? "" : "All "}${nodesText(same)} the same${rest}`;
  }
  const others = ended - same;
  return same === 1
    ? `All ${nodesText(ended)} differ${rest}`
    : `${nodesText(same)} the same, ${number(others)} ${others === 1 ? "differs" : "differ"}${rest}`;
}
