// The fields beside a trigger button: conditions, how many at once, when to stop; and what is sent of them.
import * as api from "./api.js";

const CONDITION = /^[a-zA-Z0-9][a-zA-Z0-9_]{0,1023}$/;

export class Order {
  #slots;

  /**
   * @param slots conditions, problem, and where there may be many nodes concurrency and stopAfter
   */
  constructor(slots, may) {
    this.#slots = slots;
    slots.conditionsBox.hidden = !may("run:trigger-conditions");
    slots.conditions.addEventListener("input", () => slots.conditions.setCustomValidity(""));
  }

  /** @param extra conditions beside those that are typed */
  async start(targets, go, extra = []) {
    const { conditions, concurrency, stopAfter, problem } = this.#slots;
    problem.hidden = true;
    const given = conditions.value.split(/[\s,]+/).filter(Boolean);
    const wrong = given.find((condition) => !CONDITION.test(condition));
    if (wrong) {
      conditions.setCustomValidity(`“${wrong}” is no condition: letters, digits and _, the first no _.`);
      conditions.reportValidity();
      return;
    }
    const order = { targets, conditions: [...new Set([...extra, ...given])] };
    if (concurrency?.value) {
      order.concurrency = Number(concurrency.value);
    }
    if (stopAfter?.value) {
      order.stopAfter = stopAfter.value;
    }
    try {
      go(`#/runs/${(await api.start(order)).id}`);
    } catch (error) {
      showProblem(problem, api.told(error));
    }
  }
}

/** Fills a box with where, what and what to do. */
export function showProblem(box, { where, reason, advice }) {
  box.querySelector("[data-part=where]").textContent = where;
  box.querySelector("[data-part=reason]").textContent = reason;
  box.querySelector("[data-part=advice]").textContent = advice ?? "";
  box.hidden = false;
}
