/** The one function of the untyped package `wav-decoder` that this room calls. */
declare module "wav-decoder" {
  const wavDecoder: {
    decode: {
      sync(
        file: ArrayBuffer,
        options: { symmetric: boolean },
      ): { sampleRate: number; length: number; numberOfChannels: number; channelData: Float32Array[] };
    };
  };
  export default wavDecoder;
}
