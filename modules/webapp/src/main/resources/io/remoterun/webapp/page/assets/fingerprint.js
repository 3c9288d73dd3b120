// Tells whether nodes have printed the same. What differs from node to node and from run to run without
// meaning anything is left out: times, durations, the node's own id and host name, colours.
import { withoutColours } from "./ansi.js";
import { parseLine } from "./reports.js";

const REPORT_STAMP = /@@[^@]*##[^@]*@#/g;
const TIMES = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|[+-]\d\d:?\d\d))?|\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b/g;
const DURATIONS = /\b\d+(?:[.,]\d+)? ?(?:ms|s|secs?|seconds?|min|minutes?)\b/g;

/** A line as it is compared. */
export function comparable(line, node) {
  let text = withoutColours(line).replace(REPORT_STAMP, "@@@#").replace(TIMES, "<time>").replace(DURATIONS, "<duration>");
  // A host name may contain the id; and a short name, such as root, is a word as well.
  for (const name of [node.hostname, node.id]) {
    if (name && (name.length >= 8 || name.includes("."))) {
      text = text.replaceAll(name, "<node>");
    }
  }
  return text.trimEnd();
}

/** A hash of 64 bits of all lines, in the order in which they were printed. */
export class Fingerprint {
  #node;
  #open = "";
  #a = 0xdeadbeef;
  #b = 0x41c6ce57;

  /** The last line that tells anything, and rather an error or a warning than another one; shortened. */
  lastLine = "";
  #isError = false;

  lines = 0;

  constructor(node) {
    this.#node = node;
  }

  append(text) {
    const lines = (this.#open + text).split("\n");
    this.#open = lines.pop();
    lines.forEach((line) => this.#line(line));
  }

  end() {
    if (this.#open) {
      this.#line(this.#open);
      this.#open = "";
    }
    return (this.#a >>> 0).toString(16).padStart(8, "0") + (this.#b >>> 0).toString(16).padStart(8, "0");
  }

  #keep(line) {
    const { kind, pieces } = parseLine(line);
    const isError = kind === "error" || kind === "noncompliant";
    if (kind !== "control" && (isError || !this.#isError)) {
      const part = (name) => pieces.find(([piece]) => piece === name)?.[1];
      this.lastLine = part("message") ? `${part("component")}: ${part("message")}` : line.slice(0, 300).trim();
      this.#isError = isError;
    }
  }

  #line(line) {
    const text = comparable(line, this.#node);
    this.lines++;
    if (text) {
      this.#keep(withoutColours(line).slice(0, 2000));
    }
    for (let i = 0; i <= text.length; i++) {
      const code = i < text.length ? text.charCodeAt(i) : 10;
      this.#a = Math.imul(this.#a ^ code, 2654435761);
      this.#b = Math.imul(this.#b ^ code, 1597334677);
      this.#a = (this.#a << 13) | (this.#a >>> 19);
      this.#b = (this.#b << 17) | (this.#b >>> 15);
    }
  }
}

/**
 * Nodes that have ended, in groups of those that ended the same way and printed the same, the largest first:
 * [{nodes, state, sample}].
 */
export function alike(nodes) {
  const groups = new Map();
  for (const node of nodes) {
    const end = [node.state, node.exitCode, node.signal, node.failure?.kind, comparable(node.failure?.reason ?? "", node)];
    const key = [...end, node.printed, node.gaps].join("\n");
    const group = groups.get(key) ?? { key, nodes: [], state: node.state, sample: node };
    group.nodes.push(node);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.nodes.length - a.nodes.length);
}
