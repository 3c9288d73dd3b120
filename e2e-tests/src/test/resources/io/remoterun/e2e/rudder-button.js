// What Rudder's page of a node does when somebody presses "Trigger agent": rudder-contract, "The UI button".
const contextPath = "/rudder";
const node = "n1";

document.body.innerHTML =
  '<button id="triggerBtn">Trigger agent</button> <button id="inventoryBtn">Trigger agent inventory</button>' +
  '<p id="visibleDebug">-</p><div id="report"><pre>-</pre></div>';
const pre = document.querySelector("#report pre");
const debug = document.getElementById("visibleDebug");

function callRemoteRun(body) {
  const request = new XMLHttpRequest();
  request.open("POST", `${contextPath}/secure/api/nodes/${node}/applyPolicy`);
  request.setRequestHeader("Content-Type", "application/json; charset=utf-8");
  request.onload = () => {
    const isSuccess = request.status >= 200 && request.status < 300;
    debug.textContent = isSuccess ? "success" : `${request.status} - ${request.statusText}`;
    pre.textContent = request.responseText;
  };
  request.send(body);
}

document.getElementById("triggerBtn").addEventListener("click", () => callRemoteRun(""));
document
  .getElementById("inventoryBtn")
  .addEventListener("click", () => callRemoteRun(JSON.stringify({ classes: ["force_inventory"] })));
