import { NacreError } from "@nacre/errors";
import type { BitMap, LayerReport, PictureReport } from "@nacre/inspect";
import type { Picture } from "@nacre/signal";
import { busiestPlace, mapFigure, mapLegend, mapTop, sumOfMaps } from "./bit-map-figure.js";
import { decimal, escapeHtml } from "./html.js";
import { headlineMeasures, layerName, layerPanels, layerTableHtml, layerVerdict } from "./layer-figures.js";
import { measureTablesHtml } from "./measure-figures.js";
import { type PageOptions, page, prefixRate, section } from "./page-frame.js";
import { cropOf, differenceOf, pngUri, type Shown, shownPicture } from "./picture-images.js";
import { pictureStyle } from "./picture-style.js";

/**
 * What a picture's page shows beside the numbers.
 *
 * original  what was encoded, where it is known
 * prefixes  decoded from the first `layers` content layers, in rising order; all pictures have one size
 * maps      where the bits of each layer of the report are, in its order; without them there are no maps
 */
export type PicturePageOptions = PageOptions & {
  original?: Picture;
  prefixes: { layers: number; picture: Picture }[];
  maps?: readonly BitMap[];
};

/**
 * One HTML page that needs nothing else: the picture at every prefix, what each layer adds, maps of the bits, charts
 * and table. Pictures stand in it as PNG, at most 900 pixels wide, with a square at full size beside them. It has no
 * script; the report is embedded as JSON under the id "layer-report".
 *
 * throws  NacreError "shape" when there is no picture at all, when pictures or maps do not fit the report, or for the
 *         report of another medium
 */
export async function picturePage(report: LayerReport, options: PicturePageOptions): Promise<string> {
  if (report.medium !== "image") {
    throw new NacreError("shape", { found: "the report of a sound", expected: "one of a picture" });
  }
  const versions = pictureVersions(report, options);
  checkMaps(report, options.maps);
  const bitMaps = options.maps?.length ? options.maps : undefined;
  const main = [
    section("see", "See every prefix", await viewer(report, versions)),
    section("adds", "What each layer adds", await differences(versions)),
    ...(bitMaps ? [section("bits", "Where the bits go", maps(report, bitMaps))] : []),
    section("close", "Closer", await crops(report, versions, bitMaps)),
    section("worth", "Which layers earn their bits", worthOf(report)),
    section("numbers", "All numbers", layerTableHtml(report) + measureTablesHtml(report)),
  ];
  return page(report, options, {
    sentence: "What each layer of this file costs, carries and does to the picture.",
    numbers: headline(report),
    main: main.join("\n"),
    style: pictureStyle(versions.length),
  });
}

/** One picture of the page: the original or a prefix. layers: 0 for the original. */
type Version = { name: string; facts: string; layers: number; picture: Picture; shown: Shown };

function pictureVersions(report: PictureReport, { original, prefixes }: PicturePageOptions): Version[] {
  const all = [
    ...prefixes.map(({ layers, picture }) => ({
      ...{ layers, picture, name: layers === 1 ? "1 layer" : `${layers} layers` },
      facts: prefixFacts(report, layers),
    })),
    ...(original ? [{ layers: 0, picture: original, name: "Original", facts: originalFacts(original) }] : []),
  ];
  if (all.length === 0) {
    throw new NacreError("shape", { found: "a page without pictures", expected: "at least one" });
  }
  for (const { name, picture } of all) checkForm(report, picture, name);
  return all.map((version) => ({ ...version, shown: shownPicture(version.picture) }));
}

function prefixFacts(report: PictureReport, layers: number): string {
  const row = report.layers.find(({ role, prefix }) => role === "content" && prefix === layers);
  const measures = report.metrics
    .filter(({ name }) => ["psnrRgb", "msSsim"].includes(name) && typeof row?.quality[name] === "number")
    .map(
      ({ name, label, unit }) => `${label} ${decimal(row?.quality[name], unit ? 2 : 4)}${unit && ` ${unit}`}`,
    );
  return [`${decimal(prefixRate(report, layers), 3)} bit/pixel with container`, ...measures].join(" · ");
}

function originalFacts({ planes, alpha, bitDepth }: Picture): string {
  const count = planes.length + (alpha ? 1 : 0);
  return `${count * bitDepth} bit/pixel as plain samples`;
}

function headline(report: PictureReport): [string, string, string][] {
  const { totals, width, height, colour, bitDepth } = report;
  const planes = (colour === "rgb" ? 3 : 1) + (report.layers.some(({ role }) => role === "alpha") ? 1 : 0);
  const plainBytes = (width * height * planes * bitDepth) / 8;
  return [
    [decimal(totals.rate, 3), "bit/pixel", "rate of the file"],
    [String(totals.bytes), "bytes", bytesOf(report)],
    [totals.bytes === 0 ? "–" : decimal(plainBytes / totals.bytes, 1), "×", "smaller than plain samples"],
    [`${width} × ${height}`, "", `pixels, ${planes} planes of ${bitDepth} bits`],
    [String(totals.contentLayers), "", `content layer${totals.contentLayers === 1 ? "" : "s"}`],
    ...headlineMeasures(report),
  ];
}

function bytesOf({ totals, tiles = [], storedBytes = 0 }: PictureReport): string {
  const container = `${totals.containerBytes} of them container`;
  if (tiles.length === 0) return container;
  return `${container}, ${storedBytes} in ${tiles.length} tile${tiles.length === 1 ? "" : "s"} stored otherwise`;
}

/** One picture at a time, chosen by radio buttons, which need no script. */
async function viewer(report: PictureReport, versions: Version[]): Promise<string> {
  const chosen = versions.findLastIndex(({ layers }) => layers > 0);
  const inputs = versions.map(
    (_, i) =>
      `<input type="radio" name="version" id="version-${i}"${i === Math.max(0, chosen) ? " checked" : ""}>`,
  );
  const labels = versions.map(({ name }, i) => `<label for="version-${i}">${escapeHtml(name)}</label>`);
  const frames = await Promise.all(
    versions.map(async ({ name, facts, shown: { picture } }) => {
      const alt = `${name} of a picture of ${report.width} by ${report.height} pixels; ${facts}.`;
      return `<figure><img src="${await pngUri(picture)}" width="${picture.width}" height="${picture.height}" alt="${escapeHtml(alt)}"><figcaption><b>${escapeHtml(name)}</b> ${escapeHtml(facts)}</figcaption></figure>`;
    }),
  );
  const { by } = versions[0]!.shown;
  const size = by === 1 ? "at full size" : `${by} times smaller each way`;
  return `<p class="quiet">All in one place, ${size}: the arrow keys go from one to the next.</p>
<div class="viewer">${inputs.join("")}<div class="choices">${labels.join("")}</div><div class="stage">${frames.join("\n")}</div></div>`;
}

async function differences(versions: Version[]): Promise<string> {
  const prefixes = versions.filter(({ layers }) => layers > 0);
  const original = versions.find(({ layers }) => layers === 0);
  const pairs = prefixes.slice(1).map((after, i) => ({
    ...{ before: prefixes[i]!, after },
    what: after.layers === prefixes[i]!.layers + 1 ? `Layer ${after.layers}` : `Layers up to ${after.layers}`,
  }));
  const last = prefixes.at(-1);
  if (original && last) pairs.push({ before: last, after: original, what: "What is still missing" });
  if (pairs.length === 0) return `<p class="quiet">There is nothing to compare the one picture with.</p>`;
  const figures = await Promise.all(
    pairs.map(async ({ before, after, what }) => {
      const { picture, factor } = differenceOf(before.shown.picture, after.shown.picture);
      const alt = `${what}: ${after.name} less ${before.name}, ${factor} times amplified around grey.`;
      return `<figure><img src="${await pngUri(picture)}" width="${picture.width}" height="${picture.height}" loading="lazy" alt="${escapeHtml(alt)}"><figcaption>${what} <span>× ${factor}</span></figcaption></figure>`;
    }),
  );
  return `<p class="quiet">The picture with the layer less the picture without it, amplified by the factor beside the name; grey is no change. The first layer is the first picture itself.</p>
<div class="gallery">${figures.join("\n")}</div>`;
}

function maps(report: PictureReport, all: readonly BitMap[]): string {
  const { width, height, tiles } = report;
  const form = { width, height, ...(tiles && { tiles }) };
  const [top, whole] = [mapTop(all), sumOfMaps(all)];
  const named = all.map((map, i) => {
    const layer = report.layers[i]!;
    const name = layer.role === "content" ? `layer ${layer.prefix}` : `${layer.role} layer`;
    const counted = report.layers.filter(({ role }) => role === layer.role).length > 1;
    const own = layer.role === "side" && counted ? `side layer ${layerName(report, layer)}` : name;
    return mapFigure(map, own, { ...form, top });
  });
  const wholeTop = mapTop([whole]);
  const marked =
    !tiles || tiles.length === 0
      ? ""
      : ` Outlined tiles are not coded in layers but stored otherwise (${[...new Set(tiles.map(({ kind }) => kind))].map(escapeHtml).join(", ")}).`;
  return `<p class="quiet">What the codes of each place cost by the probabilities that they are coded with; lighter is more.${marked}</p>
<div class="whole">${mapFigure(whole, "all layers", { ...form, top: wholeTop })}${mapLegend(wholeTop)}</div>
<p class="quiet">Each layer, all on one scale.</p>
<div class="gallery">${named.join("\n")}</div>${mapLegend(top)}`;
}

/** Pixels along a side of what is shown at full size. */
const cropSide = 256;

async function crops(
  { width, height }: PictureReport,
  versions: Version[],
  all: readonly BitMap[] | undefined,
): Promise<string> {
  const middle = { x: Math.floor((width - cropSide) / 2), y: Math.floor((height - cropSide) / 2) };
  const place = all ? busiestPlace(sumOfMaps(all), cropSide) : middle;
  const figures = await Promise.all(
    versions.map(async ({ name, picture }) => {
      const crop = cropOf(picture, { ...place, side: cropSide });
      return `<figure><img src="${await pngUri(crop)}" width="${crop.width}" height="${crop.height}" loading="lazy" alt="${escapeHtml(`A square at full size: ${name}.`)}"><figcaption>${escapeHtml(name)}</figcaption></figure>`;
    }),
  );
  const where = all ? "where the most bits go" : "in the middle";
  return `<p class="quiet">${cropSide} pixels each way ${where}, pixel for pixel.</p>
<div class="crops">${figures.join("\n")}</div>`;
}

function worthOf(report: PictureReport): string {
  const legend = "Grey is what a layer costs, colour is what it gives.";
  return `<p class="quiet">${legend} ${escapeHtml(layerVerdict(report))}</p>\n${layerPanels(report)}`;
}

function checkForm({ width, height, colour }: PictureReport, picture: Picture, name: string): void {
  const same = picture.width === width && picture.height === height && picture.colour === colour;
  if (same) return;
  throw new NacreError("shape", {
    found: `a picture "${name}" of ${picture.width} x ${picture.height} pixels, ${picture.colour}`,
    expected: `${width} x ${height}, ${colour}, as in the report`,
  });
}

function checkMaps({ layers }: PictureReport, maps: readonly BitMap[] | undefined): void {
  if (!maps || maps.length === layers.length) return;
  throw new NacreError("shape", { found: `${maps.length} maps`, expected: `${layers.length}, one a layer` });
}
