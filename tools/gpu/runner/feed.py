"""Which crops a step hears: the draws of the training package (random.ts, corpus.ts), number for number."""

import numpy as np
import torch

WORD = 0xFFFFFFFF


def mix(value):
    """The finalizer of MurmurHash3, on numbers or arrays of 64 bits that hold 32."""
    value = value ^ (value >> 16)
    value = (value * 0x85EBCA6B) & WORD
    value = value ^ (value >> 13)
    value = (value * 0xC2B2AE35) & WORD
    return value ^ (value >> 16)


def draws(keys, count):
    """The first `count` numbers 0 <= x < 1 of the stream of these keys."""
    state = 0x9E3779B9
    for key in keys:
        state = mix(state ^ mix(key & WORD))
    places = np.arange(1, count + 1, dtype=np.uint64)
    states = (np.uint64(state) + places * np.uint64(0x6D2B79F5)) & np.uint64(WORD)
    return mix(states) / 2.0**32


class Feed:
    """Draws crops of clips [start, length] in one row of samples."""

    def __init__(self, clips, seed, batch, samples):
        self.starts, self.lengths = clips[:, 0].tolist(), clips[:, 1].tolist()
        self.totals = np.cumsum(clips[:, 1]).astype(np.float64)
        self.seed, self.batch, self.samples = seed, batch, samples

    def crops(self, step):
        """Per item: the first sample, how many there are from there on, and the draw of its loudness."""
        stream = iter(draws((self.seed, step, 2), 3 * self.batch).tolist())
        places, counts, louds = [], [], []
        for _ in range(self.batch):
            clip = int(np.searchsorted(self.totals, next(stream) * self.totals[-1], side="right"))
            room = self.lengths[clip] - self.samples
            offset = int(next(stream) * (room + 1)) if room > 0 else 0
            places.append(self.starts[clip] + offset)
            counts.append(min(self.samples, self.lengths[clip] - offset))
            louds.append(next(stream))
        return places, counts, louds

    def block(self, first, count):
        """The crops of `count` steps from `first` on, as three arrays [count, batch]."""
        parts = [self.crops(first + i) for i in range(count)]
        kinds = (np.int64, np.int64, np.float64)
        return [torch.from_numpy(np.array([part[k] for part in parts], kind)) for k, kind in enumerate(kinds)]


def cut(sound, places, counts, louds, samples):
    """
    The batch [B, samples] out of int16 samples: zeros after a clip's end, then peaks between -18 and 0 dB.
    """
    steps = torch.arange(samples, device=sound.device)
    inside = steps < counts[:, None]
    at = (places[:, None] + steps).clamp(max=sound.shape[0] - 1)
    crops = torch.where(inside, sound[at].double() / 32768, 0.0)
    peak = crops.abs().amax(1).clamp_min(1e-3)
    gain = torch.minimum(10 ** (-18 * louds / 20) / peak, torch.full_like(peak, 10.0))
    return (crops * gain[:, None]).float()
