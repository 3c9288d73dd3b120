// Colours that agents print for terminals (ECMA-48), as names of classes. Anser reads them; it makes no HTML here.
/* global Anser */

/** A control sequence, a command such as a window's title, or another one; what does not end is no match. */
// eslint-disable-next-line no-control-regex
const SEQUENCE = /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-Z\\^-~]/g;

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const STYLES = { bold: "bold", dim: "faint", italic: "italic", underline: "underline", strikethrough: "struck" };

export const withoutColours = (text) => (text.includes("\x1b") ? text.replace(SEQUENCE, "") : text);

/** The line in pieces [classes, text], without what only terminals need. */
export function colouredPieces(line) {
  // Of all others Anser knows little: it would take a cursor's move for the end of a colour, and lose what does not end.
  const coloured = line
    .replace(SEQUENCE, (sequence, parameters, command) => (command === "m" ? sequence : ""))
    // eslint-disable-next-line no-control-regex
    .replace(/\x1b(?!\[[0-?]*[ -/]*m)/g, "\u241b");
  return Anser.ansiToJson(coloured, { use_classes: true, remove_empty: true }).map((piece) => [classes(piece), piece.content]);
}

function classes(piece) {
  const fg = colour(piece.fg, piece.fg_truecolor);
  const bg = colour(piece.bg, piece.bg_truecolor);
  const styles = piece.decorations.map((name) => STYLES[name] && `is-${STYLES[name]}`);
  // Its own colours for what is inverted are those of one theme only.
  const colours = piece.isInverted ? ["is-inverse"] : [fg && `fg-${fg}`, bg && `bg-${bg}`];
  return [...new Set([...colours, ...styles])].filter(Boolean).join(" ");
}

/** Of 256 or 16 million colours the nearest of the eight: those are readable in both themes. */
function colour(name, truecolor) {
  if (name === "ansi-truecolor") {
    return nearest(truecolor.split(",").map(Number));
  }
  const index = Number(/^ansi-palette-(\d+)$/.exec(name)?.[1]);
  if (Number.isNaN(index)) {
    return name?.replace("ansi-", "");
  }
  if (index > 231) {
    return index < 244 ? "black" : "white";
  }
  const cube = index - 16;
  return nearest([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => level * 51));
}

const nearest = ([r, g, b]) => COLOURS[(r > 127 ? 1 : 0) + (g > 127 ? 2 : 0) + (b > 127 ? 4 : 0)];
