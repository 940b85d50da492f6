import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isNacreError } from "@nacre/errors";
import { describe, expect, test } from "vitest";
import { digestOf } from "../../test/pictures.js";
import { fixture } from "../../test/sounds.js";
import { openPicture, readPicture } from "./index.js";

const shared = process.env.NACRE_SHARED ?? join(import.meta.dirname, "../../../../../shared");
const folder = join(shared, "media/photos/odd");
const odd: Record<string, string> = JSON.parse(await readFile(fixture("odd-pictures.json"), "utf8"));

/** Format and digest for a picture whose samples are exact; without the digest's hash for lossy ones. */
async function outcome(path: string): Promise<string> {
  try {
    const opened = await openPicture(path);
    const digest = digestOf(await opened.readTile(0, 0, opened.width, opened.height));
    await opened.close();
    const shown = opened.format === "png" ? digest : digest.replace(/,[^,]*$/, "");
    const kept = (["iccProfile", "exif", "xmp"] as const).filter((name) => opened[name]);
    return [`${opened.format} ${shown}`, ...kept, ...opened.warnings].join("; ");
  } catch (error) {
    if (!isNacreError(error)) throw error;
    expect(error.message).not.toMatch(/vips|libpng|Input (file|buffer)|\n/);
    return `${error.code}: ${error.message.replace(/^.*photos.odd./, "")}`;
  }
}

describe.skipIf(!existsSync(folder))("odd pictures (skipped where the shared media are absent)", () => {
  test("are all named", () => {
    expect(Object.keys(odd)).toEqual(readdirSync(folder).sort());
  });

  for (const [name, expected] of Object.entries(odd)) {
    test(name, async () => {
      expect(await outcome(join(folder, name))).toBe(expected);
    });
  }

  test("PNGs of one picture are one picture, interlaced or in many pieces", async () => {
    const digest = async (name: string) => digestOf(await readPicture(join(folder, `pngsuite_${name}.png`)));
    for (const kind of ["0g01", "0g16", "2c16", "6a08", "6a16"])
      expect(await digest(`basi${kind}`)).toBe(await digest(`basn${kind}`));
    expect(await digest("oi9n2c16")).toBe(await digest("basn2c16"));
  });

  test("one face in five orientations looks the same upright", async () => {
    const names = ["2.jpg", "5.jpg", "6.jpg", "8.jpg", "6.webp"];
    const faces = await Promise.all(
      names.map((name) => readPicture(join(folder, `pillow_hopper_orientation_${name}`))),
    );
    const [first] = faces;
    for (const face of faces) {
      const errors = Array.from(face.planes[1]!, (sample, at) => Math.abs(sample - first!.planes[1]![at]!));
      expect(errors.reduce((sum, error) => sum + error) / errors.length).toBeLessThan(6);
    }
  });
});
