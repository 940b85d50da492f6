import { siSdr } from "@nacre/metrics";
import { readAudio } from "@nacre/nacre";
import { expect, test } from "vitest";
import { oggBytes, throughOpus } from "./opus.js";

test("a sound comes through Opus in time and close to itself, closer at a higher rate", async () => {
  const speech = await readAudio(new URL("../../../samples/speech.wav", import.meta.url).pathname);
  const [original] = speech.channels;
  const measured = [12, 64].map((kbps) => {
    const { decoded, bytes } = throughOpus(speech, kbps);
    const seconds = original!.length / speech.sampleRate;
    return {
      quality: siSdr(original!, decoded.channels[0]!),
      kbps: (bytes * 8) / seconds / 1000,
    };
  });
  // A shift of one sample would leave next to nothing of this at 64 kbit/s.
  expect(measured[1]!.quality).toBeGreaterThan(15);
  expect(measured[1]!.quality).toBeGreaterThan(measured[0]!.quality + 3);
  expect(Math.abs(measured[0]!.kbps - 12)).toBeLessThan(4);
});

test("an Ogg file of a second of packets counts its pages and lacing", () => {
  expect(oggBytes(Array<number>(50).fill(20))).toBe(47 + 51 + 27 + 50 + 1000);
  expect(oggBytes([255])).toBe(47 + 51 + 27 + 2 + 255);
});
