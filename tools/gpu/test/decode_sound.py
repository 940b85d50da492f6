"""Decodes pieces and draws crops of steps 1 to 5, as the runner does; writes sound.safetensors."""

import sys
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, sys.argv[1])

import tensors
from feed import Feed, cut
from sound import load_sound

folder, seed, batch, samples = Path(sys.argv[2]), *map(int, sys.argv[3:6])
audio, clips, rate = load_sound([folder], 2)
feed = Feed(clips, seed, batch, samples)
crops = [cut(torch.from_numpy(audio), *(part[0] for part in feed.block(step, 1)), samples) for step in range(1, 6)]
tensors.write(
    folder / "sound.safetensors",
    {"audio": audio.astype(np.float32), "clips": clips, "crops": torch.stack(crops).numpy()},
    {"rate": str(rate)},
)
