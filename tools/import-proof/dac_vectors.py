"""Random weights through the original DACs: what the tests of `models import` compare with.

    pip install torch==2.15.0 transformers==5.24.0 safetensors einops tqdm
    pip install --no-deps descript-audio-codec==1.0.0
    python3 tools/import-proof/dac_vectors.py packages/codec/test/imports
    python3 tools/import-proof/dac_vectors.py out/imports dac-44khz    # full size, 307 MB: for agreement.mjs

Nothing is trained; seeds are fixed.
"""

import sys
import types
from pathlib import Path
from unittest.mock import MagicMock

import torch
from random_weights import draw, fill_codebooks, save, settle, sound
from transformers import DacConfig, DacModel

# Transformers: its names, an odd ratio, weight norm as its parametrization keeps it.
# Folded: the same names without weight norm, as the published files of that layout are.
# Own: names and arguments of descript-audio-codec, a latent of another width.
CASES = {
    "dac-transformers": dict(
        seed=11,
        config=dict(
            encoder_hidden_size=3,
            downsampling_ratios=[2, 5],
            decoder_hidden_size=8,
            n_codebooks=3,
            codebook_size=32,
            codebook_dim=4,
            sampling_rate=2000,
        ),
        lengths=[(1, 10), (2, 95), (1, 1200)],
        small=True,
    ),
    "dac-own": dict(
        seed=12,
        own=dict(
            encoder_dim=2,
            encoder_rates=[3, 2],
            latent_dim=9,
            decoder_dim=8,
            decoder_rates=[2, 3],
            n_codebooks=2,
            codebook_size=32,
            codebook_dim=4,
            sample_rate=2000,
        ),
        lengths=[(1, 6), (1, 500)],
        small=True,
    ),
}

# Not written unless it is named.
LARGE = {
    "dac-44khz": dict(
        seed=19,
        config=dict(sampling_rate=44100),
        folded=True,
        lengths=[(1, 44100), (2, 100000), (1, 250000)],
        small=False,
    ),
    "dac-24khz": dict(
        seed=18,
        config=dict(sampling_rate=24000, downsampling_ratios=[2, 4, 5, 8], n_codebooks=32),
        folded=True,
        lengths=[(1, 24000), (1, 100000)],
        small=False,
    ),
}


def own_class():
    """descript-audio-codec's model alone: what it uses for training and files would bring half a gigabyte along."""

    class BaseModel(torch.nn.Module):
        INTERN, EXTERN = [], []

    audiotools = MagicMock()
    audiotools.ml.BaseModel = BaseModel
    sys.modules.update({"audiotools": audiotools, "audiotools.ml": audiotools.ml, "argbind": MagicMock()})
    for name in ("core", "data", "ml.decorators"):
        sys.modules[f"audiotools.{name}"] = MagicMock()
    sys.modules["dac.utils"] = types.ModuleType("dac.utils")
    from dac.model.dac import DAC

    return DAC


def transformers_model(case):
    config = DacConfig(**case["config"])
    model = DacModel(config).eval()
    model.apply_weight_norm()
    text = config.to_dict()
    kept = {*case["config"], "model_type", "hidden_size", "upsampling_ratios", "sampling_rate"}
    return model, {name: text[name] for name in kept}, config.hop_length, config.sampling_rate


@torch.no_grad()
def export(folder, case):
    own = "own" in case
    if own:
        model = own_class()(**case["own"]).eval()
        config, hop, rate = case["own"], int(model.hop_length), model.sample_rate
    else:
        model, config, hop, rate = transformers_model(case)
    draw(model, case["seed"])
    fill_codebooks(model.encoder, model.quantizer.quantizers, sound(1, 200 * hop, case["seed"], rate))
    last = model.decoder.model[-2] if own else model.decoder.conv2
    settle(last, lambda: model.decoder(model.encoder(sound(1, 200 * hop, case["seed"], rate)[:, None])))
    if case.get("folded"):
        for module in model.modules():
            if torch.nn.utils.parametrize.is_parametrized(module):
                torch.nn.utils.parametrize.remove_parametrizations(module, "weight")
    vectors = {}
    for number, (channels, length) in enumerate(case["lengths"]):
        samples = sound(channels, length, 100 * case["seed"] + number, rate)
        whole = torch.nn.functional.pad(samples, (0, -length % hop))[:, None]
        if own:
            quantized, codes, *_ = model.encode(whole)
            decoded = model.decode(quantized)[:, 0]
        else:
            codes = model.encode(whole).audio_codes
            decoded = model.decode(audio_codes=codes).audio_values
        vectors[f"{number}.samples"] = samples
        vectors[f"{number}.codes"] = codes.to(torch.int32)
        vectors[f"{number}.decoded"] = decoded
    save(folder, config, model.state_dict(), vectors, case["small"])


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in sys.argv[2:] or CASES:
        export(Path(sys.argv[1]) / name, {**CASES, **LARGE}[name])
