import { NacreError } from "@nacre/errors";
import {
  add,
  concat,
  div,
  matmul,
  mean,
  mul,
  neg,
  reshape,
  slice,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
} from "@nacre/graph";
import { hann, matrix } from "./transform.js";

// Constants of Taal et al. 2011, section II, in seconds and hertz.
const frameSeconds = 0.0256;
const binHertz = 10_000 / 512;
const bandCount = 15;
const lowestCentre = 150;
const segmentFrames = 30;
/** Frames from one segment to the next: every frame counts, and neighbouring segments hardly differ. */
const segmentStride = 7;

// Keep roots and quotients finite in silence, where envelopes have no shape to compare.
const powerFloor = 1e-9;
const energyFloor = 1e-5;

/**
 * One minus the mean of the two correlations that STOI and ESTOI are made of: of third-octave envelopes
 * over time (Taal et al. 2011, equation 5, without the clipping), and of frames over bands (Jensen and
 * Taal 2016, equations 3-7). No silence is cut out; it has no gradient here.
 *
 * reference, estimate  samples [B, S]; a last part below a hop of 12.8 ms is not looked at
 * returns              a scalar, 0 for equal signals
 * throws               NacreError "option" when S is shorter than one segment of 30 frames
 */
export function intelligibilityLoss(reference: Tensor, estimate: Tensor, sampleRate: number): Tensor {
  const [x, y] = [reference, estimate].map((samples) => segments(envelopes(samples, sampleRate)));
  const [rowsX, rowsY] = [normalized(x!, 2), normalized(y!, 2)];
  const overTime = mul(mean(sum(mul(rowsX, rowsY), [2])), 0.5);
  const overBands = mul(mean(sum(mul(normalized(rowsX, 1), normalized(rowsY, 1)), [1])), 0.5);
  return add(neg(add(overTime, overBands)), 1);
}

/** Samples that the loss needs at least: one segment. */
export function shortestIntelligible(sampleRate: number): number {
  return (segmentFrames + 1) * hopAt(sampleRate);
}

function hopAt(sampleRate: number): number {
  return Math.round((sampleRate * frameSeconds) / 2);
}

/** Samples [B, S] -> magnitudes of third-octave bands [B, bands, frames]. */
function envelopes(samples: Tensor, sampleRate: number): Tensor {
  const hop = hopAt(sampleRate);
  const [batch, length] = samples.shape as [number, number];
  const hops = Math.floor(length / hop);
  const frames = hops - 1;
  if (length < shortestIntelligible(sampleRate)) {
    throw new NacreError("option", {
      found: `${length} samples`,
      expected: `${shortestIntelligible(sampleRate)} or more for the intelligibility loss`,
      mend: "take longer crops, or a weight of 0",
    });
  }
  const cut = reshape(slice(samples, 1, 0, hops * hop), [batch, hops, hop]);
  const framed = concat([slice(cut, 1, 0, frames), slice(cut, 1, 1, frames + 1)], -1);
  const rows = reshape(framed, [batch * frames, 2 * hop]);
  const { cosine, sine, bands } = bandTransform(2 * hop, sampleRate);
  const power = add(square(matmul(rows, cosine)), square(matmul(rows, sine)));
  const magnitude = sqrt(add(matmul(power, bands), powerFloor));
  return transpose(reshape(magnitude, [batch, frames, bandCount]), [0, 2, 1]);
}

/** Bins of 19.5 Hz within the bands only, whatever the sample rate. */
function bandTransform(window: number, sampleRate: number) {
  const first = bandEdge(-1);
  const count = bandEdge(2 * bandCount - 1) - first;
  const taper = hann(window);
  const angle = (t: number, bin: number) => (2 * Math.PI * t * (first + bin) * binHertz) / sampleRate;
  return {
    cosine: matrix([window, count], (t, bin) => taper[t!]! * Math.cos(angle(t!, bin!))),
    sine: matrix([window, count], (t, bin) => taper[t!]! * Math.sin(angle(t!, bin!))),
    bands: matrix([count, bandCount], (bin, band) =>
      first + bin! >= bandEdge(2 * band! - 1) && first + bin! < bandEdge(2 * band! + 1) ? 1 : 0,
    ),
  };
}

/** The bin nearest to the edge that lies `sixths` of an octave above the lowest centre. */
function bandEdge(sixths: number): number {
  return Math.round((lowestCentre * 2 ** (sixths / 6)) / binHertz);
}

/** [B, bands, frames] -> [B * segments, bands, 30]. */
function segments(envelope: Tensor): Tensor {
  const frames = envelope.shape[2]!;
  const count = Math.floor((frames - segmentFrames) / segmentStride) + 1;
  const starts = Array.from({ length: count }, (_, i) => i * segmentStride);
  return concat(
    starts.map((start) => slice(envelope, 2, start, start + segmentFrames)),
    0,
  );
}

/** Without its mean and at length 1 along an axis. */
function normalized(x: Tensor, axis: number): Tensor {
  const centred = sub(x, mean(x, [axis], true));
  return div(centred, sqrt(add(sum(square(centred), [axis], true), energyFloor)));
}
