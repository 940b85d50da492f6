import { expect, test } from "vitest";
import { checkNotReserved, reservedAs } from "./reserved.js";

test.each([
  "kodim01.png",
  "kodak/IMG0023.png",
  "images/Kodak-PCD0992/08.png",
  "clic/valid/a.png",
  "CLIC2020/b.png",
  "professional_clic_2021\\c.png",
  "photos/bench/d.png",
  "Set14/baboon.png",
  "BSDS68/test001.png",
  "mcmaster/1.tif",
  "scikit-image/data/e.png",
  "imageio-binaries/images/f.png",
  "astronaut.png",
  "JPEGImages/480p/car-shadow/00000.jpg",
])("%s is never trained on", (path) => {
  expect(reservedAs(path)).toBeDefined();
});

test.each([
  "usr/share/backgrounds/mate/nature/Wood.jpg",
  "kodiak-bear.jpg",
  "click.png",
  "cyclic-8a9b.jpg",
  "workbench/tools.jpg",
  "chelsea-smith-0PueFmKKF28-unsplash.jpg",
  "Setting5.jpg",
  "rockets/launch.jpg",
])("%s is", (path) => {
  expect(reservedAs(path)).toBeUndefined();
});

test("a folder of pictures to measure with is refused as a source, wherever it lies", () => {
  expect(() => checkNotReserved("/data/photos/bench")).toThrow(expect.objectContaining({ code: "option" }));
  expect(() => checkNotReserved("/data/kodak/originals")).toThrow(/the Kodak set.*never trained on/);
  checkNotReserved("/data/photos");
});
