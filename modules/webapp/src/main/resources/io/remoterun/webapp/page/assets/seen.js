// How many bytes of each node's output were seen. Who reads on after a lost connection is told of what is missing as a
// whole, also of what he had seen before: here it is taken off again, as protocol.log.Seen does it in Java.
const encoder = new TextEncoder();

export class Seen {
  #bytes = new Map();

  /** What is new in the event; null if nothing is. */
  unseen(event) {
    const seen = this.#bytes.get(event.node) ?? 0;
    switch (event.event) {
      case "output":
        this.#bytes.set(event.node, seen + sizeOf(event));
        return event;
      case "gap": {
        const end = event.from + event.bytes;
        this.#bytes.set(event.node, Math.max(seen, end));
        return end > seen ? { ...event, from: seen, bytes: end - seen } : null;
      }
      default:
        return event;
    }
  }
}

function sizeOf(event) {
  return event.text === undefined ? atob(event.base64).length : encoder.encode(event.text).length;
}
