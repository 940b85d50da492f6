import { NacreError } from "@nacre/errors";

/** throws NacreError "option" unless it holds; `found` follows "a recipe with" */
export function refuseUnless(holds: boolean, found: string, expected: string): void {
  if (!holds) throw new NacreError("option", { found: `a recipe with ${found}`, expected });
}
