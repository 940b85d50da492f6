import type { Medium, OpenModel } from "./medium.js";

/** The model of one lane; a file that names another one closes it, so that a lane never holds two. */
export type Models = { open(name: string): Promise<OpenModel>; close(): Promise<void> };

/** Opens models as they are asked for; `threads` as in `Medium.open`. */
export function createModels(medium: Medium, threads?: number): Models {
  let current: { name: string; model: OpenModel } | undefined;
  const close = async () => {
    const open = current?.model;
    current = undefined;
    await open?.close();
  };
  return {
    close,
    async open(name) {
      if (current?.name === name) return current.model;
      await close();
      const model = await medium.open(name, threads === undefined ? {} : { threads });
      current = { name, model };
      return model;
    },
  };
}
