/** The panel of a picture: versions in one place, two of them on either side of a divider, or their difference. */
export const picturePanelScript = `
const views = [["place", "In place"], ["divided", "Divided"], ["difference", "Difference"]];
const picturePanel = (file) => {
  const controls = versionControls(file, () => show());
  const { versions } = controls;
  if (versions.length === 0) return { node: el("p", { class: "quiet" }, "The report holds no pictures of this file."), key: () => false, close: () => {} };
  const images = new Map();
  const imageOf = (version) => {
    const { href } = version.steps[version.at].media;
    if (!images.has(href)) images.set(href, el("img", { src: href, alt: "" }));
    const image = images.get(href);
    image.alt = versionName(version) + " of " + file.name + ".";
    return image;
  };
  let view = "place", amplify = 3, drawn = 0;
  const buttons = views.map(([id, name]) => el("button", { type: "button", "aria-pressed": "false", click: () => look(id) }, name));
  const zoom = el("select", { "aria-label": "Size", change: () => show() }, ...[["fit", "Fit"], ["1", "100 %"], ["2", "200 %"], ["4", "400 %"]].map(([value, name]) => el("option", { value }, name)));
  const canvas = el("canvas", { role: "img" });
  const under = el("div", { class: "under" }), over = el("div", { class: "over" });
  const badges = [el("span", { class: "badge a", "aria-hidden": "true" }), el("span", { class: "badge b", "aria-hidden": "true" })];
  const frame = el("div", { class: "frame" }, under, over, canvas, el("i", { class: "divider" }), ...badges);
  const stage = el("div", { class: "stage-of", tabindex: 0, role: "region", "aria-label": "Picture" }, frame);
  const split = el("input", { type: "range", min: 0, max: 100, step: 0.5, value: 50, "aria-label": "Divider, percent from the left", input: () => divide() });
  const factor = el("input", { type: "range", min: 0, max: 6, step: 1, value: amplify, "aria-label": "Amplification", input: () => { amplify = Number(factor.value); show(); } });
  const told = el("output", {});
  const divided = el("div", { class: "row" }, el("span", {}, "Divider"), split);
  const amplified = el("div", { class: "row" }, el("span", {}, "Amplified"), factor, told);
  const choice = el("div", { class: "row", role: "group", "aria-label": "View" }, ...buttons, zoom);
  const aside = el("div", { class: "panel-of" }, controls.steps, controls.pair, choice, divided, amplified);
  const node = el("div", { class: "panel-of" }, controls.table, el("div", { class: "seen" }, aside, stage));
  const divide = () => {
    frame.style.setProperty("--split", split.value + "%");
    split.setAttribute("aria-valuetext", Math.round(split.value) + " %: left of it A, right of it B");
  };
  const look = (id) => { view = id; show(); };
  const size = (image) => {
    const by = zoom.value === "fit" ? 0 : Number(zoom.value);
    frame.classList.toggle("pixels", by > 0);
    frame.style.width = by > 0 ? image.naturalWidth * by + "px" : "";
    frame.style.maxWidth = by > 0 ? "none" : image.naturalWidth * Math.ceil(256 / image.naturalWidth) + "px";
    if (image.naturalWidth < 256) frame.classList.add("pixels");
  };
  const difference = async (a, b) => {
    const turn = ++drawn;
    await Promise.all([a, b].map((image) => image.decode().catch(() => {})));
    if (turn !== drawn) return;
    [canvas.width, canvas.height] = [b.naturalWidth, b.naturalHeight];
    const pen = canvas.getContext("2d");
    pen.drawImage(a, 0, 0, canvas.width, canvas.height);
    pen.globalCompositeOperation = "difference";
    pen.drawImage(b, 0, 0, canvas.width, canvas.height);
    pen.globalCompositeOperation = "lighter";
    for (let i = 0; i < amplify; i++) pen.drawImage(canvas, 0, 0);
    frame.dataset.drawn = amplify;
  };
  const show = () => {
    if (!controls) return;
    const [a, b] = [controls.other(), controls.current()];
    const reference = view === "difference" && versions[0] !== b ? versions[0] : a;
    const [left, right] = [imageOf(reference), imageOf(b)];
    frame.className = "frame " + view;
    under.replaceChildren(...(left === right ? [] : [left]));
    over.replaceChildren(right);
    badges[0].textContent = versionName(reference);
    badges[1].textContent = view === "difference" ? "against " + versionName(b) : versionName(b);
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", views[i][0] === view));
    [divided.hidden, amplified.hidden, canvas.hidden] = [view !== "divided", view !== "difference", view !== "difference"];
    under.hidden = view !== "divided";
    over.hidden = view === "difference";
    told.textContent = "\\u00D7 " + 2 ** amplify;
    factor.setAttribute("aria-valuetext", 2 ** amplify + " times");
    canvas.setAttribute("aria-label", "Difference of " + versionName(reference) + " and " + versionName(b) + ", " + 2 ** amplify + " times amplified; black is none.");
    right.decode().then(() => size(right), () => {});
    if (view === "difference") difference(left, right);
  };
  const drag = (event) => {
    if (view !== "divided" || event.buttons !== 1) return;
    const box = frame.getBoundingClientRect();
    split.value = (100 * (event.clientX - box.left)) / box.width;
    divide();
  };
  frame.addEventListener("pointerdown", (event) => { if (view === "divided") { event.preventDefault(); frame.setPointerCapture(event.pointerId); drag(event); } });
  frame.addEventListener("pointermove", drag);
  divide();
  controls.show();
  const key = (pressed) => {
    if (pressed !== "v") return controls.key(pressed);
    look(views[(views.findIndex(([id]) => id === view) + 1) % views.length][0]);
    return true;
  };
  return { node, key, close: () => images.clear() };
};
`;
