// One node: where it is, the two buttons, and its runs.
import * as api from "./api.js";
import { element, template, whileDisabled } from "./dom.js";
import { Order } from "./order.js";
import { runRow } from "./runs-view.js";

const MOST_RUNS = 10;

export async function nodeView({ parts: [id], may, go }) {
  const nodes = await api.nodes();
  const node = nodes.find((candidate) => candidate.id === id);
  if (!node) {
    throw Object.assign(new Error(`The node list has no node with the id ${id}, or not for you.`), { where: "Unknown node" });
  }
  const { root, slots } = template("node-view");
  slots.hostname.textContent = node.hostname;
  slots.id.textContent = node.id;
  slots.way.append(...wayTo(node, nodes).map((step) => element("li", {}, step.hostname)));
  for (const [name, values] of Object.entries(node.properties ?? {})) {
    slots.facts.append(element("div", {}, element("dt", {}, name), element("dd", {}, [values].flat().join(", "))));
  }
  prepareButtons(node, slots, may, go);
  const done = showRuns(node, slots, may);
  return { root, title: node.hostname, shown: () => done };
}

function prepareButtons(node, slots, may, go) {
  const order = new Order(slots, may);
  slots.agent.disabled = !may("run:trigger");
  slots.inventory.disabled = !may("run:trigger") || !may("run:trigger-conditions");
  for (const button of [slots.agent, slots.inventory]) {
    button.title = button.disabled ? "Your account has no right to do this" : "";
  }
  slots.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const extra = event.submitter === slots.inventory ? ["force_inventory"] : [];
    await whileDisabled([slots.agent, slots.inventory], () => order.start({ nodes: [node.id] }, go, extra));
  });
}

async function showRuns(node, slots, may) {
  if (!may("run:read")) {
    slots.none.textContent = "Your account has no right to see runs.";
    return;
  }
  const { runs, total } = await api.runs({ node: node.id, perPage: MOST_RUNS });
  slots.table.tBodies[0].replaceChildren(...runs.map((run) => runRow(run)));
  slots.table.hidden = !runs.length;
  slots.none.hidden = runs.length > 0;
  slots.all.hidden = total <= runs.length;
  slots.all.href = `#/runs?node=${encodeURIComponent(node.id)}`;
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
