// All nodes, with what their last run came to; some or all of them can be triggered.
import * as api from "./api.js";
import { confirmed, element, say, template, whileDisabled } from "./dom.js";
import { Order } from "./order.js";
import { Rows } from "./rows.js";
import { Sorting } from "./sorting.js";
import { ORDER, age, badge, nodesText, number } from "./words.js";

const ASKS_FROM = 10;

// What was looked for, and how it was sorted, is still there for who comes back.
let filter = "";
let group = "";
const sort = {};

export async function nodesView({ may, go }) {
  const [nodes, groups] = await Promise.all([api.nodesWithLastRuns(), api.groups().catch(() => [])]);
  const { root, slots } = template("nodes-view");
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const hosts = (id) => byId.get(id)?.hostname ?? id;
  const selected = new Set();
  const order = new Order(slots, may);
  let found = nodes;
  let isStarting = false;

  const rows = new Rows(slots.table, (node) => row(node));
  const values = {
    name: (node) => node.hostname,
    server: (node) => (node.id === node.policyServerId ? undefined : hosts(node.policyServerId)),
    state: ({ lastRun }) => lastRun && ORDER.indexOf(lastRun.state),
    last: ({ lastRun }) => lastRun && Date.parse(lastRun.began ?? lastRun.asked),
    id: (node) => node.id,
  };
  const sorting = new Sorting(slots.table, sort, values, () => show());
  slots.filter.value = filter;
  slots.group.append(...groups.map((one) => element("option", { value: one.name }, `${one.name} (${one.nodes.length})`)));
  slots.group.value = groups.some((one) => one.name === group) ? group : "";
  slots.groupBox.hidden = !groups.length;
  slots.form.hidden = slots.pick.hidden = !may("run:trigger");

  function row(node) {
    const box = element("input", { type: "checkbox", "aria-label": `Select ${node.hostname}` });
    box.checked = selected.has(node.id);
    box.addEventListener("change", () => {
      box.checked ? selected.add(node.id) : selected.delete(node.id);
      tellSelected();
    });
    return element(
      "tr",
      {},
      may("run:trigger") ? element("td", { class: "pick" }, element("label", {}, box)) : null,
      element("th", { scope: "row" }, element("a", { href: `#/nodes/${encodeURIComponent(node.id)}`, title: node.hostname }, node.hostname)),
      element("td", { class: "server" }, node.id === node.policyServerId ? "" : hosts(node.policyServerId)),
      element("td", { class: "last", colspan: 2 }, node.lastRun ? lastRun(node.lastRun, node) : null),
      element("td", { class: "id" }, element("code", {}, node.id)),
    );
  }

  function lastRun(run, node) {
    const href = `#/runs/${run.id}/nodes/${encodeURIComponent(node.id)}`;
    return element("a", { href, title: `Run ${run.id}` }, badge(run.state), " ", element("small", {}, age(run.began ?? run.asked)));
  }

  function show() {
    filter = slots.filter.value.trim().toLowerCase();
    group = slots.group.value;
    const members = group && new Set(groups.find((one) => one.name === group).nodes);
    found = nodes.filter((node) => (!members || members.has(node.id)) && matches(node));
    say(slots.count, found.length === nodes.length ? nodesText(nodes.length) : `${number(found.length)} of ${nodesText(nodes.length)}`);
    slots.table.hidden = !found.length;
    rows.show(sorting.sorted(found));
    slots.nothing.hidden = found.length > 0;
    say(slots.nothing, nodes.length ? "No node matches the filter." : "There is no node that you may see: the node list is empty, or your account is for no node in it.");
    tellSelected();
  }

  function matches(node) {
    const properties = Object.entries(node.properties ?? {}).map(([name, values]) => `${name}=${values}`);
    return [node.hostname, node.id, hosts(node.policyServerId), ...properties].some((text) => text.toLowerCase().includes(filter));
  }

  function tellSelected() {
    const count = selected.size;
    const isGroup = !count && group && !filter;
    slots.all.checked = found.length > 0 && found.every((node) => selected.has(node.id));
    slots.all.indeterminate = !slots.all.checked && found.some((node) => selected.has(node.id));
    say(slots.trigger, isGroup ? `Trigger group ${group}` : count ? `Trigger ${nodesText(count)}` : "Trigger");
    slots.trigger.disabled = isStarting || (!count && !isGroup);
    say(slots.selected, count ? `${nodesText(count)} selected` : isGroup ? "" : "Select nodes, or a group, to trigger them.");
    slots.clear.hidden = !count;
  }

  slots.filter.addEventListener("input", show);
  slots.group.addEventListener("change", show);
  slots.clear.addEventListener("click", () => {
    selected.clear();
    show();
  });
  slots.all.addEventListener("change", () => {
    found.forEach((node) => (slots.all.checked ? selected.add(node.id) : selected.delete(node.id)));
    show();
  });
  slots.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const count = selected.size || groups.find((one) => one.name === group)?.nodes.length || 0;
    const isAll = selected.size === nodes.length && nodes.length > 1;
    const targets = !selected.size ? { group } : isAll ? { all: true } : { nodes: [...selected] };
    const isMeant =
      count < ASKS_FROM ||
      (await confirmed(`Trigger ${nodesText(count)}?`, `The agent starts on ${isAll ? "all of them" : "each of them"}, now.`, "Trigger"));
    if (isMeant) {
      isStarting = true;
      await whileDisabled([slots.trigger], () => order.start(targets, go));
      isStarting = false;
      tellSelected();
    }
  });

  return { root, title: "Nodes", shown: show, close: () => rows.close() };
}
