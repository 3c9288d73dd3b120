// Reads the events of a run from the answer to a trigger, while they come.

/** Calls `see` with every event; ends when the answer ends. */
export async function readEvents(body, see) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let open = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    const lines = (open + decoder.decode(value, { stream: true })).split("\n");
    open = lines.pop();
    lines.filter((line) => line).forEach((line) => see(JSON.parse(line)));
  }
}

/** Turns output events into text. Characters may be cut in two between events. */
export class OutputText {
  #decoder = new TextDecoder();

  of(event) {
    if (event.text !== undefined) {
      return this.#decoder.decode() + event.text;
    }
    const bytes = Uint8Array.from(atob(event.base64), (c) => c.charCodeAt(0));
    return this.#decoder.decode(bytes, { stream: true });
  }
}
