// fft.js ships no types; these are the members that spectrum.ts calls.
declare module "fft.js" {
  export default class FFT {
    constructor(size: number);
    realTransform(out: Float64Array, data: Float64Array): void;
  }
}
