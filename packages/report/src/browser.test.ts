import type { Audio } from "@nacre/signal";
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
import { picturePage, reportPage } from "./index.js";

if (noBrowser) console.log(`Pages are not opened in a browser: ${noBrowser}.`);

const tone: Audio = {
  sampleRate: 8000,
  channels: [Float32Array.from({ length: 8000 }, (_, i) => 0.7 * Math.sin(i * 0.1) * Math.sin(i / 700))],
};
const sounds = await digitsExample(tone, 3);
const depths = await depthsExample(waves(96, 64));
const soundPage = reportPage(sounds.report, { title: "a tone", ...sounds });
const wavesPage = await picturePage(depths.report, { title: "waves", ...depths });

describe.skipIf(noBrowser)("in a browser", () => {
  let open: OpenBrowser;
  beforeAll(async () => {
    open = await openBrowser();
  });
  afterAll(() => open.close());

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
});
