"""Runs an exported node list once on fed.safetensors beside it, writes made.safetensors."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, sys.argv[1])

import tensors
from step import Step

folder = Path(sys.argv[2])
step = Step(folder, "cpu")
fed, _ = tensors.read(folder / "fed.safetensors")
made = step.run({name: torch.from_numpy(value.copy()) for name, value in fed.items()})
# Booleans and counts as float32, so that one comparison does for all.
tensors.write(folder / "made.safetensors", {name: value.float().contiguous().numpy() for name, value in made.items()}, {})
