// How far a run is, as a bar: each state has its length, its colour and, where colours are not seen, its pattern.
import { element } from "./dom.js";
import { ORDER, STATES, number } from "./words.js";

/** @param counts by the API's names */
export function progress(counts) {
  const bar = element("span", { class: "progress", role: "img" });
  showProgress(bar, Object.fromEntries(ORDER.map((state) => [state, counts[STATES[state].count]])));
  return bar;
}

/** @param counts by states */
export function showProgress(bar, counts) {
  const total = ORDER.reduce((sum, state) => sum + counts[state], 0) || 1;
  const open = counts.running + counts.waiting;
  for (const state of [...ORDER].reverse().sort((a, b) => (a === "waiting") - (b === "waiting"))) {
    let part = bar.querySelector("." + state);
    if (!part) {
      part = element("span", { class: state });
      bar.append(part);
    }
    part.style.flexGrow = counts[state];
    part.hidden = !counts[state];
  }
  const words = ORDER.filter((state) => counts[state]).map((state) => `${number(counts[state])} ${STATES[state].word}`);
  bar.setAttribute("aria-label", words.join(", "));
  bar.title = words.join(", ");
  if (bar.getAttribute("role") === "progressbar") {
    bar.setAttribute("aria-valuemax", total);
    bar.setAttribute("aria-valuenow", total - open);
    bar.setAttribute("aria-valuetext", `${number(total - open)} of ${number(total)} ended`);
  }
}
