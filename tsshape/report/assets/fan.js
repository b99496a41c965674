// Draw the fan of a post: what was seen, the forecast, and the bands of its intervals.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const FRAME = { width: 340, height: 220, left: 52, right: 16, top: 12, bottom: 42 };
const LETTERS = [[1e9, "B"], [1e6, "M"], [1e3, "k"]];

// Counts as `_pack.py` writes them: two characters each, steps of log(1 + count) up to the largest count.
function unpackCounts(text, most) {
  const code = (position) => 64 * ALPHABET.indexOf(text[position]) + ALPHABET.indexOf(text[position + 1]);
  return Array.from({ length: text.length / 2 }, (_, index) => Math.expm1((code(2 * index) / 4095) * Math.log1p(most)));
}

function wholeNumber(count) {
  return Math.round(count).toLocaleString("en-US");
}

// A number in few characters, such as 1.5k for 1,500.
function shortNumber(value) {
  const [unit, letter] = LETTERS.find(([each]) => value >= each) || [1, ""];
  return `${Number((value < 1 ? value.toFixed(1) : (value / unit).toPrecision(3)))}${letter}`;
}

// Round values from 0 to the top, four or so.
function linearTicks(top) {
  const rough = top / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((each) => each * power >= rough);
  return Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, index) => index * step);
}

function logTicks(low, top) {
  const powers = Array.from({ length: 13 }, (_, index) => 10 ** index).filter((each) => each >= low && each <= top);
  const stride = Math.ceil(powers.length / 5);
  return powers.filter((_, index) => index % stride === 0);
}

function dayTicks(first, last) {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((each) => (last - first) / each <= 5) || 5000;
  const between = Array.from({ length: 1 + Math.floor(last / step) }, (_, index) => index * step);
  return [first, ...between.filter((day) => day - first >= step / 2 && last - day >= step / 2), last];
}

function svgNode(name, attributes, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

// A band that is so many times higher than the forecast would hide it on a linear axis.
const HIGH = 6;

function fanAxis(fan, chosen) {
  const last = fan.days.length - 1;
  const forecast = fan.forecast[last];
  const highest = Math.max(...fan.bands.map((band) => band.upper[last]), forecast, 1);
  const log = chosen === "log" || (chosen !== "linear" && highest > HIGH * Math.max(forecast, 1));
  if (!log) {
    const top = Math.max(Math.min(highest, HIGH * Math.max(...fan.forecast)), 1);
    return { log, top, cut: highest > top, ticks: linearTicks(top), share: (count) => Math.min(count, top) / top };
  }
  const positive = [fan.forecast, ...fan.bands.map((band) => band.lower)].flat().filter((count) => count >= 1);
  const low = 10 ** Math.floor(Math.log10(Math.min(...positive, highest)));
  const top = Math.max(highest, 10 * low);
  const share = (count) => Math.log(Math.max(count, low) / low) / Math.log(top / low);
  return { log, top, cut: false, ticks: logTicks(low, top), share };
}

function drawFan(fan, chosenAxis) {
  const axis = fanAxis(fan, chosenAxis);
  const [first, last] = [fan.days[0], Math.max(fan.days.at(-1), fan.days[0] + 1)];
  const x = (day) => FRAME.left + ((day - first) / (last - first)) * (FRAME.width - FRAME.left - FRAME.right);
  const y = (count) => FRAME.height - FRAME.bottom - axis.share(count) * (FRAME.height - FRAME.top - FRAME.bottom);
  const points = (days, counts) => days.map((day, index) => `${x(day).toFixed(1)},${y(counts[index]).toFixed(1)}`);
  const svg = svgNode("svg", { viewBox: `0 0 ${FRAME.width} ${FRAME.height}`, role: "img", "aria-label": fan.words });
  const add = (...each) => svg.append(svgNode(...each));
  for (const tick of axis.ticks) {
    add("line", { class: "tick", x1: x(first), x2: x(last), y1: y(tick), y2: y(tick) });
    add("text", { x: FRAME.left - 5, y: y(tick) + 4, "text-anchor": "end" }, shortNumber(tick));
  }
  for (const day of dayTicks(first, fan.days.at(-1))) {
    add("text", { x: x(day), y: FRAME.height - 25, "text-anchor": "middle" }, String(day));
  }
  const title = axis.log ? "day; views on a logarithmic scale" : "day";
  add("text", { x: (FRAME.left + FRAME.width - FRAME.right) / 2, y: FRAME.height - 6, "text-anchor": "middle" }, title);
  // From the last day seen on, where forecast and bands begin at what was seen.
  const ahead = fan.days.map((day, index) => index).filter((index) => fan.days[index] > fan.seen);
  const days = ahead.map((index) => fan.days[index]);
  const after = (counts) => ahead.map((index) => counts[index]);
  const start = fan.seen ? [[fan.seen], [fan.soFar]] : [[], []];
  for (const band of [...fan.bands].reverse()) {
    const upper = points([...start[0], ...days], [...start[1], ...after(band.upper)]);
    const lower = points([...start[0], ...days], [...start[1], ...after(band.lower)]);
    const area = svgNode("polygon", { class: "band", points: [...upper, ...lower.reverse()].join(" ") });
    area.append(svgNode("title", {}, `${band.level} % band`));
    svg.append(area);
  }
  const line = [...start[0], ...days];
  add("polyline", { class: "forecast", points: points(line, [...start[1], ...after(fan.forecast)]).join(" ") });
  if (fan.seen) {
    const seen = fan.days.map((_, index) => index).filter((index) => fan.days[index] < fan.seen);
    const shown = [...seen.map((index) => fan.days[index]), fan.seen];
    const counts = [...seen.map((index) => fan.forecast[index]), fan.soFar];
    add("polyline", { class: "truth", points: points(shown, counts).join(" ") });
    add("circle", { class: "truth", cx: x(fan.seen), cy: y(fan.soFar), r: 3 });
  }
  return { svg, cut: axis.cut ? `The widest band goes on to ${shortNumber(fan.highest)} and is cut off.` : "" };
}
