import { NacreError } from "@nacre/errors";
import type { VideoStream } from "@nacre/signal";
import { planeSizes } from "./planes.js";
import { headerLine } from "./y4m-header.js";

/**
 * A video as the bytes of a YUV4MPEG2 file, for a file or a pipe: a piece per frame.
 *
 * throws  NacreError "shape" for planes that are not those of the video, "option" for a size, rate or aspect that is
 *         no whole number above 0
 */
export async function* y4mStream(video: VideoStream): AsyncGenerator<Uint8Array, void, undefined> {
  checkFacts(video);
  const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  yield ascii(headerLine(video));
  const { luma, colour } = planeSizes(video);
  const expected = [luma, colour, colour].map(([width, height]) => width * height);
  const line = ascii("FRAME\n");
  for await (const { planes } of video.frames) {
    if (planes.length !== 3 || planes.some((plane, i) => plane.length !== expected[i])) {
      throw new NacreError("shape", {
        found: `planes of ${planes.map((plane) => plane.length).join(", ")} samples`,
        expected: `${expected.join(", ")} for ${video.width} x ${video.height} in ${video.subsampling}`,
      });
    }
    const bytes = new Uint8Array(line.length + expected.reduce((a, b) => a + b));
    bytes.set(line);
    let at = line.length;
    for (const plane of planes) {
      bytes.set(plane, at);
      at += plane.length;
    }
    yield bytes;
  }
}

function checkFacts({ width, height, rate, aspect }: VideoStream): void {
  const numbers = [width, height, ...[rate, aspect].flatMap((each) => (each ? Object.values(each) : []))];
  const wrong = numbers.find((each) => !Number.isSafeInteger(each) || each < 1);
  if (wrong === undefined) return;
  throw new NacreError("option", { found: `${wrong}`, expected: "sizes and rates of whole numbers above 0" });
}
