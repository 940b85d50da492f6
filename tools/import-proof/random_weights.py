"""What the scripts of several families share: random weights at a scale that keeps signals alive, and files.

The originals' own first values are so small that every layer would see next to nothing, and weight norm starts as
the identity, which would hide that it is left out. Weights are rounded to half precision, so that files are small
and both sides compute with the same values.
"""

import gzip
import json

import torch
from safetensors.torch import save_file


def sound(channels, length, seed, rate):
    """Gliding tones and noise, about -0.5 .. 0.5, in half precision."""
    generator = torch.Generator().manual_seed(seed)
    seconds = torch.arange(length) / rate
    rows = []
    for _ in range(channels):
        base = 100 + 300 * torch.rand(1, generator=generator)
        tone = torch.sin(2 * torch.pi * base * (seconds + 2 * seconds**2))
        rows.append(0.3 * tone + 0.1 * torch.randn(length, generator=generator))
    return torch.stack(rows).half().float()


def draw(model, seed, coarse=False):
    """Every parameter anew: directions and matrices normal, lengths so that the spread of a signal is kept.

    coarse  matrices take few values, so that their file packs well
    """
    torch.manual_seed(seed)
    for name, parameter in model.named_parameters():
        values = drawn(model, name, parameter)
        if coarse and parameter.numel() >= 1000:
            step = float(values.std())
            step = 2.0 ** round(torch.log2(torch.tensor(step)).item())
            values = (values / step).round() * step
        parameter.copy_(values.half())


def drawn(model, name, parameter):
    shape = parameter.shape
    if name.endswith("alpha"):
        return 0.5 + torch.rand(shape)
    if name.endswith("norm.weight"):
        return 0.7 + 0.6 * torch.rand(shape)
    if name.endswith("bias"):
        return 0.1 * torch.randn(shape)
    if name.endswith(("weight_g", "original0")):
        directions = dict(model.named_parameters())[name[:-1] + ("v" if name.endswith("g") else "1")]
        size = directions[0].numel()
        # What units add to their input would else double the spread with each of them.
        damp = 0.3 if size == directions.shape[1] and directions.dim() == 3 else 1
        return damp * (0.7 + 0.6 * torch.rand(shape)) * (size / taps(model, name, directions.shape)) ** 0.5
    if name.endswith(("weight_v", "original1")):
        return torch.randn(shape)
    return torch.randn(shape) / taps(model, name, shape) ** 0.5


def taps(model, name, shape):
    """Values that one output is the sum of."""
    owner = model.get_submodule(name.split(".parametrizations")[0].rsplit(".weight", 1)[0])
    if isinstance(owner, torch.nn.ConvTranspose1d):
        return 2 * shape[0]
    return shape[1:].numel()


def fill_codebooks(encoder, quantizers, samples):
    """Draws every layer's entries from a normal distribution of the spread of what the layers below leave."""
    rest = encoder(samples[:, None])
    for layer in quantizers:
        stride = getattr(layer, "stride", 1)
        seen = torch.nn.functional.avg_pool1d(rest, stride, stride) if stride > 1 else rest
        inner = layer.in_proj(seen)[0].T
        book = layer.codebook.weight
        book.copy_((torch.randn(book.shape) * inner.std(0) + inner.mean(0)).half())
        answer, *_ = layer(rest)
        rest = rest - answer


def settle(last, run):
    """Scales the decoder's last layer so that tanh bends its output and does not cut it."""
    heard = []
    hook = last.register_forward_hook(lambda module, given, output: heard.append(output))
    run()
    hook.remove()
    scale = 0.4 / float(heard[0].std())
    lengths = [each for name, each in last.named_parameters() if name.endswith(("_g", "original0"))]
    for parameter in [*lengths, last.bias]:
        parameter.copy_((parameter * scale).half())


def save(folder, config, state, vectors, small):
    """The folder that `models import` reads, and vectors.safetensors beside it.

    small  weights in half precision, which they are rounded to, and packed: for the tests alone
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: (tensor.half() if small else tensor).contiguous() for name, tensor in state.items()}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    if small:
        weights = folder / "model.safetensors"
        (folder / "model.safetensors.gz").write_bytes(gzip.compress(weights.read_bytes(), mtime=0))
        weights.unlink()
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    save_file({name: tensor.contiguous() for name, tensor in vectors.items()}, folder / "vectors.safetensors")
    bytes_there = sum(path.stat().st_size for path in folder.iterdir())
    last = max(int(name.split(".")[0]) for name in vectors)
    codes = {name: tensor for name, tensor in vectors.items() if name.startswith(f"{last}.codes")}
    rows = [tensor.unbind(1) if tensor.dim() == 3 else [tensor] for tensor in codes.values()]
    used = [len(torch.unique(row)) for each in rows for row in each]
    loudest = float(vectors[f"{last}.decoded"].abs().max())
    print(f"{folder.name}: {bytes_there} bytes, entries used by layer {used}, loudest sample {loudest:.3f}")
