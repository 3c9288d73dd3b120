// One run, at its address: who opens that in another window, or reads it tomorrow, sees the same from line 1 on.
import * as api from "./api.js";
import { confirmed, element, say, template, whileDisabled } from "./dom.js";
import { ManyNodes } from "./many-nodes.js";
import { showProblem } from "./order.js";
import { OutputView } from "./output-view.js";
import { RunModel } from "./run-model.js";
import { badge, duration, isEnded, killed, nodesText, number, outcome, runState, sentence, targets, time } from "./words.js";

/** How often, in ms, a screen reader is told how far a run of many nodes is. */
const TELLS_EVERY = 5000;

export async function runView({ parts: [id, nodeId], may, go }) {
  const model = await opened(id, nodeId);
  try {
    return nodeId === undefined || model.only?.id === nodeId ? wholeRun(model, may, go) : oneOfMany(model, nodeId);
  } catch (error) {
    model.close();
    throw error;
  }
}

async function opened(id, nodeId) {
  try {
    return await new RunModel(id, nodeId).open();
  } catch (error) {
    throw error.code === 404
      ? Object.assign(new Error(`There is no run with the id ${id}, or not for you.`), { where: "Unknown run" })
      : error;
  }
}

function wholeRun(model, may, go) {
  const { root, slots } = template("run-view");
  const only = model.only;
  const name = only ? (only.hostname ?? only.id) : targets(model.run);
  const body = only ? singleBody(model) : new ManyNodes(model);
  slots.body.append(body.root);
  slots.title.textContent = only ? name : `Run of ${name}`;
  slots.cancel.addEventListener("click", () => cancel(model, slots));
  const begin = (ask) => whileDisabled([slots.retry, slots.again], () => attempt(slots, ask, go));
  slots.retry.addEventListener("click", () => begin(() => api.retry(model.id)));
  slots.again.addEventListener("click", () => begin(() => again(model.run)));

  const change = () => {
    showFacts(model, slots, only);
    showActions(model, slots, may);
    showLink(model, slots);
    tell(model, slots);
    body.changed();
  };
  const tick = setInterval(() => showElapsed(model, slots), 100);
  model.addEventListener("change", change);
  change();
  return {
    root,
    title: slots.title.textContent,
    follow: () => body.follow?.(),
    shown: () => body.changed(),
    close: () => {
      clearInterval(tick);
      model.close();
      body.close();
    },
  };
}

function singleBody(model) {
  const node = model.only;
  const name = fileName(node, model.id);
  const view = new OutputView(model.lines, api.outputPath(model.id, node.id), name);
  const panel = element("div", { class: "one" }, view.root);
  const problem = problemBox();
  panel.prepend(problem);
  return {
    root: panel,
    follow: () => view.follow(),
    close: () => view.close(),
    changed: () => {
      showFailure(problem, model.only);
      view.empty = nothing(model, model.only);
      view.changed();
    },
  };
}

/** The output of one node of a run of many. */
function oneOfMany(model, nodeId) {
  const node = model.nodes.get(nodeId);
  if (!node) {
    throw Object.assign(new Error(`The run has no node with the id ${nodeId}, or not for you.`), { where: "Not in this run" });
  }
  const { root, slots } = template("run-node-view");
  const view = new OutputView(model.lines, api.outputPath(model.id, nodeId), fileName(node, model.id));
  slots.title.textContent = node.hostname ?? node.id;
  slots.run.href = `#/runs/${model.id}`;
  slots.run.textContent = `Run of ${targets(model.run)}`;
  slots.node.href = `#/nodes/${encodeURIComponent(nodeId)}`;
  slots.body.append(view.root);
  const change = () => {
    const now = model.nodes.get(nodeId);
    slots.state.replaceChildren(badge(now.state));
    say(slots.outcome, now.failure ? "" : outcome(now));
    showFailure(slots.failure, now);
    showLink(model, slots);
    view.empty = nothing(model, now);
    view.changed();
  };
  model.addEventListener("change", change);
  change();
  return {
    root,
    title: slots.title.textContent,
    follow: () => view.follow(),
    close: () => {
      model.close();
      view.close();
    },
  };
}

function showFacts(model, slots, only) {
  const { run } = model;
  const facts = [
    ["Asked for by", `${run.askedBy.name} from ${run.askedBy.from}`],
    ["Began", time(run.began)],
    run.conditions.length ? ["Conditions", run.conditions.join(", ")] : null,
    run.cancelledBy ? ["Cancelled by", `${run.cancelledBy.name} from ${run.cancelledBy.from}`] : null,
    run.retryOf ? ["Retry of", element("a", { href: `#/runs/${run.retryOf}` }, run.retryOf.slice(0, 8))] : null,
    run.concurrency ? ["At once", number(run.concurrency)] : null,
    run.stopAfter ? ["Stops after", `${run.stopAfter} failed`] : null,
    only ? ["Node", element("a", { href: `#/nodes/${encodeURIComponent(only.id)}` }, only.id)] : null,
    model.command ? ["Command", element("code", {}, model.command)] : null,
    ["Run", element("code", {}, run.id)],
  ].filter(Boolean);
  const key = facts.map(([name, value]) => name + (value.textContent ?? value)).join("\n");
  if (slots.facts.dataset.key !== key) {
    slots.facts.dataset.key = key;
    slots.facts.replaceChildren(...facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
  }
}

function showActions(model, slots, may) {
  const { run } = model;
  const failed = [...model.nodes.values()].filter((node) => node.state === "failed" || node.state === "agentError").length;
  slots.cancel.hidden = model.isEnded || !may("run:cancel");
  slots.cancel.disabled = run.state === "cancelling";
  slots.retry.hidden = !model.isEnded || !failed || !may("run:trigger");
  say(slots.retry, model.only ? "Retry" : `Retry ${number(failed)} failed`);
  slots.again.hidden = !model.isEnded || !may("run:trigger") || (model.only && failed > 0);
}

/** A screen reader says each change of one node, of many only now and then how far they are. */
function tell(model, slots) {
  const only = model.only;
  slots.state.dataset.state = only ? only.state : runState(apiCounts(model))[0];
  const how = model.run.state === "cancelling" ? "Cancelling" : model.isEnded ? "Ended" : "Running";
  const text = only ? stateOf(only, model) : isAllStopped(model) ? `Stopped: ${nodesText(model.nodes.size)}` : `${how}: ${howFar(model)}`;
  say(slots.state, text);
  const told = slots.told.dataset;
  if (only || told.how !== how || performance.now() - Number(told.at) > TELLS_EVERY) {
    told.how = how;
    told.at = performance.now();
    say(slots.told, text);
  }
}

function howFar(model) {
  const counts = model.counts();
  const ended = model.nodes.size - counts.running - counts.waiting;
  const wrong = counts.failed + counts.unconfirmed + counts.agentError;
  const stopped = counts.stopped ? `, ${number(counts.stopped)} stopped` : "";
  return `${number(ended)} of ${nodesText(model.nodes.size)} ended, ${number(wrong)} failed${stopped}`;
}

const isAllStopped = (model) => model.isEnded && model.counts().stopped === model.nodes.size;

function apiCounts(model) {
  const { agentError, ...counts } = model.counts();
  return { ...model.run, counts: { ...counts, agentErrors: agentError, targets: model.nodes.size } };
}

function stateOf(node, model) {
  if (model.run.state === "cancelling" && !isEnded(node.state)) {
    return "Cancelling";
  }
  switch (node.state) {
    case "waiting":
      return "Waiting for the node";
    case "running":
      return "Running";
    case "stopped":
      return "Stopped";
    case "unconfirmed":
      return "Cancelled, and it is not known whether the agent has ended";
    case "failed":
      return "Failed";
    default:
      return node.signal
        ? sentence(killed(node)).slice(0, -1)
        : node.exitCode === undefined
          ? "Finished, exit status not reported"
          : `Finished with exit status ${node.exitCode}`;
  }
}

function showElapsed(model, slots) {
  const end = model.run.ended ? new Date(model.run.ended) : new Date();
  const hasEnded = !model.run.ended && [...model.nodes.values()].every((node) => isEnded(node.state));
  if (!hasEnded) {
    say(slots.elapsed, duration(end - new Date(model.run.began)));
  }
}

function showLink(model, slots) {
  if (model.link === "lost") {
    slots.link.hidden = false;
    slots.link.classList.remove("good");
    say(slots.link, "The connection was lost; the run goes on. Trying again; nothing will be missing.");
  } else if (model.reconnected && model.link !== "failed") {
    slots.link.hidden = false;
    slots.link.classList.add("good");
    say(slots.link, "Connected again: nothing is missing.");
  }
  if (model.error) {
    showProblem(slots.problem, model.error);
  }
}

async function cancel(model, slots) {
  const counts = model.counts();
  const open = counts.running + counts.waiting;
  const isMeant =
    model.only ||
    (await confirmed("Cancel the run?", `Agents that run are stopped, those that wait never start: ${nodesText(open)}.`, "Cancel the run"));
  if (isMeant) {
    slots.cancel.disabled = true;
    await attempt(slots, () => api.cancel(model.id), () => model.refresh());
    slots.cancel.disabled = model.run.state === "cancelling";
  }
}

const again = ({ targets, conditions, deadline, concurrency, stopAfter }) =>
  api.start({ targets, conditions, deadline, concurrency, stopAfter });

async function attempt(slots, ask, then) {
  slots.problem.hidden = true;
  try {
    const run = await ask();
    await then(`#/runs/${run.id}`);
  } catch (error) {
    showProblem(slots.problem, api.told(error));
  }
}

/** What to say where there is no line. */
function nothing(model, node) {
  if (!isEnded(node.state)) {
    return "Nothing printed yet.";
  }
  return model.link === "ended" ? "Nothing was printed." : "Reading what was printed…";
}

function problemBox() {
  return element(
    "div",
    { class: "problem", role: "alert", hidden: true },
    element("strong", { "data-part": "where" }),
    element("p", { "data-part": "reason" }),
    element("p", { class: "advice", "data-part": "advice" }),
  );
}

function showFailure(box, node) {
  if (node.failure && box.hidden) {
    const { hop, reason, advice } = node.failure;
    showProblem(box, { where: hop, reason, advice: sentence(advice) });
  }
}

const fileName = (node, run) => `${(node.hostname ?? node.id).replace(/[^\w.-]/g, "_")}-${run.slice(0, 8)}.log`;
