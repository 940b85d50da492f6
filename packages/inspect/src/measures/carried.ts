import type { RowMeasure } from "./measure.js";

/** Measures whose values are fields of a layer's row; inspect-layers.ts takes them. */
export const carried: Readonly<Record<string, RowMeasure>> = {
  rate: {
    ...{ name: "rate", title: "Bytes of the file and rate", unit: "kbit/s or bit/pixel", cost: "cheap" },
    ...{ needs: [], page: "rate" },
    rows: ["nominalBitsPerPlace", "nominalRate", "fileBytes", "fileBits", "rate"],
  },
  usage: {
    ...{ name: "usage", title: "Share of entries that occur", unit: "", cost: "cheap" },
    ...{ needs: [], page: "usage" },
    rows: ["usage", "deadCodes"],
  },
  perplexity: {
    ...{ name: "perplexity", title: "Perplexity of the codes", unit: "entries", cost: "cheap" },
    ...{ needs: [], page: "perplexity" },
    rows: ["perplexity"],
  },
  entropy: {
    ...{ name: "entropy", title: "Entropy of the codes", unit: "bit/code", cost: "cheap" },
    ...{ needs: [], page: "entropy" },
    rows: ["entropyBits", "entropyBitsCorrected"],
  },
  conditionalEntropy: {
    ...{
      name: "conditional-entropy",
      title: "Entropy given the layer below",
      unit: "bit/code",
      cost: "cheap",
    },
    ...{ needs: [], page: "conditional-entropy" },
    rows: ["conditionalEntropyBits", "contextBits"],
  },
  energy: {
    ...{ name: "energy", title: "Energy explained", unit: "", cost: "cheap" },
    ...{ needs: ["latents"], page: "energy" },
    rows: ["energyExplained", "energyAdded"],
  },
  quality: {
    ...{ name: "quality", title: "Quality of every prefix", unit: "", cost: "cheap" },
    ...{ needs: ["original"], page: "quality" },
    rows: ["quality"],
  },
  gain: {
    ...{ name: "gain", title: "Quality gained over the prefix before", unit: "", cost: "cheap" },
    ...{ needs: ["original"], page: "gain" },
    rows: ["gain"],
  },
  loss: {
    ...{ name: "loss", title: "Quality lost without the layer and those above", unit: "", cost: "cheap" },
    ...{ needs: ["original"], page: "loss" },
    rows: ["loss"],
  },
};
