import type { Audio } from "@nacre/signal";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  accessFaults,
  noBrowser,
  type OpenBrowser,
  openBrowser,
  openPage,
  overflow,
} from "../test/browser.js";
import { depthsExample, waves } from "../test/depths.js";
import { digitsExample } from "../test/digits.js";
import { expectShown, expectTables, rowsOf } from "../test/page-numbers.js";
import { pictureRoundTrip, soundRoundTrip } from "../test/round-trips.js";
import { picturePage, reportPage } from "./index.js";
import type { RoundTripPoint, RoundTripReport } from "./round-trip/schema.js";
import { roundTripPage } from "./round-trip-page/index.js";

if (noBrowser) console.log(`Pages are not opened in a browser: ${noBrowser}.`);

const tone: Audio = {
  sampleRate: 8000,
  channels: [Float32Array.from({ length: 8000 }, (_, i) => 0.7 * Math.sin(i * 0.1) * Math.sin(i / 700))],
};
const sounds = await digitsExample(tone, 3);
const depths = await depthsExample(waves(96, 64));
const soundPage = reportPage(sounds.report, { title: "a tone", ...sounds });
const wavesPage = await picturePage(depths.report, { title: "waves", ...depths });

const reports = { sound: soundRoundTrip(), picture: pictureRoundTrip() };

/** The same report over so many files, without their media. */
function manyFiles(report: RoundTripReport, count: number): RoundTripReport {
  const names = Array.from({ length: count }, (_, i) => `file ${i}`);
  const unheard = ({ media: _, ...point }: RoundTripPoint) => point;
  const files = names.map((name, i) => {
    const { original: _, ...file } = report.files[i % 2]!;
    return { ...file, name, points: file.points.map(unheard) };
  });
  return { ...report, files, worst: Object.fromEntries(report.measures.map(({ name }) => [name, names])) };
}

/** The same report with the media of its first file in a folder beside the page, and what is in that. */
function besidePage(report: RoundTripReport) {
  const files = new Map<string, { type: string; bytes: Buffer }>();
  const placed = structuredClone(report);
  const [first] = placed.files;
  for (const media of [first!.original, ...first!.points.map((point) => point.media)]) {
    const [, type, data] = media!.href.match(/^data:([^;]+);base64,(.*)$/)!;
    media!.href = `media/${files.size}.bin`;
    files.set(media!.href, { type: type!, bytes: Buffer.from(data!, "base64") });
  }
  return { report: { ...placed, files: [first!] }, files };
}

describe.skipIf(noBrowser)("in a browser", { timeout: 120_000 }, () => {
  let open: OpenBrowser;
  beforeAll(async () => {
    open = await openBrowser();
  }, 120_000);
  afterAll(() => open.close(), 60_000);

  for (const [name, html] of Object.entries({ sound: soundPage, picture: wavesPage })) {
    test(`the page of a ${name}'s layers has no fault at a phone's width`, async () => {
      const { page, faults, close } = await openPage(open.browser, html, 360);
      expect(await overflow(page)).toBe(0);
      expect(await accessFaults(page)).toEqual([]);
      expect(faults).toEqual([]);
      await close();
    });
  }

  test("a sound's versions play on one clock, and keys choose among them", async () => {
    const { page, faults, close } = await openPage(open.browser, soundPage, 1280);
    await page.keyboard.press("2");
    expect(await page.locator("[data-version][aria-pressed=true]").textContent()).toContain("2 layers");
    await page.keyboard.press(" ");
    await expect.poll(() => page.locator(".deck input").inputValue().then(Number)).toBeGreaterThan(0.1);
    await page.keyboard.press("]");
    expect(await page.locator(".version.chosen h3").textContent()).toBe("3 layers");
    expect(await page.locator(".deck .play").textContent()).toBe("Pause");
    expect(faults).toEqual([]);
    await close();
  });

  /** Does something with a page, which must be without a fault at the end. */
  async function onPage(report: RoundTripReport, width: number, act: (page: Page) => Promise<void>) {
    const { page, faults, close } = await openPage(open.browser, roundTripPage(report), width);
    await act(page);
    expect(faults).toEqual([]);
    await close();
  }

  for (const [name, report] of Object.entries(reports)) {
    test(`a page of ${name}s is accessible in both schemes and fits a phone with all of it opened`, () =>
      onPage(report, 360, async (page) => {
        await page.locator("details:not(#files > li > details)").evaluateAll((parts) => {
          for (const part of parts) part.setAttribute("open", "");
        });
        expect(await overflow(page)).toBe(0);
        expect(await accessFaults(page)).toEqual([]);
      }));

    test(`numbers in the tables of ${name}s are the report's`, () =>
      onPage(report, 1280, async (page) => {
        await expectTables(page, report);
        const [first] = report.files;
        await page.getByText("All numbers of this file").click();
        const rows = await rowsOf(page.getByRole("region", { name: `All numbers of ${first!.name}` }));
        expect(rows.length).toBe(first!.points.length);
        for (const [i, { contender, setting, bytes, rate, values }] of first!.points.entries()) {
          const row = rows[i]!;
          expect([row.get("Codec"), row.get("Setting"), row.get("Bytes")]).toEqual([
            contender,
            setting,
            String(bytes),
          ]);
          expectShown(row.get(report.rateUnit)!, rate, `rate of ${setting}`);
          for (const measure of report.measures) {
            const head = measure.unit ? `${measure.label}, ${measure.unit}` : measure.label;
            expectShown(row.get(head)!, values[measure.name], `${measure.name} of ${setting}`);
          }
        }
      }));
  }

  /** The row of the version that is heard or seen; its first cell ends in its key. */
  const chosen = async (page: Page) => (await page.locator("tr.chosen > *").allTextContents()).join(" ");

  test("keys choose the version, the layers and the way back, and a sound plays on", () =>
    onPage(reports.sound, 1280, async (page) => {
      await page.locator("#files summary").first().focus();
      expect(await chosen(page)).toContain("toy@11 4 layers 6.00");
      await page.keyboard.press("[");
      await page.keyboard.press("[");
      expect(await chosen(page)).toContain("2 layers 3.00");
      await page.keyboard.press("2");
      expect(await chosen(page)).toContain("opus2 6 kbit/s");
      await page.keyboard.press("x");
      expect(await chosen(page)).toContain("2 layers 3.00");
      const slider = page.getByRole("slider", { name: "Layers" });
      await slider.focus();
      await page.keyboard.press("ArrowRight");
      expect(await slider.getAttribute("aria-valuetext")).toBe("3 of 4 · 4.50 kbit/s");
      await page.keyboard.press(" ");
      const place = () => page.getByLabel("Position").inputValue().then(Number);
      await page.getByRole("button", { name: "Play", exact: true }).click();
      await expect.poll(place).toBeGreaterThan(0.02);
      await expect.poll(place).toBe(0);
    }));

  test("sounds are played as loud as the quietest, by the report's gains, unless told otherwise", () =>
    onPage(reports.sound, 1280, async (page) => {
      // Gains of the first file go from 0 for the original to 2 dB for the last setting of Opus.
      await expect.poll(() => page.locator(".told").textContent()).toContain("played −1.0 dB");
      await page.getByLabel("One loudness").uncheck();
      expect(await page.locator(".told").textContent()).toBe("played as they are");
      expect(await page.locator("figure.sound canvas").first().getAttribute("aria-label")).toMatch(
        /^Spectrogram of A Original/,
      );
    }));

  test("sounds that lie beside the page play and switch, and nothing but them is asked for", async () => {
    const { report, files } = besidePage(reports.sound);
    const { page, faults, close } = await openPage(open.browser, roundTripPage(report), 1280, files);
    await page.getByRole("button", { name: "Play", exact: true }).click();
    const place = () => page.getByLabel("Position").inputValue().then(Number);
    await expect.poll(place).toBeGreaterThan(0.02);
    await page.locator("#files summary").first().focus();
    await page.keyboard.press("2");
    expect(await chosen(page)).toContain("opus2 6 kbit/s");
    await page.getByText("There are no spectrograms").waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  test("a picture is seen in place, divided and as a difference that is drawn from its pixels", () =>
    onPage(reports.picture, 1280, async (page) => {
      await page.locator("#files summary").first().focus();
      expect(await page.locator(".over img").getAttribute("alt")).toBe("toy@1, 4 layers of coffee.png.");
      await page.keyboard.press("v");
      await page.getByLabel("Divider, percent from the left").focus();
      await page.keyboard.press("Home");
      expect(
        await page
          .locator(".frame")
          .evaluate((frame) => (frame as unknown as HTMLElementLike).style.getPropertyValue("--split")),
      ).toBe("0%");
      await page.keyboard.press("v");
      await expect.poll(() => page.locator(".frame").getAttribute("data-drawn")).toBe("3");
      // Both have one colour in the last rows; the model's 4 layers kept 8 of the ramp's 16 rows.
      const rows = await page.locator(".frame canvas").evaluate((canvas) => {
        const { data } = (canvas as unknown as CanvasLike).getContext("2d").getImageData(0, 0, 16, 16);
        return Array.from({ length: 16 }, (_, y) =>
          data.subarray(64 * y, 64 * (y + 1)).some((value, i) => i % 4 < 3 && value > 0),
        );
      });
      expect(rows).toEqual(Array.from({ length: 16 }, (_, y) => y >= 8));
    }));

  test("of a thousand files fifty are listed, a name finds its file, and one is open at a time", () =>
    onPage(manyFiles(reports.sound, 1000), 1280, async (page) => {
      const rows = page.locator("#files > li");
      expect(await rows.count()).toBe(50);
      await page.getByRole("button", { name: "Show 50 more of 950" }).click();
      expect(await rows.count()).toBe(100);
      await page.getByLabel("Find").fill("file 777");
      expect(await rows.count()).toBe(1);
      await rows.locator("summary").first().click();
      expect(await page.locator("#files > li > details[open]").count()).toBe(1);
      expect(await page.locator("#found").textContent()).toBe("1 of 1000 files");
    }));

  test("the JSON that is saved is the report", () =>
    onPage(reports.picture, 1280, async (page) => {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Save the report as JSON" }).click(),
      ]);
      const parts: Buffer[] = [];
      for await (const part of await download.createReadStream()) parts.push(part as Buffer);
      expect(JSON.parse(Buffer.concat(parts).toString())).toEqual(reports.picture);
    }));
});

/** What is used of the browser's own types, which the project's tests do not load. */
type HTMLElementLike = { style: { getPropertyValue: (name: string) => string } };
type CanvasLike = {
  getContext: (kind: "2d") => { getImageData: (...box: number[]) => { data: Uint8ClampedArray } };
};
