// The browsable API. What is tried out there goes by the session of whoever looks at it.
import { csrfToken } from "./api.js";

/** Addresses in the document begin at the webapp, which may be below a path; the page's own session comes first. */
const here = (server) => ({ ...server, url: new URL("." + server.url, document.baseURI).pathname });
const withSession = (described) => ({ ...described, servers: described.servers.map(here).toReversed() });

const response = await fetch("rudder/secure/api/openapi.json");
SwaggerUIBundle({
  spec: withSession(await response.json()),
  domNode: document.getElementById("api"),
  deepLinking: false,
  requestInterceptor: (request) => {
    request.headers["X-CSRF-Token"] = csrfToken();
    return request;
  },
});
