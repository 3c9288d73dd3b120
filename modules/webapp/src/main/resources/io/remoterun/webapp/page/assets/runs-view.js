// The history of runs, newest first, with filters that are in the address.
import * as api from "./api.js";
import { element, say, template } from "./dom.js";
import { progress } from "./progress.js";
import { badge, duration, nodesText, number, runState, targets, time } from "./words.js";

const PER_PAGE = 50;
const DAY = 86_400_000;

export async function runsView({ query, go }) {
  const { root, slots } = template("runs-view");
  const nodes = await api.nodes().catch(() => []);
  const hostnames = new Map(nodes.map((node) => [node.id, node.hostname]));
  const page = Math.max(1, Number(query.get("page")) || 1);
  const answer = await api.runs({ ...asked(query), page, perPage: PER_PAGE });

  fill(slots.form, query, hostnames);
  slots.form.addEventListener("change", () => go(address(slots.form, nodes)));
  slots.form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(address(slots.form, nodes));
  });
  slots.table.tBodies[0].replaceChildren(...answer.runs.map((run) => runRow(run, (id) => hostnames.get(id) ?? id)));
  slots.table.hidden = !answer.runs.length;
  slots.nothing.hidden = answer.runs.length > 0;
  say(slots.count, `${number(answer.total)} ${answer.total === 1 ? "run" : "runs"}`);
  pages(slots.pages, answer, query, "#/runs");
  return { root, title: "Runs" };
}

function asked(query) {
  const days = Number(query.get("days"));
  const since = days ? new Date(Date.now() - days * DAY).toISOString() : "";
  return { state: query.get("state") ?? "", node: query.get("node") ?? "", by: query.get("by") ?? "", since };
}

function fill(form, query, hostnames) {
  for (const name of ["state", "by", "days"]) {
    form.elements[name].value = query.get(name) ?? "";
  }
  const node = query.get("node") ?? "";
  form.elements.node.value = hostnames.get(node) ?? node;
}

function address(form, nodes) {
  const values = new URLSearchParams();
  for (const name of ["state", "node", "by", "days"]) {
    const value = form.elements[name].value.trim();
    const id = name === "node" && nodes.find((node) => node.hostname === value)?.id;
    if (value) {
      values.set(name, id || value);
    }
  }
  return `#/runs?${values}`;
}

/** One run as a row: of what it is, or in a node's own list, without hostname, when it began. */
export function runRow(run, hostname) {
  const [state, text] = runState(run);
  const took = (run.ended ? new Date(run.ended) : new Date()) - new Date(run.began);
  const { targets: count } = run.counts;
  const began = time(run.began);
  const of = hostname && targets(run, hostname);
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, element("a", { href: `#/runs/${run.id}`, title: of }, of ?? began), conditionsOf(run)),
    element("td", {}, badge(state, text)),
    count > 1
      ? element("td", { class: "of" }, progress(run.counts), nodesText(count))
      : element("td", { class: "of one-node" }, "1 node"),
    element("td", { class: "by" }, run.askedBy.name),
    of ? element("td", { class: "began" }, began) : null,
    element("td", { class: "number took" }, duration(took)),
  );
}

const conditionsOf = (run) =>
  run.conditions.length ? element("small", { class: "conditions" }, " with " + run.conditions.join(", ")) : null;

/** Links to the pages before and after. */
export function pages(nav, { page, perPage, total }, query, path) {
  const last = Math.max(1, Math.ceil(total / perPage));
  const link = (to, text, rel) => {
    const values = new URLSearchParams(query);
    values.set("page", to);
    return to >= 1 && to <= last ? element("a", { class: "button", href: `${path}?${values}`, rel }, text) : null;
  };
  nav.replaceChildren();
  nav.hidden = last === 1;
  for (const part of [link(page - 1, "Newer", "prev"), element("span", {}, `Page ${page} of ${last}`), link(page + 1, "Older", "next")]) {
    part && nav.append(part);
  }
}
