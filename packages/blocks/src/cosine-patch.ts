/**
 * A cosine transform of colour patches, for networks of pictures to start from: a linear codec that works
 * already, of which training has to find the corrections only.
 */

/** What chroma counts for beside luma: in photographs its variance is about a tenth. */
const chromaPenalty = 9;

/** Luma and two differences of colours, orthonormal: rows over red, green and blue. */
const colours = [
  [1, 1, 1].map((x) => x / Math.sqrt(3)),
  [1, 0, -1].map((x) => x / Math.sqrt(2)),
  [1, -2, 1].map((x) => x / Math.sqrt(6)),
];

/**
 * The first `count` functions of the orthonormal cosine transform (DCT-II, Ahmed et al. 1974) of patches of
 * size x size pixels, those first that hold most of a photograph's variance: low frequencies before high
 * ones, luma before chroma.
 *
 * count    at most 3 * size * size
 * returns  count rows of 3 * size * size: channel, then line, then column
 */
export function cosinePatches(size: number, count: number): Float64Array[] {
  const orders: { colour: number; down: number; across: number; cost: number }[] = [];
  for (let colour = 0; colour < 3; colour++) {
    for (let down = 0; down < size; down++) {
      for (let across = 0; across < size; across++) {
        const cost = (colour === 0 ? 1 : chromaPenalty) * (1 + down ** 2 + across ** 2);
        orders.push({ colour, down, across, cost });
      }
    }
  }
  // A stable sort: functions of equal cost keep their order.
  orders.sort((a, b) => a.cost - b.cost);
  return orders.slice(0, count).map(({ colour, down, across }) => {
    const row = new Float64Array(3 * size * size);
    for (const [channel, share] of colours[colour]!.entries()) {
      for (let line = 0; line < size; line++) {
        for (let column = 0; column < size; column++) {
          row[(channel * size + line) * size + column] =
            share * cosine(size, down, line) * cosine(size, across, column);
        }
      }
    }
    return row;
  });
}

function cosine(size: number, order: number, at: number): number {
  const scale = Math.sqrt((order === 0 ? 1 : 2) / size);
  return scale * Math.cos((Math.PI * order * (2 * at + 1)) / (2 * size));
}

/** A matrix [rows, columns] with ones on its diagonal: coefficients go through, as many as there is room for. */
export function diagonalMatrix(rows: number, columns: number): Float32Array {
  const matrix = new Float32Array(rows * columns);
  for (let i = 0; i < Math.min(rows, columns); i++) matrix[i * columns + i] = 1;
  return matrix;
}

/**
 * What rows of coefficients are shifted by ahead of blocks whose norm would divide contrast away: beside a
 * constant it stays visible.
 */
export function rowOffset(channel: number): number {
  return channel % 2 === 0 ? 0.3 : -0.3;
}
