// The list of posts, of which one is chosen to see its fan. All text is set as text, never as HTML.

const PAGE_ROWS = 50;
const DASH = "\u2013";

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// The posts of a forecast as records, in the order of their forecasts.
function readPosts(data) {
  return data.posts.map((fields, rank) => {
    const [id, title, author, posted, seen, soFar, forecast, lower, upper, life, above, most, packed] = fields;
    const words = [id, title, author, posted, data.lives[life]].join(" ").toLowerCase();
    return { id, title, author, posted, seen, soFar, forecast, lower, upper, life, above, most, packed, words, rank };
  });
}

function fanOf(data, post) {
  const counts = unpackCounts(post.packed, post.most);
  const part = (index) => counts.slice(index * data.days.length, (index + 1) * data.days.length);
  const bands = data.levels.map((level, index) => ({ level, lower: part(1 + 2 * index), upper: part(2 + 2 * index) }));
  const highest = Math.max(...bands.map((band) => band.upper.at(-1)), post.forecast);
  const words = `Forecast of post ${post.id}: ${describePost(data, post)}`;
  return { days: data.days, forecast: part(0), bands, highest, seen: post.seen, soFar: post.soFar, words };
}

function spellLevel(coverage) {
  return `${Number((100 * coverage).toFixed(4))} %`;
}

// In whole percent, which is as finely as it is known; 0 and 100 only where it is that.
function spellProbability(share) {
  if (share > 0 && share < 0.01) return "< 1 %";
  return share > 0.99 && share < 1 ? "> 99 %" : `${Math.round(100 * share)} %`;
}

function range(lower, upper) {
  return lower === null || upper === null ? DASH : `${wholeNumber(lower)} ${DASH} ${wholeNumber(upper)}`;
}

// What is known of a post beside its name.
function factsOf(post) {
  const known = [post.title && post.id, post.author, post.posted].filter(Boolean);
  return known.map((text) => element("span", { class: "fact" }, text));
}

function describePost(data, post) {
  const interval = post.lower === null ? "" : ` (${spellLevel(data.coverage)}: ${range(post.lower, post.upper)})`;
  const seen = post.seen ? `; ${wholeNumber(post.soFar)} after ${post.seen} day${post.seen === 1 ? "" : "s"}` : "";
  return `${wholeNumber(post.forecast)} views by day ${data.days.at(-1)}${interval}${seen}; ${data.lives[post.life]}`;
}

// The columns that the posts have something in: heading, value to sort by, text, and whether large values come first.
function postColumns(data, posts) {
  const count = (value) => (value === null ? DASH : wholeNumber(value));
  const columns = [{ name: "post", value: (post) => post.title || post.id }];
  if (posts.some((post) => post.seen)) {
    columns.push({ name: "days seen", value: (post) => post.seen, text: (post) => String(post.seen), most: true });
    columns.push({ name: "views so far", value: (post) => post.soFar, text: (post) => count(post.soFar), most: true });
  }
  columns.push({ name: "forecast", value: (post) => post.forecast, text: (post) => count(post.forecast), most: true });
  if (posts.some((post) => post.upper !== null)) {
    const name = `${spellLevel(data.coverage)} interval`;
    columns.push({ name, value: (post) => post.upper, text: (post) => range(post.lower, post.upper), most: true });
  }
  data.above.forEach((least, index) => {
    const text = (post) => spellProbability(post.above[index]);
    columns.push({ name: `passes ${wholeNumber(least)}`, value: (post) => post.above[index], text, most: true });
  });
  columns.push({ name: "kind of life", value: (post) => post.life, text: (post) => data.lives[post.life] });
  return columns;
}

function numbersTable(data, fan) {
  const head = ["day", "forecast", ...fan.bands.map((band) => `${band.level} % band`)];
  const rows = fan.days.map((day, index) => [
    String(day),
    shortNumber(fan.forecast[index]),
    ...fan.bands.map((band) => (day <= fan.seen ? "seen" : `${shortNumber(band.lower[index])} ${DASH} ${shortNumber(band.upper[index])}`)),
  ]);
  const cells = (row) => row.map((text, index) =>
    index ? element("td", {}, text) : element("th", { scope: "row" }, `${text}`));
  return element("details", {}, element("summary", {}, "Its numbers, to three digits"),
    element("table", {},
      element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)))),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cells(row))))));
}

function showPosts(box) {
  const list = box.querySelector(".list");
  const data = JSON.parse(document.getElementById(`${list.id}-data`).textContent);
  const posts = readPosts(data);
  const byId = new Map(posts.map((post) => [post.id, post]));
  const columns = postColumns(data, posts);
  const [body, chosen, more] = ["tbody", ".chosen", ".more"].map((each) => list.querySelector(each));
  const [words, kind, axis] = [".words", ".kind", ".axis"].map((each) => box.querySelector(each));
  let [found, limit, current] = [posts, PAGE_ROWS, posts[0]];

  function rowOf(post) {
    const button = element("button", { type: "button", "aria-pressed": String(post === current) }, post.title || post.id);
    button.addEventListener("click", () => choose(post));
    const name = element("th", { scope: "row" }, button);
    name.append(...factsOf(post));
    return element("tr", post === current ? { class: "current" } : {}, name, ...columns.slice(1).map((column) =>
      element("td", { "data-label": column.name }, (column.text || column.value)(post) || DASH)));
  }

  function render() {
    body.replaceChildren(...found.slice(0, limit).map(rowOf));
    more.parentElement.hidden = found.length <= limit;
    const shown = Math.min(limit, found.length);
    const of = found.length === posts.length ? "" : `${wholeNumber(found.length)} found, `;
    box.querySelector("output").textContent = `${of}${wholeNumber(shown)} of ${wholeNumber(posts.length)} shown`;
  }

  function search() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = posts.filter((post) => (kind.value === "" || post.life === Number(kind.value))
      && wanted.every((word) => post.words.includes(word)));
    limit = PAGE_ROWS;
    render();
  }

  function sort(column, head) {
    const was = head.getAttribute("aria-sort");
    const down = was ? was === "ascending" : Boolean(column.most);
    for (const each of head.parentElement.cells) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (post) => column.value(post) ?? "";
    posts.sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      return (down && x !== "" && y !== "" ? compareValues(y, x) : compareValues(x, y)) || a.rank - b.rank;
    });
    search();
  }

  function showChosen() {
    const fan = fanOf(data, current);
    const { svg, cut } = drawFan(fan, axis.value);
    chosen.replaceChildren(element("h3", {}, current.title || current.id), element("p", {}, ...factsOf(current)),
      element("p", {}, describePost(data, current)), element("figure", {}, svg),
      ...(cut ? [element("p", {}, cut)] : []), numbersTable(data, fan));
  }

  function choose(post, scroll) {
    current = post;
    for (const row of body.rows) row.classList.remove("current");
    render();
    showChosen();
    const pressed = body.querySelector('[aria-pressed="true"]');
    if (scroll || !pressed || window.matchMedia("(max-width: 60rem)").matches) chosen.scrollIntoView({ block: "nearest" });
    else pressed.focus();
  }

  const heads = columns.map((column) => {
    const button = element("button", { type: "button" }, column.name);
    const head = element("th", { scope: "col" }, button);
    if (column.name === "forecast") head.setAttribute("aria-sort", "descending");
    button.addEventListener("click", () => sort(column, head));
    return head;
  });
  list.querySelector("thead").append(element("tr", {}, ...heads));
  data.lives.forEach((life, index) => kind.append(element("option", { value: index }, life)));
  words.addEventListener("input", search);
  kind.addEventListener("change", search);
  axis.addEventListener("change", showChosen);
  more.addEventListener("click", () => {
    limit += PAGE_ROWS;
    render();
    body.rows[limit - PAGE_ROWS].querySelector("button").focus();
  });
  for (const button of document.querySelectorAll(`.choose[data-forecast="${list.id}"]`)) {
    const post = byId.get(button.dataset.post);
    if (post) button.addEventListener("click", () => choose(post, true));
    else button.disabled = true;
  }
  for (const figure of document.querySelectorAll(`figure[data-forecast="${list.id}"]`)) {
    figure.append(drawFan(fanOf(data, byId.get(figure.dataset.post))).svg);
  }
  render();
  showChosen();
}

for (const box of document.querySelectorAll(".posts")) showPosts(box);
