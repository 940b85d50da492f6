import { z } from "zod";
import { fileSchema } from "./schema.js";

const values = z.record(z.string(), z.number().nullable());

/** One file there and back, and what its layers did: a line of an unfinished report's file. */
export const tripSchema = z.strictObject({
  file: fileSchema,
  layers: z.array(
    z.strictObject({
      role: z.enum(["content", "side"]),
      prefix: z.int().nonnegative(),
      alphabet: z.int().positive(),
      rate: z.number().nullable(),
      energyAdded: z.number().nullable(),
      quality: values,
      gain: values,
      missing: z.record(z.string(), z.string()),
      uses: z
        .array(z.int().nonnegative())
        .describe("how often codes occur: code, count, code, count; codes that do not occur are left out"),
    }),
  ),
});

/** See tripSchema. */
export type Trip = z.infer<typeof tripSchema>;

/** One layer of one file. */
export type TripLayer = Trip["layers"][number];
