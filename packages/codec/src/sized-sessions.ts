import type { Runtime, Session, Values } from "@nacre/runtime";

/** Sessions that stay open beside the newest: that of long signals and that of the last short one. */
const most = 2;

/** One network opened for every length of its input that comes up. */
export type SizedSessions = {
  run(frames: number, feeds: Values): Promise<Values>;
  /** Of the newest session; undefined before, and where nothing goes on beside a run. */
  lanes(): number | undefined;
  close(): Promise<void>;
};

/**
 * Opens sessions when they are first needed, and closes idle ones so that a folder of short sounds, each of its
 * own length, does not fill the memory.
 *
 * modelOf  ONNX bytes for so many frames of input
 */
export function sizedSessions(
  runtime: Runtime,
  options: Parameters<Runtime["open"]>[1],
  modelOf: (frames: number) => Uint8Array,
): SizedSessions {
  const entries = new Map<number, { session: Promise<Session>; busy: number }>();
  let lanes: number | undefined;
  const open = (frames: number) => {
    const session = Promise.resolve().then(() => runtime.open(modelOf(frames), options));
    const entry = { session, busy: 0 };
    entries.set(frames, entry);
    return entry;
  };
  const closeIdle = async () => {
    for (const [frames, { session, busy }] of entries) {
      if (entries.size <= most) return;
      if (busy > 0) continue;
      entries.delete(frames);
      await (await session).close();
    }
  };
  return {
    async run(frames, feeds) {
      const entry = entries.get(frames) ?? open(frames);
      entry.busy += 1;
      try {
        const session = await entry.session;
        lanes = session.lanes;
        return await session.run(feeds);
      } catch (error) {
        // A session that did not open is tried anew.
        if (await entry.session.then(() => false).catch(() => true)) entries.delete(frames);
        throw error;
      } finally {
        entry.busy -= 1;
        await closeIdle();
      }
    },
    lanes: () => lanes,
    async close() {
      const open = [...entries.values()];
      entries.clear();
      await Promise.all(open.map(async ({ session }) => (await session).close()));
    },
  };
}
