// Compare two values of rows or cards: as numbers if both are, else as words; missing ones come last.
function compareValues(a, b) {
  if (a === "" || b === "") return (a === "") - (b === "");
  const [x, y] = [Number(a), Number(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b) : x - y;
}

function showCount(output, shown, all) {
  output.textContent = shown === all ? "" : `${shown} of ${all} shown`;
}

for (const box of document.querySelectorAll(".sortable")) {
  const body = box.querySelector("tbody");
  const heads = [...box.querySelectorAll("thead th")];
  const rows = [...body.rows];
  heads.forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const value = (row) => row.cells[column].dataset.value;
      rows.sort((a, b) => {
        const [x, y] = [value(a), value(b)];
        return descending && x !== "" && y !== "" ? compareValues(y, x) : compareValues(x, y);
      });
      body.append(...rows);
    });
  });
  box.querySelector(".words").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
    showCount(box.querySelector("output"), rows.filter((row) => !row.hidden).length, rows.length);
  });
}

for (const box of document.querySelectorAll(".lives:has(.order)")) {
  const list = box.querySelector("ul");
  const cards = [...list.children];
  box.querySelector(".order").addEventListener("change", (event) => {
    const key = event.target.value;
    const sign = key === "size" || key === "first" ? -1 : 1;
    const difference = (a, b) => compareValues(a.dataset[key], b.dataset[key]);
    cards.sort((a, b) => sign * difference(a, b) || compareValues(a.dataset.number, b.dataset.number));
    list.append(...cards);
  });
  const least = box.querySelector(".least");
  const filter = () => {
    for (const card of cards) card.hidden = Number(card.dataset.share) < Number(least.value);
    showCount(box.querySelector("output"), cards.filter((card) => !card.hidden).length, cards.length);
  };
  least.addEventListener("input", filter);
  filter();
}
