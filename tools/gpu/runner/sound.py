"""
Packed sound back to samples: pieces <name>.piece that `export-corpus` wrote.

A piece is one row of MDCT frames of 2 hops each, cut into lanes of equal length that are decoded side by side.
A coefficient is sign * (q * step)^2. q is coded by rANS (12-bit tables, 32-bit states, words of 16 bits) in
a context of its neighbours below and in the frame before; signs follow as plain bits. Where q is zero, noise of
the level that was measured there stands in.
"""

import json
import zlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

import tensors

SLOTS = 4096
BANDS = 16
GROUP = 8
LEVELS = 20


def level_table(largest):
    """Context level of a weighted sum of neighbours."""
    grown = lambda total: 7 + (total * total // 64).bit_length()
    return np.array([min(total if total < 8 else grown(total), LEVELS - 1) for total in range(largest + 1)])


def decode_symbols(words, states, frequencies, frames, hop):
    """|q| as [lanes, frames, hop] of one byte."""
    contexts, alphabet = frequencies.shape
    symbols = np.zeros((contexts, SLOTS), np.uint8)
    counts = np.zeros((contexts, SLOTS), np.uint32)
    biases = np.zeros((contexts, SLOTS), np.uint32)
    for context in range(contexts):
        row = frequencies[context]
        if row.sum() == 0:
            continue
        owner = np.repeat(np.arange(alphabet), row)
        symbols[context] = owner
        counts[context] = row[owner]
        biases[context] = np.arange(SLOTS) - (np.cumsum(row) - row)[owner]
    symbols, counts, biases = symbols.ravel(), counts.ravel(), biases.ravel()
    levels = level_table(7 * alphabet) * 3
    lanes = states.shape[0]
    out = np.zeros((frames, hop, lanes), np.uint8)
    state, at = states.astype(np.uint32), 0
    before = np.zeros((hop, lanes), np.int64)
    for frame in range(frames):
        around = 2 * before
        around[:-1] += before[1:]
        around[1:] += before[:-1]
        last, second = np.zeros(lanes, np.int64), np.zeros(lanes, np.int64)
        for k in range(hop):
            context = levels[around[k] + 2 * last + second] + (k * 3) // hop
            index = context * SLOTS + (state & (SLOTS - 1))
            state = counts[index] * (state >> 12) + biases[index]
            dry = np.flatnonzero(state < 65536)
            state[dry] = (state[dry] << 16) | words[at : at + len(dry)]
            at += len(dry)
            found = symbols[index]
            out[frame, k] = found
            second, last = last, found.astype(np.int64)
        before = out[frame].astype(np.int64)
    if at != len(words) or not (state == 65536).all():
        raise SystemExit("a damaged piece of sound: its code words do not end where its samples do")
    return out.transpose(2, 0, 1)


def synthesis(hop):
    """[hop, 2 hop]: the windowed cosines of the inverse transform."""
    n, k = np.arange(2 * hop), np.arange(hop)
    window = np.sin(np.pi * (n + 0.5) / (2 * hop))
    cosines = np.cos(np.pi / hop * (n + 0.5 + hop / 2) * (k[:, None] + 0.5))
    return (np.sqrt(2 / hop) * window * cosines).astype(np.float32)


def decode_piece(path):
    """Samples int16 and clips [start, length] of a piece."""
    arrays, texts = tensors.read(path)
    about = json.loads(texts["piece"])
    hop, frames = about["hop"], about["frames"]
    words = arrays["words"].view("<u2")
    frequencies = arrays["frequencies"].view("<u2").reshape(-1, about["alphabet"]).astype(np.int64)
    magnitudes = decode_symbols(words, arrays["states"].view("<u4"), frequencies, frames, hop)
    flat = magnitudes.reshape(-1, hop)
    loud = flat > 0
    signs = np.unpackbits(arrays["signs"], bitorder="little")[: int(loud.sum())]
    spectrum = np.square(flat.astype(np.float32) * np.float32(about["step"]))
    spectrum[loud] *= 1 - 2 * signs.astype(np.float32)
    changes = np.frombuffer(zlib.decompress(arrays["noise"].tobytes()), np.uint8).reshape(-1, BANDS)
    noise = np.exp2((np.cumsum(changes, 0, dtype=np.uint8).astype(np.float32) - 64) / 2)
    spread = np.random.default_rng(about["seed"]).uniform(-2, 2, flat.shape).astype(np.float32)
    level = np.repeat(np.repeat(noise, GROUP, 0)[: len(flat)], hop // BANDS, 1)
    spectrum += np.where(loud, 0, spread * level)
    overlapped = spectrum @ synthesis(hop)
    samples = np.zeros((len(flat) + 1, hop), np.float32)
    samples[:-1] += overlapped[:, :hop]
    samples[1:] += overlapped[:, hop:]
    # The first frame begins a hop before the first sample.
    whole = samples[1:].ravel()
    return np.clip(np.round(whole * 32768), -32768, 32767).astype(np.int16), arrays["clips"].astype(np.int64)


def load_sound(folders, workers):
    """All pieces of these folders: samples int16, clips [start, length], and hertz."""
    paths = sorted(path for folder in folders for path in Path(folder).glob("*.piece"))
    if not paths:
        raise SystemExit(f"no *.piece in {', '.join(map(str, folders))}; export-corpus writes them")
    with ProcessPoolExecutor(max_workers=workers, mp_context=get_context("fork")) as pool:
        parts = list(pool.map(decode_piece, paths))
    offsets = np.cumsum([0] + [len(samples) for samples, _ in parts])
    clips = [part + np.array([[offset, 0]]) for (_, part), offset in zip(parts, offsets)]
    rates = {json.loads(tensors.read(path)[1]["piece"])["sampleRate"] for path in paths}
    if len(rates) != 1:
        raise SystemExit(f"pieces at {sorted(rates)} Hz; they must have one rate")
    return np.concatenate([samples for samples, _ in parts]), np.concatenate(clips), rates.pop()
