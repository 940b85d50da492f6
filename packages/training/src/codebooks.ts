import { add, mul, sub, type Tensor, where } from "@nacre/graph";
import { type AdamWOptions, type AdamWState, adamW } from "./optimizer/adamw.js";

/** Codebooks [L, K, D] that an optimizer moves, with their moments and their average. */
export type CodebookState = AdamWState & { average: Tensor };

/**
 * One AdamW step of codebooks, without weight decay; entries replaced in this step take their new place
 * instead, with empty moments and no memory in the average.
 *
 * slope     of the codebook loss (van den Oord et al. 2017, arXiv 1711.00937, eq. 3), as the state
 * fresh     the codebooks with replaced entries, [L, K, D]
 * replaced  bool [L, K, 1]
 */
export function codebooksByGradient(
  state: CodebookState,
  slope: Tensor,
  fresh: Tensor,
  replaced: Tensor,
  { optimizer, field }: { optimizer: AdamWOptions; field: (name: string) => Tensor },
): CodebookState {
  const scalars = { stepSize: field("stepSize"), epsilon: field("epsilon"), decay: field("decay") };
  const next = adamW(state, slope, scalars, optimizer, false);
  const average = add(state.average, mul(sub(next.value, state.average), field("averageRate")));
  return {
    value: where(replaced, fresh, next.value),
    first: where(replaced, 0, next.first),
    second: where(replaced, 0, next.second),
    average: where(replaced, fresh, average),
  };
}
