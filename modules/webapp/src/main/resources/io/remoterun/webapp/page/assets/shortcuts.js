// Keys that do what a button or a link does. They can be switched off, for who dictates.
const PLACES = { n: "#/", r: "#/runs", a: "#/audit" };

/** @param follow what the key f does in the view that is shown */
export function prepareShortcuts(follow) {
  const dialog = document.getElementById("help");
  const box = dialog.querySelector("input");
  box.checked = localStorage.getItem("shortcuts") !== "off";
  box.addEventListener("change", () => localStorage.setItem("shortcuts", box.checked ? "on" : "off"));
  document.getElementById("shortcuts").addEventListener("click", () => dialog.showModal());

  let waitsForPlace = false;
  document.addEventListener("keydown", (event) => {
    const isTyped = event.target.closest("input:not([type=checkbox]), select, textarea, dialog");
    if (!box.checked || isTyped || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const place = waitsForPlace && PLACES[event.key];
    waitsForPlace = event.key === "g" && !waitsForPlace;
    if (place) {
      location.hash = place;
    } else if (event.key === "/") {
      event.preventDefault();
      document.querySelector("main [data-search]")?.focus();
    } else if (event.key === "?") {
      dialog.showModal();
    } else if (event.key === "f") {
      follow();
    }
  });
}
