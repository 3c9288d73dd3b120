// One run, as its events tell it: each node, and what one node prints, or of many whether it is the same.
import * as api from "./api.js";
import { atNextFrame } from "./dom.js";
import { OutputText, follow } from "./events.js";
import { Fingerprint } from "./fingerprint.js";
import { Lines } from "./lines.js";
import { ORDER, STATES, isEnded } from "./words.js";

/** Says "change", at most once a frame, when anything is new. */
export class RunModel extends EventTarget {
  #abort = new AbortController();
  #texts = new Map();
  #prints = new Map();
  #advice = {};
  #changed = atNextFrame(() => this.dispatchEvent(new Event("change")));
  #watched;

  id;

  /** As the API has it. */
  run;

  /** By their ids, as the API has them; and `printed`, a hash, once a node has ended. */
  nodes = new Map();

  /** What the only node prints, or the one that is watched; null where all of many are. */
  lines = null;

  command = "";

  /** "connecting", "live", "lost", "ended", or "failed" when it cannot be followed. */
  link = "connecting";
  retryIn = 0;
  reconnected = 0;
  error = null;

  /** @param watched one of many nodes, whose lines are kept; those of the others are not even compared */
  constructor(id, watched) {
    super();
    this.id = id;
    this.#watched = watched;
  }

  /** Completes when there is something to be shown. */
  async open() {
    [this.run, this.#advice] = await Promise.all([api.run(this.id), api.advice().catch(() => ({}))]);
    for (const node of this.run.nodes) {
      this.nodes.set(node.id, node);
    }
    this.#watched ??= this.only?.id;
    this.lines = this.#watched === undefined ? null : new Lines();
    this.#follow();
    return this;
  }

  close() {
    this.#abort.abort();
  }

  get isEnded() {
    return this.run.state === "ended";
  }

  get only() {
    return this.nodes.size === 1 ? this.nodes.values().next().value : null;
  }

  /** {failed: 2, ...}, of all states. */
  counts() {
    const counts = Object.fromEntries(ORDER.map((state) => [state, 0]));
    this.nodes.forEach((node) => counts[node.state]++);
    return counts;
  }

  /** Asks for it anew: times and reasons are the server's. */
  async refresh() {
    const run = await api.run(this.id);
    if (this.isEnded && run.state !== "ended") {
      return; // A younger answer has come before.
    }
    this.run = run;
    for (const node of run.nodes) {
      const known = this.nodes.get(node.id);
      if (known && isEnded(known.state) && !isEnded(node.state)) {
        continue; // Its end came while this answer was on its way.
      }
      this.nodes.set(node.id, { ...node, printed: known?.printed, gaps: known?.gaps, lastLine: known?.lastLine, lineCount: known?.lineCount });
    }
    this.#changed();
  }

  async #follow() {
    try {
      await follow(
        this.id,
        (events) => this.#see(events),
        (link, seconds) => this.#linkIs(link, seconds),
        this.#abort.signal,
      );
      if (!this.#abort.signal.aborted) {
        this.#linkIs("ended");
        await this.refresh();
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) {
        this.error = api.told(error);
        this.#linkIs("failed");
      }
    }
  }

  #linkIs(link, seconds = 0) {
    if (link === "live" && this.link === "lost") {
      this.reconnected++;
    }
    this.link = link;
    this.retryIn = seconds;
    this.#changed();
  }

  #see(events) {
    for (const event of events) {
      const node = this.nodes.get(event.node);
      if (node) {
        this.#event(event, node);
      }
    }
    if (events.length) {
      this.#changed();
    }
  }

  #event(event, node) {
    switch (event.event) {
      case "started":
        this.command = event.command;
        this.#moves(node, "running");
        break;
      case "output":
        this.#moves(node, "running");
        if (!this.lines || node.id === this.#watched) {
          this.#output(node, this.#textOf(node).of(event));
        }
        break;
      case "gap":
        if (this.lines && node.id === this.#watched) {
          this.lines.note(`… ${event.bytes.toLocaleString("en")} bytes of output are missing here`);
        }
        node.gaps = (node.gaps ?? 0) + 1;
        break;
      case "finished":
        node.exitCode = event.status;
        node.signal = event.killed ? String(event.signal ?? "unknown") : undefined;
        this.#ends(node, event.status || event.killed ? "agentError" : "succeeded");
        break;
      case "failed":
        node.failure = { kind: event.kind, hop: event.hop, reason: event.reason, advice: this.#advice[event.kind] };
        this.#ends(node, { STOPPED: "stopped", UNCONFIRMED: "unconfirmed" }[event.kind] ?? "failed");
        break;
    }
  }

  /** What is known from elsewhere may be ahead of the events. */
  #moves(node, state) {
    if (!isEnded(node.state)) {
      node.state = state;
    }
  }

  #ends(node, state) {
    node.state = state in STATES ? state : "failed";
    const print = this.#prints.get(node.id);
    node.printed = print?.end() ?? "";
    node.lastLine = print?.lastLine ?? "";
    node.lineCount = print?.lines ?? 0;
    this.#prints.delete(node.id);
    this.#texts.delete(node.id);
  }

  #textOf(node) {
    if (!this.#texts.has(node.id)) {
      this.#texts.set(node.id, new OutputText());
    }
    return this.#texts.get(node.id);
  }

  #output(node, text) {
    if (this.lines) {
      this.lines.append(text);
      return;
    }
    if (!this.#prints.has(node.id)) {
      this.#prints.set(node.id, new Fingerprint(node));
    }
    this.#prints.get(node.id).append(text);
  }
}
