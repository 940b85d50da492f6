import { z } from "zod";
import { unimportable } from "./foreign-tensors.js";

/** A whole number from 1 to `most`. */
export const size = (most: number) => z.int().min(1).max(most);

/** Factors of the strided layers. */
export const ratios = z.array(size(64)).min(1).max(8);

/**
 * Checks config.json of another project.
 *
 * whose   the project, for the sentence
 * throws  NacreError "model" with the field that is wrong
 */
export function parseForeignConfig<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
  whose: string,
): z.infer<Schema> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw unimportable(`config.json whose ${path.join(".") || "text"} is wrong: ${message}`, `one of ${whose}`);
}

/** Whether parsed JSON is an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** throws NacreError "model" unless two lists of a config, read opposite ways, are the same */
export function requireMirrored(down: readonly number[], up: readonly number[]): void {
  if (down.join() === up.toReversed().join()) return;
  throw unimportable(
    `ratios ${down.join(", ")} on the way down and ${up.join(", ")} on the way up`,
    "the same in the opposite order",
  );
}
