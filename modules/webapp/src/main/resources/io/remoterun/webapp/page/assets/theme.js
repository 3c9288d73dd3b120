// Dark, light, or as the system has it. Not a module: it has to be there before the page is painted.
(() => {
  const root = document.documentElement;
  const themes = ["auto", "light", "dark"];

  function show(theme) {
    root.dataset.theme = themes.includes(theme) ? theme : "auto";
    const button = document.getElementById("theme");
    if (button) {
      button.textContent = { auto: "◐", light: "☀", dark: "☾" }[root.dataset.theme];
      button.setAttribute("aria-label", `Theme: ${root.dataset.theme}`);
      button.title = `Theme: ${root.dataset.theme}`;
    }
  }

  show(localStorage.getItem("theme"));
  document.addEventListener("DOMContentLoaded", () => {
    show(root.dataset.theme);
    document.getElementById("theme")?.addEventListener("click", () => {
      const next = themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length];
      localStorage.setItem("theme", next);
      show(next);
    });
  });
  // Another window has switched.
  window.addEventListener("storage", (event) => event.key === "theme" && show(event.newValue));
})();
