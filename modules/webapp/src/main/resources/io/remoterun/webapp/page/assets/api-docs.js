// The browsable API. What is tried out there goes by the session of whoever looks at it.
const csrfToken = () =>
  document.cookie
    .split("; ")
    .find((cookie) => cookie.startsWith("REMOTE_RUN_CSRF="))
    ?.substring("REMOTE_RUN_CSRF=".length) ?? "";

const withSession = (document) => ({ ...document, servers: document.servers.toReversed() });

const response = await fetch("/rudder/secure/api/openapi.json");
SwaggerUIBundle({
  spec: withSession(await response.json()),
  domNode: document.getElementById("api"),
  deepLinking: false,
  requestInterceptor: (request) => {
    request.headers["X-CSRF-Token"] = csrfToken();
    return request;
  },
});
