"""Random weights through the original SNAC: what the tests of `models import` compare with.

    pip install torch==2.15.0 snac==1.2.1 safetensors
    python3 tools/import-proof/snac_vectors.py packages/codec/test/imports
    python3 tools/import-proof/snac_vectors.py out/imports snac-24khz snac-44khz    # full size: for agreement.mjs

The noise that SNAC draws anew in every decoding is set to its mean, zero, as the import does. Nothing is trained;
seeds are fixed.
"""

import sys
from pathlib import Path

import torch
from random_weights import draw, fill_codebooks, save, settle, sound
from snac import SNAC
from snac.layers import NoiseBlock

# Strides: as snac_24khz, an odd ratio, channels by themselves, noise.
# Attention: as snac_32khz and snac_44khz, one head; matrices take few values, so that the file packs well.
CASES = {
    "snac-strides": dict(
        seed=21,
        config=dict(
            sampling_rate=2000,
            encoder_dim=3,
            encoder_rates=[2, 5],
            decoder_dim=8,
            decoder_rates=[5, 2],
            attn_window_size=None,
            codebook_size=32,
            codebook_dim=4,
            vq_strides=[4, 2, 1],
            noise=True,
            depthwise=True,
        ),
        lengths=[(1, 40), (2, 111), (1, 1500)],
        small=True,
    ),
    "snac-attention": dict(
        seed=22,
        config=dict(
            sampling_rate=2000,
            encoder_dim=32,
            encoder_rates=[2],
            decoder_dim=64,
            decoder_rates=[2],
            attn_window_size=8,
            codebook_size=32,
            codebook_dim=4,
            vq_strides=[2, 1],
            noise=False,
            depthwise=True,
        ),
        lengths=[(1, 16), (1, 500)],
        small=True,
        coarse=True,
    ),
}

# Not written unless it is named.
LARGE = {
    "snac-24khz": dict(
        seed=29,
        config=dict(
            sampling_rate=24000,
            encoder_dim=48,
            encoder_rates=[2, 4, 8, 8],
            decoder_dim=1024,
            decoder_rates=[8, 8, 4, 2],
            attn_window_size=None,
            codebook_size=4096,
            codebook_dim=8,
            vq_strides=[4, 2, 1],
            noise=True,
            depthwise=True,
        ),
        lengths=[(1, 24000), (2, 100000), (1, 250000)],
        small=False,
    ),
    "snac-44khz": dict(
        seed=28,
        config=dict(
            sampling_rate=44100,
            encoder_dim=64,
            encoder_rates=[2, 4, 8, 8],
            decoder_dim=1536,
            decoder_rates=[8, 8, 4, 2],
            attn_window_size=32,
            codebook_size=4096,
            codebook_dim=8,
            vq_strides=[8, 4, 2, 1],
            noise=True,
            depthwise=True,
        ),
        lengths=[(1, 44100), (1, 250000)],
        small=False,
    ),
}


@torch.no_grad()
def export(folder, case):
    config = case["config"]
    model = SNAC(**config).eval()
    draw(model, case["seed"], coarse=case.get("coarse", False))
    rate, hop = config["sampling_rate"], int(model.hop_length)
    heard = model.preprocess(sound(1, 200 * hop, case["seed"], rate))
    fill_codebooks(model.encoder, model.quantizer.quantizers, heard)
    settle(model.decoder.model[-2], lambda: model.decoder(model.encoder(heard[:, None])))
    vectors = {}
    for number, (channels, length) in enumerate(case["lengths"]):
        samples = sound(channels, length, 100 * case["seed"] + number, rate)
        codes = model.encode(samples[:, None])
        vectors[f"{number}.samples"] = samples
        for layer, found in enumerate(codes):
            vectors[f"{number}.codes.{layer}"] = found.to(torch.int32)
        vectors[f"{number}.decoded"] = model.decode(codes)[:, 0]
    save(folder, config, model.state_dict(), vectors, case["small"])


if __name__ == "__main__":
    torch.set_num_threads(1)
    NoiseBlock.forward = lambda self, x: x
    for name in sys.argv[2:] or CASES:
        export(Path(sys.argv[1]) / name, {**CASES, **LARGE}[name])
