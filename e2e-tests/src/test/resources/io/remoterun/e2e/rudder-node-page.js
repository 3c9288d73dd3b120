// What Rudder's page of a node does when somebody presses "Trigger agent": rudder-contract, "The UI button".
const contextPath = "/rudder";
const node = "n1";
const report = document.getElementById("report");
const debug = document.getElementById("visibleDebug");
const compliance = document.getElementById("compliance");

const escapeHTML = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function ajax(method, url, body, whenDone) {
  const request = new XMLHttpRequest();
  request.open(method, contextPath + url);
  request.setRequestHeader("Content-Type", "application/json; charset=utf-8");
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  request.onload = () => whenDone(request);
  request.send(body);
}

function callRemoteRun(body) {
  ajax("POST", `/secure/api/nodes/${node}/applyPolicy`, body, ({ status, statusText, responseText }) => {
    report.innerHTML = `<pre>${escapeHTML(responseText)}</pre>`;
    if (status >= 200 && status < 300) {
      debug.textContent = "success";
      const since = performance.now();
      setTimeout(() => refreshCompliance(since), 5000);
    } else {
      debug.textContent = `${status} - ${statusText}`;
    }
  });
}

function refreshCompliance(since) {
  ajax("GET", `/secure/api/compliance/nodes/${node}`, null, ({ responseText }) => {
    compliance.dataset.after = Math.round(performance.now() - since);
    compliance.textContent = `${JSON.parse(responseText).data.nodes[0].compliance} %`;
  });
}

document.getElementById("triggerBtn").addEventListener("click", () => callRemoteRun(""));
document
  .getElementById("inventoryBtn")
  .addEventListener("click", () => callRemoteRun(JSON.stringify({ classes: ["force_inventory"] })));
