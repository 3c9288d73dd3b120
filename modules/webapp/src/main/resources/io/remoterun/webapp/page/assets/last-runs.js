// What the last run of each node came to. The API tells it by run, so the newest runs are asked, one after the
// other, until every node is known; a node that is in none of them has an empty place.
import * as api from "./api.js";

const MOST_RUNS = 20;

/**
 * @param last by the node's id {id, state, began, targets}: filled here
 * @param show is called when there is more
 */
export async function lastRuns(nodes, last, show) {
  const { runs } = await api.runs({ perPage: MOST_RUNS });
  for (const summary of runs) {
    const run = await api.run(summary.id);
    for (const node of run.nodes) {
      if (!last.has(node.id)) {
        last.set(node.id, { id: run.id, state: node.state, began: node.began ?? run.began, targets: run.counts.targets });
      }
    }
    show();
    if (nodes.every((node) => last.has(node.id))) {
      return;
    }
  }
}
