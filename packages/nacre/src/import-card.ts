import type { BuiltModel } from "@nacre/codec";

/** What the card of an imported model is written from. */
export type ImportCard = {
  name: string;
  family: string;
  licence: string;
  notice: string;
  config: BuiltModel["config"];
  /** Sounds that codes were counted in. */
  counted: number;
};

/** Text of card.md: what the model is, whose weights it has and under what licence, and how its tables came about. */
export function importCard({ name, family, licence, notice, config, counted }: ImportCard): string {
  const tables =
    counted === 0
      ? "uniform: every code costs its full bits, until the model is imported again with --tables"
      : `counted in ${counted} sounds of the user's own`;
  const forbidden = licence.includes("NC") ? ", non-commercial" : "";
  return `# ${name}

${config.description}. The weights are those of the files that were imported, as float32, with weight norm folded.

|         |                                    |
| ------- | ---------------------------------- |
| family  | ${family} |
| licence | ${licence}${forbidden} |
| tables  | ${tables} |
| chunk   | ${config.framesPerChunk} frames |

${notice}. Weights that you trained yourself are yours: then change \`licence\` in model.json.

A sound is padded with zeros to whole frames. One that is longer than a window is coded in overlapping windows: what
lies further back than a window's context, which an LSTM would remember, no longer counts.
`;
}
