import type { SnakePlaces } from "./foreign-snake.js";

/** Names of transformers' DacModel. */
export const transformersPlaces: SnakePlaces = (prefix) => {
  const [side, part, scale, unit, layer] = prefix.split(".");
  const numbered = (from: string, number: number) => ({
    snake: `${from}.snake${number}`,
    conv: `${from}.conv${number}`,
  });
  if (part === "first") return numbered(side!, 1);
  if (part === "last") return { snake: `${side}.snake1`, conv: `${side}.conv2` };
  const block = `${side}.block.${scale}`;
  if (part === "down") return numbered(block, 1);
  if (part === "up") return { snake: `${block}.snake1`, conv: `${block}.conv_t1` };
  return numbered(`${block}.res_unit${Number(unit) + 1}`, layer === "wide" ? 1 : 2);
};

/**
 * How a model of torch.nn.Sequential lists is numbered: descript-audio-codec's own and snac's.
 *
 * scales     strided layers of a side
 * mixed      the decoder's first layer is followed by one that mixes its channels
 * attention  both sides have local attention next to the latent
 * noise      a noise block stands behind every upsampling
 * activated  Snake is in front of the encoder's last layer
 */
export type SequentialForm = {
  scales: number;
  mixed: boolean;
  attention: boolean;
  noise: boolean;
  activated: boolean;
};

/** Names of those lists. */
export function sequentialPlaces(form: SequentialForm): SnakePlaces {
  const { scales, noise, activated } = form;
  return (prefix) => {
    const [side, part, scale, unit, layer] = prefix.split(".");
    const encoding = side === "encoder";
    const list = listOf(side!);
    const at = (number: number) => ({ snake: `${list}.${number - 1}`, conv: `${list}.${number}` });
    if (part === "first") return at(0);
    if (part === "mix") return at(1);
    const first = encoding ? 1 : sequentialAttention(form, side!) + (form.attention ? 1 : 0);
    if (part === "last") {
      const behind = first + scales + (encoding && form.attention ? 1 : 0);
      return at(behind + (encoding && !activated ? 0 : 1));
    }
    const block = `${list}.${first + Number(scale)}.block`;
    if (part === "down") return { snake: `${block}.3`, conv: `${block}.4` };
    if (part === "up") return { snake: `${block}.0`, conv: `${block}.1` };
    const units = encoding ? 0 : noise ? 3 : 2;
    const inner = `${block}.${units + Number(unit)}.block`;
    return layer === "wide"
      ? { snake: `${inner}.0`, conv: `${inner}.1` }
      : { snake: `${inner}.2`, conv: `${inner}.3` };
  };
}

/** Where in the list of a side its attention is. */
export function sequentialAttention({ scales, mixed }: SequentialForm, side: string): number {
  if (side === "encoder") return 1 + scales;
  return mixed ? 2 : 1;
}

/** Name of the list of a side. */
export function listOf(side: string): string {
  return side === "encoder" ? "encoder.block" : "decoder.model";
}
