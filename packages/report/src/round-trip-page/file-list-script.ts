/** The list of files, worst first: rows are made a page at a time, what is in a file when it is opened. */
export const fileListScript = `
const perPage = 50;
const list = document.getElementById("files");
const order = document.getElementById("order"), find = document.getElementById("find");
const more = document.getElementById("more"), found = document.getElementById("found");
const whole = report.files.filter((file) => !file.failed);
const byName = new Map(whole.map((file) => [file.name, file]));
let shown = [], made = 0, open;
const fullPoint = (file) =>
  file.points.filter(({ contender }) => contender === modelName).reduce((best, point) => (best && (best.layers ?? best.rate) >= (point.layers ?? point.rate) ? best : point), undefined);
const ranking = (measure) => {
  const named = (report.worst[measure] ?? []).flatMap((name) => (byName.has(name) ? [byName.get(name)] : []));
  const rest = new Set(named);
  return [...named, ...whole.filter((file) => !rest.has(file))];
};
const pointTable = (file) => {
  const head = ["Codec", "Setting", "Bytes", report.rateUnit, ...report.measures.map(({ label, unit }) => (unit ? label + ", " + unit : label))];
  const rows = file.points.map((point) => el("tr", {}, el("th", { scope: "row" }, point.contender),
    ...[point.setting, String(point.bytes), decimal(point.rate, rateDigits), ...report.measures.map((measure) => measureText(measure, point))].map((cell) => el("td", {}, cell))));
  const reasons = file.points.flatMap((point) => Object.entries(point.missing).map(([name, reason]) => el("li", {}, point.contender + ", " + point.setting + ", " + name + ": " + reason)));
  return [
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "All numbers of " + file.name }, el("table", { class: "points" },
      el("caption", { class: "hidden" }, "All numbers of " + file.name),
      el("thead", {}, el("tr", {}, ...head.map((cell) => el("th", { scope: "col" }, cell)))), el("tbody", {}, ...rows))),
    ...(reasons.length ? [el("p", { class: "quiet" }, "What could not be measured:"), el("ul", {}, ...reasons)] : []),
  ];
};
const withoutOf = ({ without = {} }) =>
  Object.entries(without).map(([name, reason]) => el("p", { class: "quiet" }, name + " is not here: " + reason));
const numbersOf = (file) => {
  const part = el("details", {}, el("summary", {}, "All numbers of this file"));
  part.addEventListener("toggle", () => { if (part.open && part.children.length === 1) part.append(...pointTable(file)); });
  return part;
};
const factWords = {
  seconds: (value) => decimal(value, 2) + " s",
  sampleRate: (value) => value / 1000 + " kHz",
  channels: (value) => value + (value === 1 ? " channel" : " channels"),
  width: (value) => value + " pixels wide",
  height: (value) => value + " pixels high",
  bitDepth: (value) => value + " bits",
};
const factsOf = ({ bytes, facts }) =>
  el("p", { class: "quiet" }, [bytes + " bytes", ...Object.entries(facts).map(([name, value]) => factWords[name]?.(value) ?? name + " " + value)].join(" \\u00B7 "));
const fill = (part, file) => {
  if (open && open.part !== part) open.part.open = false;
  const panel = (isSound ? soundPanel : picturePanel)(file);
  part.querySelector(".inside").replaceChildren(factsOf(file), panel.node, ...withoutOf(file), numbersOf(file));
  open = { part, panel };
};
const empty = (part) => {
  if (open?.part === part) { open.panel.close(); open = undefined; }
  part.querySelector(".inside").replaceChildren();
};
const rowOf = (file, rank) => {
  const point = fullPoint(file);
  const ordered = [order.value, ...[...order.options].map(({ value }) => value)];
  const few = [...new Set(ordered)].slice(0, 3).map((name) => report.measures.find((measure) => measure.name === name));
  const values = few.map((measure) => el("span", { class: measure.name === order.value ? "value chief" : "value" }, el("i", {}, measure.short + " "), point ? measureText(measure, point) + (measure.unit ? " " + measure.unit : "") : "\\u2013"));
  const part = el("details", {}, el("summary", {}, el("b", {}, file.name), el("span", { class: "values" }, el("span", { class: "value" }, point ? rateText(point.rate) : "\\u2013"), ...values)), el("div", { class: "inside" }));
  part.addEventListener("toggle", () => (part.open ? fill(part, file) : empty(part)));
  part.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || open?.part !== part) return;
    if (event.target.closest("select, input[type=search]")) return;
    if (event.key === " " && event.target.closest("button, input, summary")) return;
    if (open.panel.key(event.key)) event.preventDefault();
  });
  return el("li", { value: rank + 1 }, part);
};
const extend = () => {
  const next = shown.slice(made, made + perPage);
  const rows = next.map((file, i) => rowOf(file, made + i));
  list.append(...rows);
  made += next.length;
  more.hidden = made >= shown.length;
  more.textContent = "Show " + Math.min(perPage, shown.length - made) + " more of " + (shown.length - made);
  return rows[0];
};
const renew = () => {
  if (open) empty(open.part);
  const words = find.value.trim().toLowerCase();
  shown = ranking(order.value).filter(({ name }) => name.toLowerCase().includes(words));
  made = 0;
  list.replaceChildren();
  extend();
  found.textContent = shown.length === whole.length ? whole.length + (whole.length === 1 ? " file" : " files") : shown.length + " of " + whole.length + " files";
};
const openWorst = () => {
  renew();
  const first = list.querySelector("details");
  if (first) first.open = true;
};
if (list) {
  order.addEventListener("change", openWorst);
  find.addEventListener("input", renew);
  order.form.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => extend()?.querySelector("summary").focus());
  openWorst();
}
`;
