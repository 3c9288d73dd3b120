// How well text stands out from what is behind it, as WCAG 2 measures it.
const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

/** Any colour of CSS as [red, green, blue, alpha]. */
function parts(colour) {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
}

const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));

function behind(element) {
  if (!element) {
    return [255, 255, 255];
  }
  const own = parts(getComputedStyle(element).backgroundColor);
  return own[3] === 1 ? own.slice(0, 3) : over(own, behind(element.parentElement));
}

function luminance(colour) {
  const [r, g, b] = colour.map((value) => value / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(element) {
  const back = behind(element);
  const text = over(parts(getComputedStyle(element).color), back);
  const [a, b] = [luminance(back), luminance(text)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}

/** What has text of its own, is in sight and not disabled, and is too faint: its words and contrast. */
function tooFaint(least) {
  return [...document.body.querySelectorAll("*")]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((element) => element.checkVisibility() && !element.closest(":disabled, .unseen, .skip, [aria-hidden]"))
    .map((element) => [element, contrast(element)])
    .filter(([, found]) => found < least)
    .map(([element, found]) => `${element.tagName}.${element.className} "${element.textContent.trim()}" ${found.toFixed(2)}`);
}
