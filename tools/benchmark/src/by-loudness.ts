/**
 * Clips below this are quiet, LUFS: the level that broadcasting brings programmes to (EBU R 128), so that a clip
 * is called quiet where a listener would turn it up.
 */
export const quietBelow = -23;

/** The same figures of quiet and loud clips apart; null where there is no such clip. */
export type ByLoudness<T> = {
  threshold: number;
  quiet: (T & { files: string[] }) | null;
  loud: (T & { files: string[] }) | null;
};

/** A clip, by name and integrated loudness; one too short to have a loudness is not taken. */
export type Heard = { name: string; loudness: number };

/** Figures of each half; `figures` takes the places of its clips in the list. */
export function byLoudness<T>(
  clips: readonly Heard[],
  figures: (places: readonly number[]) => T,
): ByLoudness<T> {
  const half = (take: (loudness: number) => boolean) => {
    const places = [...clips.keys()].filter((at) => take(clips[at]!.loudness));
    return places.length === 0 ? null : { files: places.map((at) => clips[at]!.name), ...figures(places) };
  };
  return {
    threshold: quietBelow,
    quiet: half((loudness) => loudness < quietBelow),
    loud: half((loudness) => loudness >= quietBelow),
  };
}
