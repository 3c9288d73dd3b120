// Fills the form: the CSRF token from its cookie, and the API token from a link such as
// /login#token=..., whose fragment no server and no log ever sees.
import { csrfToken } from "./api.js";

const form = document.getElementById("sign-in");
const field = document.getElementById("token");

const messages = {
  error: ["Wrong name, password or token.", "bad"],
  logout: ["You are signed out.", "good"],
};

function showMessage() {
  for (const [key, [text, kind]] of Object.entries(messages)) {
    if (new URLSearchParams(location.search).has(key)) {
      const message = document.getElementById("message");
      message.textContent = text;
      message.classList.add(kind);
      message.hidden = false;
    }
  }
}

function takeTokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token) {
    field.value = token;
    history.replaceState(null, "", location.pathname + location.search);
  }
  (field.value ? document.getElementById("submit") : field).focus();
}

function keepPlaceInPage() {
  // The browser carries the fragment through the redirects to this page and back.
  if (location.hash.startsWith("#/")) {
    form.action = "login" + location.hash;
  }
}

async function showOtherWays() {
  const options = await (await fetch("login/options.json")).json();
  if (options.oidc) {
    const link = document.getElementById("elsewhere");
    link.href = options.oidc;
    link.hidden = false;
  }
}

showMessage();
showOtherWays();
takeTokenFromAddress();
keepPlaceInPage();
form.addEventListener("submit", () => {
  form.elements._csrf.value = csrfToken();
});
window.addEventListener("hashchange", takeTokenFromAddress);
