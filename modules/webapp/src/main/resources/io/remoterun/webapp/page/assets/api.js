// The webapp's HTTP API, as this page uses it. Addresses are relative: the page may be below a path.

export function csrfToken() {
  const cookie = document.cookie
    .split("; ")
    .find((pair) => pair.startsWith("REMOTE_RUN_CSRF="));
  return cookie ? decodeURIComponent(cookie.slice(cookie.indexOf("=") + 1)) : "";
}

/** An answer that is no success, in words for a person. */
export class ApiError extends Error {
  constructor(response, details) {
    super(details);
    this.status = `${response.status} ${response.statusText}`.trim();
    this.runId = response.headers.get("X-Run-Id");
  }
}

/** All nodes: [{id, hostname, policyServerId}]. */
export async function nodes() {
  const response = await checked(await fetch("rudder/secure/api/nodes", { cache: "no-store" }));
  return (await response.json()).data.nodes;
}

/** What a person can do about each kind of failure: {KIND: advice}. */
export async function advice() {
  const response = await checked(await fetch("advice.json"));
  return response.json();
}

/** Starts a run; the body of the answer is its events, one JSON object a line. */
export async function trigger(nodeId, conditions) {
  return checked(
    await fetch(`rudder/secure/api/nodes/${encodeURIComponent(nodeId)}/applyPolicy`, {
      method: "POST",
      headers: {
        "Accept": "application/x-ndjson",
        "Content-Type": "application/json; charset=utf-8",
        "X-CSRF-Token": csrfToken(),
      },
      body: conditions.length ? JSON.stringify({ classes: conditions }) : "",
    }),
  );
}

async function checked(response) {
  if (response.ok) {
    return response;
  }
  if (response.status === 401) {
    // The session has ended. The fragment, which says what is shown, comes back after signing in.
    location.assign("login" + location.hash);
  }
  throw new ApiError(response, await details(response));
}

async function details(response) {
  const text = await response.text();
  try {
    return JSON.parse(text).errorDetails ?? text;
  } catch {
    return text || "The server gave no reason.";
  }
}
