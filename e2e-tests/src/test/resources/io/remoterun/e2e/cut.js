/** What cannot be read: texts in tables that are cut, or stand in a column of a few letters; and a page wider than the window. */
function unreadable() {
  const found = [...document.querySelectorAll(".list tbody :is(th, td), .alike .sample")].filter((cell) => {
    const { width, height } = cell.getBoundingClientRect();
    const em = parseFloat(getComputedStyle(cell).fontSize);
    const isCut = [cell, ...cell.querySelectorAll("a")].some((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth);
    return width && cell.textContent && (isCut || (width < 5 * em && height > 3 * em));
  });
  const texts = found.map((cell) => cell.textContent.trim());
  return document.documentElement.scrollWidth > innerWidth ? [...texts, "the whole page"] : texts;
}
