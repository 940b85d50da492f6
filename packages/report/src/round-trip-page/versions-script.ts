/**
 * The versions of a file and the controls that choose one: a row for the original and each codec with its numbers, a
 * slider over the chosen codec's layers or settings, and the way back to the version before.
 */
export const versionsScript = `
const stepName = (point) => (point.layers === undefined ? point.setting : point.layers + (point.layers === 1 ? " layer" : " layers"));
const versionsOf = (file) => {
  const of = (name) => file.points.filter((point) => point.contender === name && point.media);
  const model = of(modelName).sort((a, b) => (a.layers ?? a.rate) - (b.layers ?? b.rate));
  const goal = model.at(-1)?.rate;
  const nearest = (points) =>
    points.reduce((best, { rate }, i) => (Math.abs(Math.log(rate / goal)) < Math.abs(Math.log(points[best].rate / goal)) ? i : best), 0);
  const codecs = report.contenders.flatMap(({ name, kind }) => {
    const points = kind === "model" ? model : of(name).sort((a, b) => a.rate - b.rate);
    if (points.length === 0) return [];
    return [{ name, steps: points, at: name === modelName || !goal ? points.length - 1 : nearest(points) }];
  });
  const original = file.original ? [{ name: "Original", steps: [{ media: file.original }], at: 0 }] : [];
  return [...original, ...codecs];
};
const versionName = ({ name, steps, at }) => (steps[at].contender === undefined ? name : name + ", " + stepName(steps[at]));
const versionRow = (version, i, choose) => {
  const button = el("button", { type: "button", "aria-pressed": "false", click: () => choose(i) }, version.name, el("kbd", { "aria-hidden": "true" }, i < 10 ? String(i) : ""));
  const row = el("tr", {}, el("th", { scope: "row" }, button));
  const show = (chosen) => {
    const point = version.steps[version.at];
    row.classList.toggle("chosen", chosen);
    button.setAttribute("aria-pressed", chosen);
    const cells = point.contender === undefined
      ? ["the source", "", ...report.measures.map(() => "")]
      : [stepName(point), decimal(point.rate, rateDigits), ...report.measures.map((measure) => measureText(measure, point))];
    row.replaceChildren(row.firstChild, ...cells.map((cell, c) => el("td", c > 1 && cell === "failed" ? { title: point.missing[report.measures[c - 2].name] } : {}, cell)));
  };
  return { row, show };
};
const versionControls = (file, changed) => {
  const versions = versionsOf(file);
  const first = versions.findIndex(({ name }) => name === modelName);
  let chosen = Math.max(0, first), before = versions.findIndex((_, i) => i !== chosen);
  const rows = versions.map((version, i) => versionRow(version, i, (to) => choose(to)));
  const slider = el("input", { type: "range", min: 0, step: 1, input: () => step(Number(slider.value)) });
  const label = el("label", {}, "Layers"), told = el("output", {});
  slider.id = label.htmlFor = "steps-" + Math.random().toString(36).slice(2);
  const back = el("button", { type: "button", click: () => swap() }, "Back and forth", el("kbd", { "aria-hidden": "true" }, "x"));
  const heard = el("span", { class: "pair", "aria-live": "polite" });
  const show = () => {
    const version = versions[chosen], point = version.steps[version.at];
    rows.forEach(({ show: showRow }, i) => showRow(i === chosen));
    const layered = version.steps[0].layers !== undefined;
    label.textContent = layered ? "Layers" : "Setting";
    slider.max = version.steps.length - 1;
    slider.value = version.at;
    slider.disabled = version.steps.length < 2;
    told.textContent = point.contender === undefined ? "as it is" : (layered ? point.layers + " of " + version.steps.at(-1).layers : point.setting) + " \\u00B7 " + rateText(point.rate);
    slider.setAttribute("aria-valuetext", told.textContent);
    heard.textContent = before < 0 ? "" : "A " + versionName(versions[before]) + " \\u00B7 B " + versionName(version);
    back.disabled = before < 0;
    changed();
  };
  const choose = (i) => {
    if (!versions[i] || i === chosen) return;
    [before, chosen] = [chosen, i];
    show();
  };
  const swap = () => before >= 0 && choose(before);
  const step = (at) => {
    const version = versions[chosen];
    version.at = Math.max(0, Math.min(version.steps.length - 1, at));
    show();
  };
  const head = ["Version", "Setting", report.rateUnit, ...report.measures.map(({ short, unit }) => (unit ? short + ", " + unit : short))];
  const table = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Versions of " + file.name }, el("table", { class: "versions" },
    el("caption", { class: "hidden" }, "Versions of " + file.name + ": choose which is " + (isSound ? "heard" : "seen")),
    el("thead", {}, el("tr", {}, ...head.map((cell) => el("th", { scope: "col" }, cell)))),
    el("tbody", {}, ...rows.map(({ row }) => row))));
  const steps = el("div", { class: "row steps" }, label, slider, told);
  const pair = el("div", { class: "row" }, back, heard);
  const key = (pressed) => {
    if (/^[0-9]$/.test(pressed)) choose(Number(pressed));
    else if (pressed === "x") swap();
    else if (pressed === "[") step(versions[chosen].at - 1);
    else if (pressed === "]") step(versions[chosen].at + 1);
    else return false;
    return true;
  };
  const other = () => (before < 0 ? versions[chosen] : versions[before]);
  return { table, steps, pair, key, show, versions, current: () => versions[chosen], other };
};
`;
