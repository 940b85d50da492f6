import { expect, test } from "vitest";
import { noisePicture } from "../../test/pictures.js";

function isLoaded(): boolean {
  const report: unknown = process.report.getReport();
  const objects = (report as { sharedObjects: string[] }).sharedObjects;
  return objects.some((path) => /libvips|sharp-/.test(path));
}

test("the picture library is loaded by the first picture and not by an import", async () => {
  const { pictureBytes } = await import("./index.js");
  await import("../index.js");
  expect(isLoaded()).toBe(false);
  await pictureBytes(noisePicture(), { format: "png" });
  expect(isLoaded()).toBe(true);
});
