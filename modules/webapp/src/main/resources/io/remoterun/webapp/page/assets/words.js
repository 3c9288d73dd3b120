// How states, times and numbers are told to people. Every state has a sign and a word beside its colour.
import { element } from "./dom.js";

/** The order is that of a list: what went wrong comes first. */
export const STATES = {
  failed: { sign: "✗", word: "failed", count: "failed" },
  unconfirmed: { sign: "?", word: "unconfirmed", count: "unconfirmed" },
  agentError: { sign: "!", word: "agent error", many: "agent errors", count: "agentErrors" },
  stopped: { sign: "■", word: "stopped", count: "stopped" },
  running: { sign: "▶", word: "running", count: "running" },
  waiting: { sign: "…", word: "waiting", count: "waiting" },
  succeeded: { sign: "✓", word: "succeeded", count: "succeeded" },
};

export const ORDER = Object.keys(STATES);
const OPEN = new Set(["running", "waiting"]);

export const isEnded = (state) => !OPEN.has(state);

export function badge(state, text = STATES[state].word) {
  return element(
    "span",
    { class: "badge " + state },
    element("span", { class: "sign", "aria-hidden": "true" }, STATES[state].sign),
    " " + text,
  );
}

export const number = (value) => value.toLocaleString("en");
export const nodesText = (count) => `${number(count)} ${count === 1 ? "node" : "nodes"}`;

const WHEN = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium", hour12: false });

export function time(text) {
  return element("time", { datetime: text, title: text }, WHEN.format(new Date(text)));
}

export function duration(ms) {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 60) {
    return `${seconds.toFixed(1)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.floor(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How long ago, roughly. */
export function age(text) {
  const minutes = (Date.now() - new Date(text)) / 60000;
  const steps = [[1440, "day"], [60, "hour"], [1, "minute"]];
  for (const [size, unit] of steps) {
    const count = Math.floor(minutes / size);
    if (count >= 1) {
      return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
    }
  }
  return "just now";
}

/** By what a node's agent was ended, if not by itself. */
export const killed = ({ signal }) =>
  signal === "unknown" ? "ended without an exit status: killed, it seems" : `killed by signal ${signal}`;

/** How a node's agent ended, in words; where it failed, unless that is the node itself. */
export function outcome(node) {
  if (node.failure) {
    const { hop, reason } = node.failure;
    return hop === `node ${node.id}` ? reason : `${hop}: ${reason}`;
  }
  if (node.exitCode !== undefined) {
    return `exit status ${node.exitCode}`;
  }
  if (node.signal) {
    return killed(node);
  }
  return node.state === "succeeded" ? "exit status not reported" : "";
}

export function targets(run, hostname = (id) => id) {
  const { nodes, all, group, query } = run.targets;
  if (all) {
    return "all nodes";
  }
  if (group) {
    return `group ${group}`;
  }
  if (query) {
    return `nodes with ${query}`;
  }
  return nodes.length === 1 ? hostname(nodes[0]) : nodesText(nodes.length);
}

/** How a run as a whole stands: its state, and in words. */
export function runState(run) {
  const c = run.counts;
  if (run.state === "running") {
    return ["running", "running"];
  }
  if (run.state === "cancelling") {
    return ["running", "cancelling"];
  }
  if (c.failed) {
    return ["failed", c.targets === 1 ? "failed" : `${number(c.failed)} failed`];
  }
  if (c.unconfirmed) {
    return ["unconfirmed", "unconfirmed"];
  }
  if (c.agentErrors) {
    return ["agentError", c.targets === 1 ? "agent error" : `${number(c.agentErrors)} agent errors`];
  }
  return c.stopped ? ["stopped", "stopped"] : ["succeeded", "succeeded"];
}

export function sentence(text) {
  return text ? text.charAt(0).toUpperCase() + text.slice(1) + (/[.?!]$/.test(text) ? "" : ".") : "";
}
