// Colours that agents print for terminals (ECMA-48), as names of classes. Libraries for this make HTML of
// strings, with styles that our Content-Security-Policy forbids; this makes neither.

/** A control sequence, a command such as a window's title, or another one; what does not end is no match. */
// eslint-disable-next-line no-control-regex
const SEQUENCE = /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-Z\\^-~]/g;

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const STYLES = { 1: "bold", 2: "faint", 3: "italic", 4: "underline", 7: "inverse", 9: "struck" };
const STYLE_ENDS = { 21: ["bold"], 22: ["bold", "faint"], 23: ["italic"], 24: ["underline"], 27: ["inverse"], 29: ["struck"] };

export const withoutColours = (text) => (text.includes("\x1b") ? text.replace(SEQUENCE, "") : text);

/** The line in pieces [classes, text], without what only terminals need. */
export function colouredPieces(line) {
  const pieces = [];
  const style = { fg: "", bg: "", on: new Set() };
  let from = 0;
  const add = (text) => text && pieces.push([classes(style), text]);
  for (const match of line.matchAll(SEQUENCE)) {
    add(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === "m") {
      apply(match[1].split(";").map(Number), style);
    }
  }
  add(line.slice(from));
  return pieces;
}

function classes({ fg, bg, on }) {
  return [fg && `fg-${fg}`, bg && `bg-${bg}`, ...[...on].map((name) => `is-${name}`)].filter(Boolean).join(" ");
}

function apply(codes, style) {
  while (codes.length) {
    const code = codes.shift();
    if (!code) {
      style.fg = style.bg = "";
      style.on.clear();
    } else if (STYLES[code]) {
      style.on.add(STYLES[code]);
    } else if (STYLE_ENDS[code]) {
      STYLE_ENDS[code].forEach((name) => style.on.delete(name));
    } else if (code === 38 || code === 48) {
      style[code === 38 ? "fg" : "bg"] = extended(codes);
    } else if (code === 39 || code === 49) {
      style[code === 39 ? "fg" : "bg"] = "";
    } else {
      const isBack = (code >= 40 && code < 48) || code >= 100;
      const isBright = code >= 90;
      const colour = COLOURS[code - (isBright ? 90 : 30) - (isBack ? 10 : 0)];
      if (colour) {
        style[isBack ? "bg" : "fg"] = (isBright ? "bright-" : "") + colour;
      }
    }
  }
}

/** Of 256 or 16 million colours the nearest of the eight: those are readable in both themes. */
function extended(codes) {
  const kind = codes.shift();
  if (kind === 2) {
    return nearest(codes.splice(0, 3).map((part) => part || 0));
  }
  const index = kind === 5 ? codes.shift() ?? -1 : -1;
  if (index < 0 || index > 255) {
    return "";
  }
  if (index < 16) {
    return (index > 7 ? "bright-" : "") + COLOURS[index % 8];
  }
  if (index > 231) {
    return index < 244 ? "black" : "white";
  }
  const cube = index - 16;
  return nearest([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => level * 51));
}

const nearest = ([r, g, b]) => COLOURS[(r > 127 ? 1 : 0) + (g > 127 ? 2 : 0) + (b > 127 ? 4 : 0)];
