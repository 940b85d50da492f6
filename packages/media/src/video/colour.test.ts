import type { Picture, VideoFacts } from "@nacre/signal";
import { describe, expect, test } from "vitest";
import { type ColourRules, frameToPicture, pictureToFrame } from "./index.js";

const rules: ColourRules[] = (["bt601", "bt709"] as const).flatMap((matrix) =>
  (["limited", "full"] as const).map((range) => ({ matrix, range })),
);
const full: VideoFacts = { width: 2, height: 1, subsampling: "4:4:4" };
const picture = (width: number, height: number, colours: number[][]): Picture => ({
  ...{ width, height, bitDepth: 8 as const, colour: "rgb" as const },
  planes: [0, 1, 2].map((c) => Uint8Array.from(colours, (each) => each[c]!)),
});
const pixels = ({ planes }: Picture) => Array.from(planes[0]!, (_, at) => planes.map((plane) => plane[at]!));

describe("colours of a video", () => {
  test("are those of the standards: primaries of BT.601 and BT.709 in limited range", () => {
    // BT.601 colour bars at full strength, as tabulated in many places (e.g. ITU-R BT.1729): 81, 90, 240 is red.
    const bars: [ColourRules["matrix"], number[], number[]][] = [
      ["bt601", [255, 0, 0], [81, 90, 240]],
      ["bt601", [0, 0, 255], [41, 240, 110]],
      ["bt709", [255, 0, 0], [63, 102, 240]],
      ["bt709", [0, 255, 0], [173, 42, 26]],
    ];
    for (const [matrix, colour, expected] of bars) {
      const { planes } = pictureToFrame(full, picture(2, 1, [colour, colour]), { matrix, range: "limited" });
      expect(planes.map((plane) => plane[0])).toEqual(expected);
    }
  });

  test.each(rules)("grey is luma alone, black and white reach the ends: $matrix, $range", (rule) => {
    const { planes } = pictureToFrame(
      full,
      picture(2, 1, [
        [0, 0, 0],
        [255, 255, 255],
      ]),
      rule,
    );
    expect([...planes[0]]).toEqual(rule.range === "full" ? [0, 255] : [16, 235]);
    expect([...planes[1], ...planes[2]]).toEqual([128, 128, 128, 128]);
  });

  test.each(rules)("come back to within two steps where nothing is subsampled: $matrix, $range", (rule) => {
    const colours = Array.from({ length: 343 }, (_, at) =>
      [at % 7, Math.floor(at / 7) % 7, Math.floor(at / 49)].map((level) => Math.round(level * 42.5)),
    );
    const facts: VideoFacts = { width: 343, height: 1, subsampling: "4:4:4" };
    const before = picture(343, 1, colours);
    const after = frameToPicture(facts, pictureToFrame(facts, before, rule), rule);
    for (const [at, pixel] of pixels(after).entries()) {
      for (const [c, value] of pixel.entries())
        expect(Math.abs(value - colours[at]![c]!)).toBeLessThanOrEqual(2);
    }
  });

  test.each(["centre", "left", "dv", undefined] as const)(
    "a ramp keeps its place through 4:2:0 sited %s",
    (siting) => {
      // A ramp of colour is reproduced exactly away from the border only if both ways agree on where samples lie.
      const [width, height] = [31, 17];
      const colours = Array.from({ length: width * height }, (_, at) => {
        const [x, y] = [at % width, Math.floor(at / width)];
        return [4 * x + 2 * y, 128, 250 - 5 * x - 3 * y].map((value) => Math.max(0, value));
      });
      const facts: VideoFacts = { width, height, subsampling: "4:2:0", ...(siting ? { siting } : {}) };
      const rule = { matrix: "bt601", range: "full" } as const;
      const after = frameToPicture(facts, pictureToFrame(facts, picture(width, height, colours), rule), rule);
      for (let y = 2; y < height - 3; y++) {
        for (let x = 2; x < width - 3; x++) {
          const found = pixels(after)[y * width + x]!;
          for (const [c, value] of found.entries()) {
            expect(Math.abs(value - colours[y * width + x]![c]!)).toBeLessThanOrEqual(3);
          }
        }
      }
    },
  );

  test("planes and pictures of other sizes are refused", () => {
    const rule = rules[0]!;
    const wrong = { planes: [new Uint8Array(2), new Uint8Array(2), new Uint8Array(1)] as const };
    expect(() => frameToPicture(full, { planes: [...wrong.planes] }, rule)).toThrow("2, 2, 1");
    expect(() =>
      pictureToFrame(
        full,
        picture(1, 2, [
          [0, 0, 0],
          [0, 0, 0],
        ]),
        rule,
      ),
    ).toThrow("1 x 2");
  });
});
