/** What the page's other scripts share: the report, elements, numbers; saving, copying and the atlas. */
export const pageScript = `
const text = document.getElementById("round-trip").textContent;
const report = JSON.parse(text);
const isSound = report.medium === "audio";
const modelName = report.contenders.find(({ kind }) => kind === "model")?.name;
const rateDigits = report.rateUnit === "kbit/s" ? 2 : 3;
const el = (name, attributes, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") node.addEventListener(key, value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== undefined));
  return node;
};
const decimal = (value, digits) =>
  typeof value === "number" ? value.toFixed(digits).replace(/^-(?=[0.]+$)/, "").replace("-", "\\u2212") : "\\u2013";
const rateText = (rate) => decimal(rate, rateDigits) + " " + report.rateUnit;
const measureText = ({ name, unit }, { values, missing }) =>
  typeof values[name] === "number" ? decimal(values[name], unit ? 2 : 3) : missing?.[name]?.startsWith("failed") ? "failed" : "\\u2013";
document.querySelectorAll(".needs-script").forEach((part) => { part.hidden = false; });
const said = document.getElementById("said");
document.getElementById("save-json").addEventListener("click", () => {
  const href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  el("a", { href, download: "round-trip.json" }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10000);
  said.textContent = "Saved as round-trip.json.";
});
document.getElementById("copy-command").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(report.made.command);
    said.textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(document.querySelector("#origin ~ pre"));
    said.textContent = "Selected: copy it with your keyboard.";
  }
});
const single = new Audio();
const atlasItem = ({ code, share, href }, layer) => {
  const part = decimal(100 * share, 2) + " %";
  const words = "code " + code + " of " + layer + ", " + part + " of uses";
  const shown = isSound
    ? el("button", { type: "button", "aria-label": "Play " + words, click: () => { single.src = href; single.play(); } }, "\\u25B6")
    : el("img", { src: href, alt: "Patch: " + words + ".", loading: "lazy" });
  return el("li", {}, shown, el("span", { "aria-hidden": "true" }, code + " ", el("small", {}, part)));
};
document.querySelectorAll("[data-atlas]").forEach((part) => {
  const fill = () => {
    const list = part.querySelector("ul");
    if (!part.open || list.children.length > 0) return;
    const { layer, codes } = report.atlas[part.dataset.atlas];
    list.append(...codes.map((code) => atlasItem(code, "layer " + layer)));
  };
  part.addEventListener("toggle", fill);
  fill();
});
`;
