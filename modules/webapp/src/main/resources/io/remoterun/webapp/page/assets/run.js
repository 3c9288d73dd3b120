// One run of one node's agent, and the panel that shows it. The panel outlives the view that shows it:
// who goes back to the list and returns finds the run as it is by then.
import * as api from "./api.js";
import { OutputText, readEvents } from "./events.js";
import { OutputPane } from "./output.js";

const KINDS = {
  success: "success",
  repaired: "repaired",
  noncompliant: "non-compliant",
  error: "error",
  na: "not applicable",
};

export class Run extends EventTarget {
  #node;
  #conditions;
  #advice;
  #slots = {};
  #output;
  #text = new OutputText();
  #counts = new Map();
  #started = performance.now();
  #timer;

  /** The panel. */
  element;
  isRunning = true;

  constructor(node, conditions, advice) {
    super();
    this.#node = node;
    this.#conditions = conditions;
    this.#advice = advice;
    this.element = document.getElementById("run-panel").content.firstElementChild.cloneNode(true);
    for (const slot of this.element.querySelectorAll("[data-slot]")) {
      this.#slots[slot.dataset.slot] = slot;
    }
    this.#output = new OutputPane(this.#slots.output, this.#slots.toEnd, (kind) => this.#count(kind));
    this.#slots.what.textContent = conditions.length
      ? `Agent run with ${conditions.join(", ")}`
      : "Agent run";
    this.#prepareCompact();
  }

  shown() {
    this.#output.shown();
  }

  async start() {
    this.#state("starting", "Waiting for the node");
    this.#tick();
    this.#timer = setInterval(() => this.#tick(), 100);
    try {
      const response = await api.trigger(this.#node.id, this.#conditions);
      this.#slots.runId.textContent = response.headers.get("X-Run-Id") ?? "";
      await readEvents(response.body, (event) => this.#see(event));
      if (this.isRunning) {
        this.#lost();
      }
    } catch (error) {
      error instanceof api.ApiError ? this.#refused(error) : this.#lost(error);
    }
  }

  #see(event) {
    switch (event.event) {
      case "started":
        this.#slots.command.textContent = event.command;
        this.#state("running", "Running");
        break;
      case "output":
        if (this.isRunning) {
          this.#state("running", "Running");
        }
        this.#output.append(this.#text.of(event));
        break;
      case "gap":
        this.#output.note(`… ${event.bytes.toLocaleString("en")} bytes of output are missing here`);
        break;
      case "finished":
        this.#finished(event);
        break;
      case "failed":
        this.#failed(event.hop, event.reason, this.#advice[event.kind]);
        break;
    }
  }

  #finished({ status, killed, signal }) {
    if (signal) {
      this.#end("bad", `Killed by signal ${signal}`);
    } else if (killed) {
      this.#end("bad", "Ended without an exit status: killed, it seems");
    } else if (status === undefined) {
      this.#end("unknown", "Finished, exit status not reported");
    } else {
      this.#end(status === 0 ? "good" : "bad", `Finished with exit status ${status}`);
    }
  }

  #failed(hop, reason, advice) {
    this.#end("bad", "Failed");
    this.#problem(hop, reason, advice);
  }

  #refused(error) {
    this.#slots.runId.textContent = error.runId ?? "";
    this.#end("bad", "Failed");
    this.#problem(error.status, error.message);
  }

  #lost(error) {
    if (error) {
      console.error(error);
    }
    this.#end("bad", "Connection lost");
    this.#problem("webapp", "the connection was lost before the end of the run", "the agent may go on");
  }

  #problem(where, what, advice) {
    this.#slots.where.textContent = where;
    this.#slots.reason.textContent = what;
    this.#slots.advice.textContent = advice ? sentence(advice) : "";
    this.#slots.problem.hidden = false;
  }

  #end(state, text) {
    if (this.isRunning) {
      this.isRunning = false;
      clearInterval(this.#timer);
      this.#tick();
      this.#state(state, text);
      this.dispatchEvent(new Event("end"));
    }
  }

  #state(state, text) {
    this.element.dataset.state = state;
    if (this.#slots.state.textContent !== text) {
      this.#slots.state.textContent = text;
    }
  }

  #tick() {
    const seconds = (performance.now() - this.#started) / 1000;
    this.#slots.elapsed.textContent =
      seconds < 60
        ? `${seconds.toFixed(1)} s`
        : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  }

  #count(kind) {
    if (!this.#counts.has(kind)) {
      const number = document.createElement("b");
      const item = document.createElement("li");
      item.className = kind;
      item.append(number, " " + KINDS[kind]);
      this.#slots.counts.append(item);
      this.#counts.set(kind, { number, value: 0 });
    }
    const count = this.#counts.get(kind);
    count.number.textContent = ++count.value;
  }

  #prepareCompact() {
    const box = this.#slots.compact;
    box.checked = localStorage.getItem("compact") === "true";
    this.element.classList.toggle("compact", box.checked);
    box.addEventListener("change", () => {
      localStorage.setItem("compact", box.checked);
      this.element.classList.toggle("compact", box.checked);
    });
  }
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1) + ".";
}
