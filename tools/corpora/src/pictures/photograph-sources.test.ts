import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isHeld } from "./held.js";
import { photographSources } from "./photograph-sources.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "nacre-photographs-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const ruleOf = (name: string) => photographSources.find((source) => source.name === name)!.open(root);

test("Unsplash names its photographers in front of eleven characters, which may be dashes", async () => {
  const rule = await ruleOf("unsplash");
  const photographer = (path: string) => rule(path)?.photographer;
  expect(photographer("fatih-kgqu_qs3B78-unsplash.jpg")).toBe("fatih");
  expect(photographer("Unsplash/jpg_original/ja-san-miguel-_-QQuvAwQ-0-unsplash.jpg")).toBe("ja-san-miguel");
  expect(photographer("Unsplash/png/fatih-kgqu_qs3B78-unsplash.png")).toBeUndefined();
  expect(photographer("Artificial/fatih-kgqu_qs3B78-unsplash.jpg")).toBeUndefined();
  expect(rule("fatih-kgqu_qs3B78-unsplash.jpg")?.licence).toBe("Unsplash License");
});

test("of Lomiri's wallpapers the photographs are taken, each under its author and licence", async () => {
  write(
    "usr/share/doc/lomiri-wallpapers-16.04/copyright",
    [
      "Files: 16.04/sunset_by_Aitzol_Berasategi.jpg\nCopyright: Aitzol Berasategi, 2018\nLicense: CC-BY-4.0",
      "Files: 16.04/Bridge_by_Sander_Klootwijk.jpg\nCopyright: 2018. Sander Klootwijk\nLicense: CC-BY-SA-4.0",
      "Files: 16.04/umang_by_Abhishek_Mudgal.jpg\nCopyright: Abhishek Mudgal, 2018\nLicense: CC-BY-4.0",
    ].join("\n\n"),
  );
  const rule = await ruleOf("lomiri");
  const path = (name: string) => `usr/share/backgrounds/${name}.jpg`;
  expect(rule(path("sunset_by_Aitzol_Berasategi"))).toEqual({
    photographer: "Aitzol Berasategi",
    licence: "CC-BY-4.0",
  });
  expect(rule(path("Bridge_by_Sander_Klootwijk"))?.photographer).toBe("Sander Klootwijk");
  // Drawn; and one of which no licence is stated.
  for (const name of ["umang_by_Abhishek_Mudgal", "Dragonfly_by_Bolly"])
    expect(rule(path(name))).toBeUndefined();
});

test("of MATE's backgrounds those of nature are taken, and whoever changed one later is not its author", async () => {
  write(
    "usr/share/doc/mate-backgrounds/copyright",
    [
      "Files: nature/Aqua.jpg\n       nature/Garden.jpg\nCopyright: 2008, Ann <ann@example.org>´\nLicense: GPL-2+",
      "Files: nature/TwoWings.jpg\nCopyright: 2008, Ann <ann@example.org>\n           2009, Bob\nLicense: GPL-2+",
      "Files: abstract/Silk.png\nCopyright: 2008, Carl\nLicense: GPL-2+",
    ].join("\n\n"),
  );
  const rule = await ruleOf("mate");
  const path = (name: string) => `usr/share/backgrounds/mate/${name}`;
  for (const name of ["nature/Aqua.jpg", "nature/Garden.jpg", "nature/TwoWings.jpg"])
    expect(rule(path(name))).toEqual({ photographer: "Ann", licence: "GPL-2+" });
  for (const name of ["abstract/Silk.png", "nature/Unlisted.jpg"]) expect(rule(path(name))).toBeUndefined();
});

test("of Plasma's wallpapers the photographs are taken, each in one resolution", async () => {
  const about = { KPlugin: { Authors: [{ Name: "Ann" }, { Name: "Bob" }], License: "LGPLv3" } };
  const names = ["BytheWater", "ColdRipple", "ColorfulCups", "DarkestHour", "EveningGlow", "FallenLeaf"];
  for (const name of [...names, "Grey", "Kite", "OneStandsOut", "Path", "summer_1am", "Altai"])
    write(`usr/share/wallpapers/${name}/metadata.json`, JSON.stringify(about));
  const rule = await ruleOf("plasma");
  const path = (name: string, size = "2560x1600") =>
    `usr/share/wallpapers/${name}/contents/images/${size}.jpg`;
  expect(rule(path("Kite"))).toEqual({ photographer: "Ann", licence: "LGPLv3" });
  for (const each of [path("Kite", "1920x1080"), path("Altai"), "usr/share/wallpapers/Kite/screenshot.jpg"])
    expect(rule(each)).toBeUndefined();
  write("usr/share/wallpapers/Kite/metadata.json", "{}");
  await expect(ruleOf("plasma")).rejects.toThrow(/Kite.*does not name an author/);
});

test("about 6 in 100 photographers are held, always the same", () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `photographer ${i}`);
  // 600, with a deviation of 24.
  const held = names.filter(isHeld).length;
  expect(held).toBeGreaterThan(500);
  expect(held).toBeLessThan(700);
  expect(["Ian Hex", "karly-santiago", "Risto Saukonpää", "fatih"].map(isHeld)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
