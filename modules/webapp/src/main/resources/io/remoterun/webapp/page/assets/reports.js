// Rudder's reports, as agents print them:
// R: @@TECHNIQUE@@STATE@@RULE@@DIRECTIVE@@GENERATION@@COMPONENT@@KEY@@TIMESTAMP##NODE@#MESSAGE

/** The kind of each state, and the command line's word for it; a result's kind is its colour. In the order in which they are told. */
const STATES = {
  result_success: ["success", "compliant"],
  result_repaired: ["repaired", "repaired"],
  result_na: ["na", "n/a"],
  result_error: ["error", "error"],
  audit_compliant: ["success", "audited compliant"],
  audit_na: ["na", "audited n/a"],
  audit_noncompliant: ["noncompliant", "audited non-compliant"],
  audit_error: ["error", "audited error"],
  log_warn: ["noncompliant", "warning"],
  log_info: ["info", "info"],
  log_debug: ["info", "info"],
  log_trace: ["info", "info"],
  log_repaired: ["repaired", "info"],
  control: ["control"],
};

/** States that are the result of something that was checked, which logs and frames are not. */
const COUNTED = /^(result|audit)_/;

/** The kind of each word for a result. */
export const RESULTS = Object.fromEntries(
  Object.entries(STATES)
    .filter(([state]) => COUNTED.test(state))
    .map(([, [kind, word]]) => [word, kind]),
);

/**
 * The line in pieces, which joined are the line, its kind, and if it is a result the word for it. Each piece has a
 * name: "dim" is what only machines need, "none" a key that is not there; and a state its word.
 */
export function parseLine(line) {
  return parseReport(line) ?? { kind: kindOfText(line), pieces: [["text", line]] };
}

function parseReport(line) {
  const start = line.indexOf("R: @@");
  // cf-runagent and some relays put an address before it.
  if (start < 0 || start > 200) {
    return null;
  }
  const fields = [];
  let from = start + "R: @@".length;
  while (fields.length < 7) {
    const end = line.indexOf("@@", from);
    if (end < 0) {
      return null;
    }
    fields.push(line.slice(from, end));
    from = end + 2;
  }
  const node = line.indexOf("##", from);
  const message = node < 0 ? -1 : line.indexOf("@#", node);
  if (message < 0) {
    return null;
  }
  const [technique, state, rule, directive, generation, component, key] = fields;
  const [kind, word] = Object.hasOwn(STATES, state) ? STATES[state] : ["info"];
  return {
    kind,
    result: COUNTED.test(state) ? word : undefined,
    pieces: [
      ["dim", line.slice(0, start + "R: @@".length)],
      ["technique", technique],
      ["dim", "@@"],
      ["state", state, word],
      ["dim", `@@${rule}@@${directive}@@${generation}@@`],
      ["component", component],
      ["dim", "@@"],
      [key === "None" ? "none" : "key", key],
      ["dim", "@@" + line.slice(from, message + 2)],
      ["message", line.slice(message + 2)],
    ],
  };
}

function kindOfText(line) {
  const word = /(?:^|\s)(error|warning):/.exec(line.slice(0, 200));
  return word ? { error: "error", warning: "noncompliant" }[word[1]] : "text";
}
