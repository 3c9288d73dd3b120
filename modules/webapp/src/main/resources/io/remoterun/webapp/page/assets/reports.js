// Rudder's reports, as agents print them:
// R: @@TECHNIQUE@@STATE@@RULE@@DIRECTIVE@@GENERATION@@COMPONENT@@KEY@@TIMESTAMP##NODE@#MESSAGE

/** The kind of each state; other states are "info". */
const KINDS = {
  result_success: "success",
  audit_compliant: "success",
  result_repaired: "repaired",
  log_repaired: "repaired",
  audit_noncompliant: "noncompliant",
  log_warn: "noncompliant",
  result_error: "error",
  audit_error: "error",
  result_na: "na",
  audit_na: "na",
  control: "control",
};

/** States that are the result of something that was checked, which logs and frames are not. */
const COUNTED = /^(result|audit)_/;

/**
 * The line in pieces, which joined are the line, and its kind. `counts` says whether it is a result.
 * Each piece has a name: "dim" is what only machines need, "none" a key that is not there.
 */
export function parseLine(line) {
  return parseReport(line) ?? { kind: kindOfText(line), counts: false, pieces: [["text", line]] };
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
  return {
    kind: KINDS[state] ?? "info",
    counts: COUNTED.test(state),
    pieces: [
      ["dim", line.slice(0, start + "R: @@".length)],
      ["technique", technique],
      ["dim", "@@"],
      ["state", state],
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
