"""
Trains a few exported steps on given batches, to be compared with another engine:
python3 agree.py <export> <case> --steps 20

<case> holds batches.safetensors ("audio" [steps, B, S]). Writes there result.safetensors: "metrics" [steps, M],
the codes of each step "codes" [steps, N, L] where the step searches for any, "seconds" [steps], and the last state.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch

import tensors
from runner import Rows
from step import Step


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("export")
    parser.add_argument("case")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--tf32", action="store_true", help="products as the runner has them on a card")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    step = Step(given.export, given.device, all_exact=not given.tf32)
    rows = Rows(given.export, step.about)
    batches, _ = tensors.read(Path(given.case) / "batches.safetensors")
    state = step.first_state()
    searches = [node["outputs"][0] for node in step.about["nodes"] if node["type"] == "ArgMin"]
    metrics, codes, seconds = [], [], []
    for number in range(given.steps):
        audio = torch.from_numpy(batches["audio"][number].copy()).to(given.device)
        row = rows.block(rows.first + number, 1)[0].to(given.device)
        begun = time.perf_counter()
        made = step.run({"audio": audio, "row": row, **state}, watch=searches)
        metrics.append(made["metrics"].cpu().numpy())
        seconds.append(time.perf_counter() - begun)
        state = {name: made[f"next.{name}"] for name in state}
        if searches:
            codes.append(torch.stack([made[name].reshape(-1) for name in searches], 1).cpu().numpy())
    result = {"metrics": np.stack(metrics), "seconds": np.array(seconds, np.float32)}
    if codes:
        result["codes"] = np.stack(codes)
    result.update({f"state.{name}": value.cpu().numpy() for name, value in state.items()})
    texts = {"torch": torch.__version__, "device": given.device}
    tensors.write(Path(given.case) / "result.safetensors", result, texts)


if __name__ == "__main__":
    main()
