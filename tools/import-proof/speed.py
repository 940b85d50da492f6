"""Times the original codec for speed.mjs: one line "encode" or "decode" in, one line of seconds out.

    python3 speed.py FAMILY FOLDER SIGNAL THREADS

FOLDER has config.json and model.safetensors, SIGNAL holds float32 samples at the model's rate. The first line out has
the versions.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file


def opened(family, folder):
    """(encode, decode): sound [1, 1, T] to codes and back, and the versions of what runs them."""
    if family == "snac":
        import importlib.metadata

        from snac import SNAC

        model = SNAC(**json.loads((folder / "config.json").read_text())).eval()
        model.load_state_dict(load_file(folder / "model.safetensors"))
        return model.encode, model.decode, {"snac": importlib.metadata.version("snac")}
    import transformers

    kind = {"dac": transformers.DacModel, "encodec": transformers.EncodecModel}[family]
    model = kind.from_pretrained(folder).eval()
    versions = {"transformers": transformers.__version__}
    if family == "dac":
        return (
            lambda x: model.encode(x).audio_codes,
            lambda codes: model.decode(audio_codes=codes).audio_values,
            versions,
        )
    highest = model.config.target_bandwidths[-1]
    return (
        lambda x: model.encode(x, bandwidth=highest).audio_codes,
        lambda codes: model.decode(codes, [None]).audio_values,
        versions,
    )


@torch.inference_mode()
def main(family, folder, signal, threads):
    torch.set_num_threads(int(threads))
    encode, decode, versions = opened(family, Path(folder))
    samples = torch.from_numpy(np.fromfile(signal, dtype=np.float32))[None, None]
    codes = encode(samples)
    print(json.dumps({"torch": torch.__version__, **versions}), flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        if line.strip() == "encode":
            encode(samples)
        else:
            decode(codes)
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
