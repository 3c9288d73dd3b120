// The webapp's HTTP API, as this page uses it. Addresses are relative: the page may be below a path.
const BASE = "rudder/secure/api/";

export function csrfToken() {
  const cookie = document.cookie
    .split("; ")
    .find((pair) => pair.startsWith("REMOTE_RUN_CSRF="));
  return cookie ? decodeURIComponent(cookie.slice(cookie.indexOf("=") + 1)) : "";
}

const ADVICE = {
  401: "Sign in again.",
  403: "Ask an administrator for the right, or load the page again if you have been away for long.",
  404: "Check the address: it may have been removed, or is not yours to see.",
  409: "Look at the run as it is now.",
  429: "Wait a minute, then try again.",
  503: "Nothing was started. Try again in a minute; the webapp's log says more.",
};

/** An answer that is no success, in words for a person. */
export class ApiError extends Error {
  constructor(response, details) {
    super(details);
    this.code = response.status;
    this.status = `${response.status} ${response.statusText}`.trim();
    this.advice = ADVICE[response.status] ?? (response.status >= 500 ? "The webapp's log says more." : "");
  }
}

/** What to tell about any error. */
export function told(error) {
  if (error instanceof ApiError) {
    return { where: error.status, reason: error.message, advice: error.advice };
  }
  const { message } = error;
  // Browsers have one kind of error, and different words, for all that can happen on the way.
  return error instanceof TypeError && /fetch|network|load failed/i.test(message)
    ? { where: "No answer from the webapp", reason: message, advice: "Check the network, and that the webapp runs; then try again." }
    : { where: "This page has a defect", reason: message, advice: "Please report it, with what the browser's console says." };
}

const get = async (path) => (await json(await request(path))).data;
const query = (values) => {
  const given = Object.entries(values).filter(([, value]) => value !== "" && value !== undefined);
  return given.length ? "?" + new URLSearchParams(given) : "";
};
const runPath = (id) => `remote-runs/${encodeURIComponent(id)}`;

/** Which share of the traces that begin with a click here is recorded, 0 to 1: the webapp's configuration says it. */
let traceSample = 0;

/** Who is signed in: {name, rights}. */
export async function account() {
  const known = await json(await checked(await fetch("account.json", { cache: "no-store" })));
  traceSample = known.traceSample;
  return known;
}

/** What a person can do about each kind of failure: {KIND: advice}. */
export const advice = async () => json(await checked(await fetch("advice.json")));

/** All nodes: [{id, hostname, policyServerId, properties}]. */
export const nodes = async () => (await get("nodes")).nodes;

/** The same, with the newest run of each: [{.., lastRun: {id, asked, state, began}}]. */
export const nodesWithLastRuns = async () => (await get("nodes?lastRuns=true")).nodes;

/** All groups: [{name, query, nodes}]. */
export const groups = async () => (await get("remote-run-groups")).groups;

export const runs = (filter) => get("remote-runs" + query(filter));
export const run = (id, which = "all") => get(`${runPath(id)}?nodes=${which}`);
export const audit = (filter) => get("remote-run-audit" + query(filter));
export const verifyAudit = () => get("remote-run-audit/verify");
export const auditExport = BASE + "remote-run-audit/export";

/** Starts a run, and answers it as it is at its begin. */
export const start = (order) => change("POST", "remote-runs", order);
export const retry = (id) => change("POST", `${runPath(id)}/retry`);

/** Asks to cancel it; its events tell what becomes of that. */
export const cancel = (id) => change("DELETE", `${runPath(id)}?wait=false`);

/** The run's events after that one, a JSON object a line, while they come. */
export const events = (id, after, signal) =>
  request(`${runPath(id)}/events`, {
    headers: { "Accept": "application/x-ndjson", "Last-Event-ID": String(after) },
    signal,
  });

export const outputPath = (id, node) => `${BASE}${runPath(id)}/nodes/${encodeURIComponent(node)}/output`;

/** Of what was asked for and has no answer yet, the keys, and when they were made. */
const keys = new Map();

/** Who asks for the same after so long means a new run. */
const KEY_IS_KEPT = 10 * 60_000;

function keyOf(intent) {
  const known = keys.get(intent);
  if (known && Date.now() - known.made < KEY_IS_KEPT) {
    return known.key;
  }
  const key = randomHex(16);
  keys.set(intent, { key, made: Date.now() });
  return key;
}

async function change(method, path, body) {
  const text = body && JSON.stringify(body);
  const headers = { "X-CSRF-Token": csrfToken() };
  if (method !== "POST") {
    return (await json(await request(path, { method, headers, body: text }))).data;
  }
  // Who presses twice, or again after the answer was lost, gets the one run.
  const intent = path + "\n" + text;
  headers["Idempotency-Key"] = keyOf(intent);
  headers["Content-Type"] = "application/json; charset=utf-8";
  headers["traceparent"] = traceParent();
  try {
    const { data } = await json(await request(path, { method, headers, body: text }));
    keys.delete(intent);
    return data;
  } catch (error) {
    if (error instanceof ApiError && error.code < 500) {
      keys.delete(intent);
    }
    throw error;
  }
}

/** W3C's header: the run is a part of the trace of this click. */
function traceParent() {
  const isRecorded = Math.random() < traceSample;
  return `00-${randomHex(16)}-${randomHex(8)}-${isRecorded ? "01" : "00"}`;
}

/** Not randomUUID(), which there is only with HTTPS. */
function randomHex(bytes) {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((b) => b.toString(16).padStart(2, "0")).join("");
}

const request = async (path, options = {}) =>
  checked(await fetch(BASE + path, { cache: "no-store", ...options }));

const json = (response) => response.json();

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
