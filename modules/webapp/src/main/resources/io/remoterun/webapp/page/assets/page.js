// What is shown is in the fragment of the address, which no server sees: #/runs/ID is one run.
import * as api from "./api.js";
import { auditView } from "./audit-view.js";
import { element, template } from "./dom.js";
import { nodeView } from "./node-view.js";
import { nodesView } from "./nodes-view.js";
import { prepareShortcuts } from "./shortcuts.js";
import { runView } from "./run-view.js";
import { runsView } from "./runs-view.js";

const ROUTES = [
  [/^#?\/?$/, nodesView, "nodes"],
  [/^#\/nodes\/([^/]+)$/, nodeView, "nodes"],
  [/^#\/runs$/, runsView, "runs"],
  [/^#\/runs\/([^/]+)$/, runView, "runs"],
  [/^#\/runs\/([^/]+)\/nodes\/([^/]+)$/, runView, "runs"],
  [/^#\/audit$/, auditView, "audit"],
];

const main = document.getElementById("main");
let account = null;
let shown = {};
let turn = 0;

const may = (right) => account.rights.includes(right) || account.rights.includes("admin");

const go = (address) => {
  location.hash = address;
};

async function route() {
  const mine = ++turn;
  const [path, query] = location.hash.split("?");
  const [pattern, view, place] = ROUTES.find(([candidate]) => candidate.test(path)) ?? [];
  let next;
  try {
    account ??= await signedIn();
    if (!view) {
      throw Object.assign(new Error("There is no such page here."), { where: "Not found" });
    }
    const parts = pattern.exec(path).slice(1).map(decodeURIComponent);
    next = await view({ parts, query: new URLSearchParams(query), may, go });
  } catch (error) {
    next = errorView(error, place);
  }
  // Somebody has gone on meanwhile.
  if (mine !== turn) {
    next.close?.();
    return;
  }
  show(next, place, mine > 1);
}

function show(next, place, isChange) {
  shown.close?.();
  shown = next;
  main.replaceChildren(next.root);
  document.title = `${next.title} · Remote Run`;
  for (const link of document.querySelectorAll("nav.main a")) {
    link.dataset.place === place ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  }
  next.shown?.();
  // Who uses a screen reader has to hear that the page has changed; the browser says the first one.
  if (isChange) {
    main.querySelector("h1")?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
}

async function signedIn() {
  const known = await api.account();
  document.getElementById("who").textContent = known.name;
  document.querySelector("[data-place=audit]").hidden = !known.rights.includes("admin");
  return known;
}

/** @param place where it is: its list is the way out */
function errorView(error, place = "nodes") {
  const { where, reason, advice } = { ...api.told(error), ...(error.where && { where: error.where, advice: "" }) };
  if (!(error instanceof api.ApiError) && !error.where) {
    console.warn(error);
  }
  const { root, slots } = template("error-view");
  slots.where.textContent = where;
  slots.reason.textContent = reason;
  slots.advice.textContent = advice;
  slots.again.addEventListener("click", route);
  // Who may not see the audit log is not shown the way there.
  const list = document.querySelector(`nav.main [data-place=${place}]:not([hidden])`) ?? document.querySelector("nav.main a");
  slots.list.href = list.hash;
  slots.list.textContent = list.textContent;
  return { root: element("div", {}, root), title: where };
}

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.querySelector("h1")?.focus();
});
document.getElementById("sign-out").addEventListener("submit", (event) => {
  event.target.elements._csrf.value = api.csrfToken();
});
prepareShortcuts(() => shown.follow?.());
window.addEventListener("hashchange", route);
route();
