// Elements. Texts only ever become text nodes: nothing here makes HTML of a string.

/** An element with attributes, and children that are elements or texts; null is no child. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) {
      made.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(name, value);
    }
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** A copy of a template's first element, and its slots by their names. */
export function template(id) {
  const root = document.getElementById(id).content.firstElementChild.cloneNode(true);
  const slots = {};
  for (const slot of root.querySelectorAll("[data-slot]")) {
    slots[slot.dataset.slot] = slot;
  }
  return { root, slots };
}

/** Changes a text only where it differs, so that screen readers do not say it again. */
export function say(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

/** Once for all calls until then: at the next frame, or where a hidden page has none, soon. */
export function atNextFrame(work) {
  let waits = false;
  return () => {
    if (!waits) {
      waits = true;
      const run = () => {
        waits = false;
        work();
      };
      document.hidden ? setTimeout(run, 200) : requestAnimationFrame(run);
    }
  };
}

/** Asks before something large; answers whether it was confirmed. */
export function confirmed(title, text, yes) {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("p").textContent = text;
  dialog.querySelector("[value=yes]").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }),
  );
}

/** Who presses twice has pressed once: the buttons cannot be pressed until it is done. */
export async function whileDisabled(buttons, work) {
  const pressed = document.activeElement;
  const enabled = buttons.filter((button) => !button.disabled);
  enabled.forEach((button) => (button.disabled = true));
  try {
    await work();
  } finally {
    enabled.forEach((button) => (button.disabled = false));
    // What is disabled loses the focus.
    if (document.activeElement === document.body && pressed?.isConnected) {
      pressed.focus({ preventScroll: true });
    }
  }
}
