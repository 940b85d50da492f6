/**
 * The part of a source that is needed now: bytes are appended at the end and skipped at the beginning.
 *
 * bytes   what is at hand (a view that the next append may invalidate)
 * ended   the source has no more
 * taken   bytes skipped so far
 */
export type Window = {
  readonly bytes: Uint8Array;
  readonly ended: boolean;
  readonly taken: number;
  append(part: Uint8Array): void;
  skip(size: number): void;
  end(): void;
};

/** A window over a source that arrives in parts. */
export function openWindow(): Window {
  let store = new Uint8Array(0);
  let from = 0;
  let to = 0;
  let view = store;
  let ended = false;
  let taken = 0;
  return {
    get bytes() {
      return view;
    },
    get ended() {
      return ended;
    },
    get taken() {
      return taken;
    },
    append(part) {
      if (to + part.length > store.length) {
        // Doubling keeps the copies linear in what arrives, however small the parts are.
        const grown = new Uint8Array(Math.max(2 * (to - from), to - from + part.length, 4096));
        grown.set(view);
        store = grown;
        to -= from;
        from = 0;
      }
      store.set(part, to);
      to += part.length;
      view = store.subarray(from, to);
    },
    skip(size) {
      from += size;
      taken += size;
      view = store.subarray(from, to);
    },
    end() {
      ended = true;
    },
  };
}

/** A window over a source that is at hand as a whole; nothing is copied. */
export function wholeWindow(bytes: Uint8Array): Window {
  let view = bytes;
  return {
    get bytes() {
      return view;
    },
    ended: true,
    get taken() {
      return bytes.length - view.length;
    },
    append() {},
    skip(size) {
      view = view.subarray(size);
    },
    end() {},
  };
}
