// What was done and tried, for administrators.
import * as api from "./api.js";
import { element, say, template } from "./dom.js";
import { showProblem } from "./order.js";
import { pages } from "./runs-view.js";
import { number, time } from "./words.js";

const FIELDS = ["who", "action", "decision", "run"];

export async function auditView({ query, go }) {
  const { root, slots } = template("audit-view");
  const values = Object.fromEntries(FIELDS.map((name) => [name, query.get(name) ?? ""]));
  const page = Math.max(1, Number(query.get("page")) || 1);
  const answer = await api.audit({ ...values, page, perPage: 50 });
  for (const name of FIELDS) {
    slots.form.elements[name].value = values[name];
  }
  const filter = () => {
    const given = FIELDS.map((name) => [name, slots.form.elements[name].value.trim()]).filter(([, value]) => value);
    go(`#/audit?${new URLSearchParams(given)}`);
  };
  slots.form.addEventListener("change", filter);
  slots.form.addEventListener("submit", (event) => {
    event.preventDefault();
    filter();
  });
  slots.table.tBodies[0].replaceChildren(...answer.entries.map(row));
  slots.table.hidden = !answer.entries.length;
  slots.nothing.hidden = answer.entries.length > 0;
  say(slots.count, `${number(answer.total)} ${answer.total === 1 ? "entry" : "entries"}`);
  slots.export.href = api.auditExport;
  slots.verify.addEventListener("click", () => verify(slots));
  pages(slots.pages, { page: answer.page ?? page, perPage: answer.perPage ?? 50, total: answer.total }, query, "#/audit");
  return { root, title: "Audit" };
}

function row(entry) {
  const isRefused = entry.decision === "refused";
  return element(
    "tr",
    {},
    element("td", { class: "number" }, number(entry.sequence)),
    element("td", {}, time(entry.when)),
    element("th", { scope: "row" }, entry.who, element("small", {}, " " + entry.from)),
    element("td", {}, entry.action.replace("_", " ")),
    element("td", {}, element("span", { class: "badge " + (isRefused ? "failed" : "succeeded") }, isRefused ? "✗ refused" : "✓ allowed")),
    element("td", { class: "details" }, details(entry)),
  );
}

/** In short; what is stored, word for word, is one press away. */
function details({ run, details: stored }) {
  const short = shortly(stored);
  return [
    run ? element("a", { href: `#/runs/${run}` }, "run") : null,
    run && short ? " " + short : short,
    short === stored ? null : element("details", {}, element("summary", {}, "As it is stored"), element("small", {}, stored)),
  ];
}

// A name or a query may hold anything, also these words: the last ones are those that count.
const NODES = /^(.*)[;,] (\d+ nodes?) with SHA-256 [0-9a-f]{64}:(?: \S+)*$/s;
const ORDER = /^(.*) with conditions \[(.*?)\], deadline PT(\S+?)(?:, concurrency (\d+))?, stop after (\S+?)(, once more after run \S+)?$/s;
const UNITS = { H: "\u00a0h", M: "\u00a0min", S: "\u00a0s" };

function shortly(stored) {
  const [, before, nodes] = NODES.exec(stored) ?? [];
  if (!nodes) {
    return stored;
  }
  const [, targets, conditions, deadline, concurrency, stopAfter, retry] = ORDER.exec(before) ?? [, before];
  const which = targets === nodes || targets.startsWith("node ") ? targets : `${targets}: ${nodes}`;
  return deadline === undefined
    ? which
    : [
        which,
        conditions ? `conditions ${conditions}` : "no conditions",
        `deadline ${deadline.replace(/[HMS](?=(.?))/g, (unit, more) => UNITS[unit] + (more && " "))}`,
        concurrency && `${concurrency} at once`,
        stopAfter !== "never" && `stop after ${stopAfter}`,
      ]
        .filter(Boolean)
        .join(", ") + (retry ?? "");
}

async function verify(slots) {
  slots.verdict.hidden = slots.problem.hidden = true;
  slots.verify.disabled = true;
  try {
    const { intact, entries, broken } = await api.verifyAudit();
    slots.verdict.textContent = intact
      ? `✓ Intact: all ${number(entries)} entries are as they were written.`
      : `✗ Not intact: entry ${broken?.sequence}: ${broken?.reason}.`;
    slots.verdict.classList.toggle("bad", !intact);
    slots.verdict.hidden = false;
  } catch (error) {
    showProblem(slots.problem, api.told(error));
  }
  slots.verify.disabled = false;
}
