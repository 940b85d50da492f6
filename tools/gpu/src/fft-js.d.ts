// fft.js ships no types; these are the members that sound/transform.ts calls.
declare module "fft.js" {
  export default class FFT {
    /** size: a power of two, at least 2 */
    constructor(size: number);
    /** 2 * size numbers: real and imaginary parts in turn. */
    createComplexArray(): number[];
    transform(output: number[] | Float64Array, input: number[] | Float64Array): void;
  }
}
