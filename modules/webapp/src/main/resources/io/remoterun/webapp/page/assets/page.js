// What is shown is in the fragment of the address: #/ lists the nodes, #/nodes/ID is one of them.
import * as api from "./api.js";
import { Run } from "./run.js";

const MOST_ROWS = 500;

// Browsers open six connections to a server that speaks HTTP/1.1: one is left for everything else.
const MOST_RUNS = 5;

const main = document.getElementById("main");
const runs = new Map();
let filter = "";
let isFirst = true;

async function route() {
  const match = /^#\/nodes\/([^/]+)$/.exec(location.hash);
  try {
    const nodes = await api.nodes();
    match ? showNode(nodes, decodeURIComponent(match[1])) : showList(nodes);
  } catch (error) {
    showError(error);
  }
  // Who uses a screen reader has to hear that the page has changed; the browser says the first one.
  if (!isFirst) {
    main.querySelector("h1")?.focus();
  }
  isFirst = false;
}

function view(id, title) {
  main.replaceChildren(document.getElementById(id).content.cloneNode(true));
  document.title = `${title} · Remote Run`;
  return Object.fromEntries(
    [...main.querySelectorAll("[data-slot]")].map((slot) => [slot.dataset.slot, slot]),
  );
}

function showError(error) {
  const slots = view("error-view", "Error");
  slots.where.textContent = error.status ?? "No answer from the webapp";
  slots.reason.textContent = error.message;
  slots.again.addEventListener("click", route);
}

function showList(nodes) {
  const slots = view("list-view", "Nodes");
  const hosts = hostnames(nodes);
  const show = () => {
    filter = slots.filter.value.trim().toLowerCase();
    const found = nodes.filter((node) => matches(node, hosts));
    slots.rows.replaceChildren(...found.slice(0, MOST_ROWS).map((node) => row(node, hosts)));
    slots.count.textContent = countText(found.length, nodes.length);
    slots.table.hidden = found.length === 0;
    slots.nothing.hidden = found.length > 0;
    slots.nothing.textContent = nodes.length
      ? "No node matches the filter."
      : "The node list is empty.";
  };
  slots.filter.value = filter;
  slots.filter.addEventListener("input", show);
  show();
}

function countText(found, all) {
  const shown = found > MOST_ROWS ? `, the first ${MOST_ROWS} are shown` : "";
  return found === all
    ? `${all} ${all === 1 ? "node" : "nodes"}${shown}`
    : `${found} of ${all} nodes${shown}`;
}

function matches(node, hosts) {
  return [node.hostname, node.id, hosts(node.policyServerId)].some((text) =>
    text.toLowerCase().includes(filter),
  );
}

function hostnames(nodes) {
  const byId = new Map(nodes.map((node) => [node.id, node.hostname]));
  return (id) => byId.get(id) ?? id;
}

function row(node, hosts) {
  const element = document.getElementById("node-row").content.firstElementChild.cloneNode(true);
  const link = element.querySelector("a");
  link.href = "#/nodes/" + encodeURIComponent(node.id);
  link.textContent = node.hostname;
  element.querySelector("[data-slot=id]").textContent = node.id;
  element.querySelector("[data-slot=server]").textContent =
    node.id === node.policyServerId ? "" : hosts(node.policyServerId);
  const tag = element.querySelector("[data-slot=running]");
  tag.dataset.node = node.id;
  tag.hidden = !runs.get(node.id)?.isRunning;
  return element;
}

function showNode(nodes, id) {
  const node = nodes.find((candidate) => candidate.id === id);
  if (!node) {
    showError({ status: "Unknown node", message: `The node list has no node with the id ${id}.` });
    return;
  }
  const slots = view("node-view", node.hostname);
  slots.hostname.textContent = node.hostname;
  slots.id.textContent = node.id;
  slots.way.append(...wayTo(node, nodes).map(step));
  for (const button of main.querySelectorAll("[data-conditions]")) {
    button.addEventListener("click", () => trigger(node, button.dataset.conditions));
  }
  showRun(node.id);
}

/** The servers through which a trigger goes, from the root server to the node. */
function wayTo(node, nodes) {
  const byId = new Map(nodes.map((other) => [other.id, other]));
  const way = [node];
  while (way[0].policyServerId !== way[0].id && way.length < 20) {
    const server = byId.get(way[0].policyServerId);
    if (!server) {
      break;
    }
    way.unshift(server);
  }
  return way;
}

function step(node) {
  const item = document.createElement("li");
  item.textContent = node.hostname;
  return item;
}

async function trigger(node, conditions) {
  const advice = await api.advice().catch(() => ({}));
  if (!canTrigger(node.id)) {
    return;
  }
  const run = new Run(node, conditions ? conditions.split(",") : [], advice);
  runs.set(node.id, run);
  run.addEventListener("end", () => {
    showRun(node.id);
    hideTag(node.id);
  });
  run.start();
  showRun(node.id);
}

function canTrigger(id) {
  const running = [...runs.values()].filter((run) => run.isRunning).length;
  return !runs.get(id)?.isRunning && running < MOST_RUNS;
}

function hideTag(id) {
  for (const tag of main.querySelectorAll("[data-slot=running]")) {
    tag.hidden ||= tag.dataset.node === id;
  }
}

/** Shows the node's run, if it is this node that is shown. */
function showRun(id) {
  const slot = main.querySelector("[data-slot=run]");
  const isShown = main.querySelector("[data-slot=id]")?.textContent === id;
  if (!slot || !isShown) {
    return;
  }
  const run = runs.get(id);
  for (const button of main.querySelectorAll("[data-conditions]")) {
    button.disabled = !canTrigger(id);
    button.title = button.disabled && !run?.isRunning ? `This page watches ${MOST_RUNS} runs already` : "";
  }
  if (run && slot.firstElementChild !== run.element) {
    slot.replaceChildren(run.element);
    run.shown();
  }
}

document.getElementById("sign-out").addEventListener("submit", (event) => {
  event.target.elements._csrf.value = api.csrfToken();
});
document.addEventListener("keydown", (event) => {
  const box = document.getElementById("filter");
  if (event.key === "/" && box && document.activeElement !== box) {
    event.preventDefault();
    box.focus();
  }
});
window.addEventListener("hashchange", route);
route();
