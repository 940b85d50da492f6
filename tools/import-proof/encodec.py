"""Random weights through the original EnCodec: what the tests of `models import` compare with.

    pip install torch==2.15.0 transformers==5.24.0 safetensors
    python3 tools/import-proof/encodec.py packages/codec/test/imports
    python3 tools/import-proof/encodec.py out/imports encodec-24khz    # full size, 97 MB: for agreement.mjs

Writes, for every case below, the folder that `models import` reads (config.json, model.safetensors) and
vectors.safetensors: sounds, their codes and what the original decodes from them. Nothing is trained; seeds are
fixed, and codebooks are drawn at the scale of what they quantize, so that every layer's codes vary.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import EncodecConfig, EncodecModel

# Published: sizes in the proportions of encodec_24khz, hop 320, tensors named as its file names them.
# Units: more residual units, no weighed shortcut, one LSTM layer, uneven ratios.
# Symmetric: layers that see ahead.
CASES = {
    "encodec-published": dict(
        seed=1,
        config=dict(
            target_bandwidths=[1.5, 3.0],
            num_filters=2,
            hidden_size=16,
            codebook_dim=16,
            codebook_size=32,
        ),
        old_names=True,
        lengths=[(1, 320), (1, 1000), (2, 7777), (1, 9600)],
    ),
    "encodec-units": dict(
        seed=2,
        config=dict(
            target_bandwidths=[48.0],
            num_filters=4,
            num_residual_layers=3,
            upsampling_ratios=[5, 3],
            dilation_growth_rate=2,
            use_conv_shortcut=False,
            num_lstm_layers=1,
            hidden_size=12,
            codebook_dim=12,
            codebook_size=64,
        ),
        old_names=False,
        lengths=[(1, 15), (2, 100), (1, 4000)],
    ),
    "encodec-symmetric": dict(
        seed=3,
        config=dict(
            target_bandwidths=[36.0],
            num_filters=4,
            upsampling_ratios=[5, 4],
            use_causal_conv=False,
            hidden_size=12,
            codebook_dim=12,
            codebook_size=64,
        ),
        old_names=False,
        lengths=[(1, 20), (2, 333), (1, 4000)],
    ),
}


# Not written unless it is named.
LARGE = {
    "encodec-24khz": dict(
        seed=9, config=dict(), old_names=True, lengths=[(1, 24000), (2, 100000), (1, 300000)]
    )
}


def sound(channels, length, seed):
    """Gliding tones and noise, about -0.5 .. 0.5."""
    generator = torch.Generator().manual_seed(seed)
    seconds = torch.arange(length) / 24000
    rows = []
    for _ in range(channels):
        base = 100 + 300 * torch.rand(1, generator=generator)
        tone = torch.sin(2 * torch.pi * base * (seconds + 2 * seconds**2))
        rows.append(0.3 * tone + 0.1 * torch.randn(length, generator=generator))
    return torch.stack(rows)


def fill_codebooks(model, hop, seed):
    """Draws every layer's entries from a normal distribution of the spread of what the layers below leave."""
    generator = torch.Generator().manual_seed(seed)
    rest = model.encoder(sound(1, 200 * hop, seed)[:, None])[0].T
    for layer in model.quantizer.layers:
        book = layer.codebook.embed
        drawn = torch.randn(book.shape, generator=generator) * rest.std(0) + rest.mean(0)
        book.copy_(drawn)
        rest = rest - book[torch.cdist(rest, book).argmin(1)]


def published(name):
    """The names of weight norm in files written before torch's parametrizations."""
    return name.replace("parametrizations.weight.original0", "weight_g").replace(
        "parametrizations.weight.original1", "weight_v"
    )


@torch.no_grad()
def export(folder, case):
    torch.manual_seed(case["seed"])
    config = EncodecConfig(**case["config"])
    model = EncodecModel(config).eval()
    hop = config.hop_length
    # Weight norm starts as the identity: other lengths than the vectors' own show that it is folded.
    for name, parameter in model.named_parameters():
        if name.endswith("original0"):
            parameter.mul_(0.7 + 0.6 * torch.rand(parameter.shape))
    fill_codebooks(model, hop, case["seed"])
    folder.mkdir(parents=True, exist_ok=True)
    state = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    if case["old_names"]:
        state = {published(name): tensor for name, tensor in state.items()}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    text = json.loads(config.to_json_string(use_diff=False))
    text["architectures"] = ["EncodecModel"]
    (folder / "config.json").write_text(json.dumps(text, indent=2, sort_keys=True) + "\n")
    vectors = {}
    for number, (channels, length) in enumerate(case["lengths"]):
        samples = sound(channels, length, 100 * case["seed"] + number)
        # A whole number of hops, as our codec pads; the original mirrors a part of a hop instead.
        whole = torch.nn.functional.pad(samples, (0, -length % hop))
        codes = model.encode(whole[:, None], bandwidth=config.target_bandwidths[-1]).audio_codes
        values = model.decode(codes, [None]).audio_values
        vectors[f"{number}.samples"] = samples
        vectors[f"{number}.codes"] = codes[0].to(torch.int32).contiguous()
        vectors[f"{number}.decoded"] = values[:, 0].contiguous()
    save_file(vectors, folder / "vectors.safetensors")
    used = [len(torch.unique(vectors[f"{len(case['lengths']) - 1}.codes"][:, layer])) for layer in range(codes.shape[2])]
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{folder.name}: {size} bytes, entries used by layer {used}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in sys.argv[2:] or CASES:
        export(Path(sys.argv[1]) / name, {**CASES, **LARGE}[name])
