import type { FramePlanes } from "@nacre/codec";
import { drawPicture } from "../pictures/draw-crops.js";
import type { PictureCorpus } from "../pictures/picture-corpus.js";
import type { Random } from "../random.js";
import type { ClipSize } from "./draw-clips.js";

/**
 * A clip made from photographs: a camera that pans, zooms and turns over one, in places a wave that bends it, and before it
 * pieces of others with motions of their own, which hide it and give it free again. Light may change, and frames have noise.
 *
 * returns  as many frames, square
 */
export function filmClip(corpus: PictureCorpus, random: Random, { size, frames }: ClipSize): FramePlanes[] {
  const pieces = random() < 0.4 ? 0 : random() < 0.6 ? 1 : 2;
  const layers = Array.from({ length: 1 + pieces }, (_, at) => openLayer(corpus, random, size, at > 0));
  const light = random() < 0.3 ? gaussian(random) * 0.012 : 0;
  const noise = random() < 0.5 ? 0 : 0.4 + 2.6 * random() ** 2;
  return Array.from({ length: frames }, (_, t) => {
    const canvas = new Float32Array(3 * size * size);
    for (const layer of layers) paint(layer, t, size, canvas);
    for (const { path, motion } of layers) move(path, motion, random);
    return developed(canvas, size, 1 + light * t, noise, random);
  });
}

/** Where a layer stands: the place of its picture at the frame's middle, pixels of it per pixel of the frame, radians. */
type Path = { x: number; y: number; scale: number; angle: number };
/** What is added to it from frame to frame. */
type Motion = { x: number; y: number; zoom: number; turn: number; shake: number };
/** A wave that bends a layer: pixels of its picture, radians per pixel and per frame. */
type Wave = { height: number; across: number; down: number; speed: number; phase: number };
/** A piece of a layer that is seen, in pixels of the frame. */
type Mask = { x: number; y: number; wide: number; high: number };
type Layer = {
  pixels: Uint8Array;
  side: number;
  path: Path;
  motion: Motion;
  wave: Wave | undefined;
  mask: Mask | undefined;
};

function openLayer(corpus: PictureCorpus, random: Random, size: number, piece: boolean): Layer {
  const picture = drawPicture(corpus.train, size, random());
  const scale = 1.2 + random();
  const side = Math.min(picture.width, picture.height, Math.ceil(size * (scale + 0.6)));
  const pixels = new Uint8Array(3 * side * side);
  const [left, top] = [picture.width, picture.height].map((each) => Math.floor(random() * (each - side + 1)));
  corpus.read(picture, left!, top!, side, pixels);
  const path = { x: side / 2, y: side / 2, scale, angle: piece ? 6.28 * random() : 0.3 * gaussian(random) };
  return {
    ...{ pixels, side, path },
    motion: drawMotion(random, piece),
    wave: random() < 0.3 ? drawWave(random) : undefined,
    mask: piece ? drawMask(random, size) : undefined,
  };
}

/** A quarter stands still, the others go a fifth of a pixel to a dozen pixels a frame. */
function drawMotion(random: Random, piece: boolean): Motion {
  const still = !piece && random() < 0.25;
  const speed = still ? 0 : 0.2 * 60 ** random();
  const way = 6.2832 * random();
  const turning = still || random() < 0.5 ? 0 : 1;
  return {
    x: speed * Math.cos(way),
    y: speed * Math.sin(way),
    zoom: turning * 0.008 * gaussian(random),
    turn: turning * 0.01 * gaussian(random),
    shake: still || random() < 0.5 ? 0 : 0.5 * random(),
  };
}

function drawWave(random: Random): Wave {
  const frequency = 6.2832 / (60 + 140 * random());
  const way = 6.2832 * random();
  return {
    height: 1 + 4 * random(),
    across: frequency * Math.cos(way),
    down: frequency * Math.sin(way),
    speed: 0.6 * gaussian(random),
    phase: 6.2832 * random(),
  };
}

function drawMask(random: Random, size: number): Mask {
  const half = () => size * (0.08 + 0.25 * random());
  return { x: size * random(), y: size * random(), wide: half(), high: half() };
}

function move(path: Path, motion: Motion, random: Random): void {
  const { shake } = motion;
  path.x += motion.x * path.scale + (shake && shake * gaussian(random));
  path.y += motion.y * path.scale + (shake && shake * gaussian(random));
  path.scale *= 1 + motion.zoom;
  path.angle += motion.turn;
}

/** Lays a layer over the canvas [3, size, size], 0 .. 255. */
function paint(layer: Layer, t: number, size: number, canvas: Float32Array): void {
  const { path, motion, mask, wave } = layer;
  // A piece goes across the frame with what is on it: its picture stands still within it, but for its own turns.
  const [cx, cy] = mask ? [mask.x + motion.x * t, mask.y + motion.y * t] : [size / 2, size / 2];
  const [px, py] = mask ? [layer.side / 2, layer.side / 2] : [path.x, path.y];
  const [cos, sin] = [Math.cos(path.angle) * path.scale, Math.sin(path.angle) * path.scale];
  const colour = new Float64Array(3);
  for (let row = 0, at = 0; row < size; row++) {
    for (let column = 0; column < size; column++, at++) {
      const [dx, dy] = [column - cx, row - cy];
      const seen = mask ? cover(mask, dx, dy) : 1;
      if (seen <= 0) continue;
      let [x, y] = [px + cos * dx - sin * dy, py + sin * dx + cos * dy];
      if (wave) {
        const bend = wave.height * Math.sin(wave.across * dx + wave.down * dy + wave.speed * t + wave.phase);
        x += bend;
        y += 0.6 * bend;
      }
      sample(layer, x, y, colour);
      for (let plane = 0; plane < 3; plane++) {
        const to = plane * size * size + at;
        canvas[to]! += seen * (colour[plane]! - canvas[to]!);
      }
    }
  }
}

/** 1 inside of an ellipse, 0 outside, with an edge of a pixel or two. */
function cover({ wide, high }: Mask, dx: number, dy: number): number {
  const radius = Math.sqrt((dx / wide) ** 2 + (dy / high) ** 2);
  return Math.max(0, Math.min(1, ((1 - radius) * Math.min(wide, high)) / 1.5));
}

/** A picture between its pixels, on straight lines; mirrored beyond its edges. */
function sample({ pixels, side }: Layer, x: number, y: number, into: Float64Array): void {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [across, down] = [x - left, y - top];
  const [a, b] = [mirrored(left, side), mirrored(left + 1, side)];
  const [above, below] = [mirrored(top, side) * side, mirrored(top + 1, side) * side];
  for (let plane = 0; plane < 3; plane++) {
    const upper = (1 - across) * pixels[3 * (above + a) + plane]! + across * pixels[3 * (above + b) + plane]!;
    const lower = (1 - across) * pixels[3 * (below + a) + plane]! + across * pixels[3 * (below + b) + plane]!;
    into[plane] = (1 - down) * upper + down * lower;
  }
}

function mirrored(place: number, side: number): number {
  const within = ((place % (2 * side)) + 2 * side) % (2 * side);
  return within < side ? within : 2 * side - 1 - within;
}

/** The canvas as bytes, with its light and its noise. */
function developed(
  canvas: Float32Array,
  size: number,
  light: number,
  noise: number,
  random: Random,
): FramePlanes {
  const planes = [0, 1, 2].map((plane) => {
    const from = plane * size * size;
    const out = new Uint8ClampedArray(size * size);
    for (let at = 0; at < out.length; at++) {
      const grain = noise === 0 ? 0 : noise * gaussian(random);
      out[at] = canvas[from + at]! * light + grain;
    }
    return new Uint8Array(out.buffer);
  });
  return { width: size, height: size, planes };
}

/** About a normal distribution of deviation one: the sum of three even ones. */
function gaussian(random: Random): number {
  return 2 * (random() + random() + random() - 1.5);
}
