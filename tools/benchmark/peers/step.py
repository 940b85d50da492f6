"""The training step of a recipe in eager PyTorch: a measuring peer of the ONNX step, never needed to use Nacre.

Reads what `benchmark step` exported into a folder, then answers lines on standard input:
  agree N   trains N steps from the first state, prints losses and codes [N][rows * layers]
  time N    trains N steps, prints the seconds of each
One JSON object per line goes to standard output.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

folder = Path(sys.argv[1])
case = json.loads((folder / "case.json").read_text())
recipe, table = case["recipe"], case["table"]
torch.set_num_threads(case["threads"])
audio = torch.from_numpy(np.load(folder / "audio.npy"))
rows = torch.from_numpy(np.load(folder / "rows.npy"))
arrays = load_file(folder / "arrays.safetensors")
encoder, decoder, quantizer = recipe["encoder"], recipe["decoder"], recipe["quantizer"]
window, hop, batch, frames = encoder["window"], encoder["hop"], recipe["batch"], recipe["frames"]
layers, entries, dimension = quantizer["layers"], quantizer["entries"], encoder["latentDim"]
hann = torch.hann_window(window, periodic=True)
# Phase counts from the window's middle.
middle = torch.tensor([1.0, -1.0]).repeat(window // 4 + 1)[: window // 2 + 1]
mel_scales = [(w, torch.hann_window(w, periodic=True), arrays[f"mel.{w}"]) for w in case["melWindows"]]


class Rotate(torch.autograd.Function):
    """Forward q; backward the rotation of e to q with its gain, frozen (Fifty et al. 2024)."""

    @staticmethod
    def forward(ctx, e, q):
        ctx.save_for_backward(e, q)
        return q.clone()

    @staticmethod
    def backward(ctx, g):
        e, q = ctx.saved_tensors
        dot = lambda a, b: (a * b).sum(1, keepdim=True)
        ee, eq, qq = dot(e, e), dot(e, q), dot(q, q)
        tiny = 1e-12
        known = (torch.minimum(ee, qq) >= tiny).float()
        square_e, square_q = known / ee.clamp_min(tiny), known / qq.clamp_min(tiny)
        cross = square_e.sqrt() * square_q.sqrt()
        cosine = eq * cross
        mirror = 1 + cosine < 1e-4
        weight = 1 / torch.where(mirror, 1 - cosine, 1 + cosine)
        sign = torch.where(mirror, 1.0, -1.0)
        swap = weight * sign
        eg, qg = dot(e, g), dot(q, g)
        along_e = -weight * square_e * eg + (swap + 1 - sign) * cross * qg
        along_q = swap * cross * eg - weight * square_q * qg
        ratio = (qq / ee.clamp_min(tiny)).sqrt().clamp_max(4)
        gain = torch.where(known > 0, ratio, 1.0)
        return gain * (g + e * along_e + q * along_q), None


class Trainer:
    def __init__(self):
        self.parameters = {
            name: arrays[f"parameter.{name}"].clone().requires_grad_() for name, _ in case["parameters"]
        }
        self.average = [p.detach().clone() for p in self.parameters.values()]
        decayed = [self.parameters[name] for name, decay in case["parameters"] if decay]
        plain = [self.parameters[name] for name, decay in case["parameters"] if not decay]
        options = recipe["optimizer"]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": decayed, "weight_decay": options["weightDecay"]},
                {"params": plain, "weight_decay": 0.0},
            ],
            lr=recipe["schedule"]["rate"],
            betas=(options["beta1"], options["beta2"]),
            eps=options["epsilon"],
            fused=True,
        )
        self.codebooks = list(arrays["quantizer.codebooks"].clone().unbind(0))
        self.counts = arrays["quantizer.counts"].clone()
        self.sums = arrays["quantizer.sums"].clone()
        self.norms = [torch.zeros(()) for loss in self.weights()]

    @staticmethod
    def weights():
        losses = recipe["losses"]
        return [losses[name] for name in ("mel", "waveform", "siSdr") if losses[name] > 0]

    def linear(self, name, x):
        return torch.addmm(self.parameters[f"{name}.bias"], x, self.parameters[f"{name}.weight"])

    def norm(self, name, x):
        return F.layer_norm(
            x, x.shape[-1:], self.parameters[f"{name}.scale"], self.parameters[f"{name}.bias"], 1e-6
        )

    def block(self, name, x, ahead):
        kernel = encoder["kernel"]
        sequences = F.pad(x.view(batch, frames, -1).transpose(1, 2), (kernel - 1 - ahead, ahead))
        weight, bias = self.parameters[f"{name}.conv.weight"], self.parameters[f"{name}.conv.bias"]
        mixed = F.conv1d(sequences, weight, bias, groups=x.shape[1])
        mixed = mixed.transpose(1, 2).reshape(batch * frames, -1)
        hidden = F.gelu(self.linear(f"{name}.expand", self.norm(f"{name}.norm", mixed)))
        return x + self.linear(f"{name}.contract", hidden) * self.parameters[f"{name}.layerScale"]

    def encode(self, sound):
        padded = F.pad(sound, (window - hop, 0))
        spectrum = torch.stft(padded, window, hop, window=hann, center=False, return_complex=True)
        spectrum = spectrum.transpose(1, 2).reshape(batch * frames, -1) * middle
        power = spectrum.real.square() + spectrum.imag.square() + 1e-8
        gain = power ** ((encoder["compression"] - 1) / 2)
        x = self.linear("encoder.embed", torch.cat([spectrum.real * gain, spectrum.imag * gain], 1))
        x = self.norm("encoder.embedNorm", x)
        for i in range(encoder["blocks"]):
            x = self.block(f"encoder.blocks.{i}", x, 0)
        return self.linear("encoder.head", self.norm("encoder.headNorm", x))

    def decode(self, latent):
        x = self.norm("decoder.embedNorm", self.linear("decoder.embed", latent))
        for i in range(decoder["blocks"]):
            x = self.block(f"decoder.blocks.{i}", x, decoder["lookahead"] if i == 0 else 0)
        log_magnitude, phase = self.linear("decoder.head", self.norm("decoder.headNorm", x)).chunk(2, 1)
        spectrum = torch.polar(log_magnitude.clamp(-30, 7).exp(), phase) * middle
        shape = hann / (3 * (window // hop) / 8)
        pieces = (torch.fft.irfft(spectrum, window) * shape).view(batch, frames, window).transpose(1, 2)
        length = frames * hop + window - hop
        whole = F.fold(pieces, (1, length), (1, window), stride=(1, hop)).view(batch, length)
        return whole[:, window - hop :]

    def field(self, row, name):
        at = table["fields"][name]
        return row[at["at"] : at["at"] + at["length"]]

    def quantize(self, latent, row):
        mask = self.field(row, "layerMask").view(batch, 1, layers).expand(batch, frames, layers)
        mask = mask.reshape(batch * frames, layers)
        lower = torch.zeros_like(latent)
        quantized, error, codes = 0, 0, []
        for layer in range(layers):
            book = self.codebooks[layer]
            residual = latent - lower
            rows_ = residual.detach()
            distance = torch.addmm(book.square().sum(1), rows_, book.T, alpha=-2)
            code = distance.argmin(1)
            entry = book[code]
            used = mask[:, layer : layer + 1]
            error = error + ((residual - entry).square().sum(1, keepdim=True) * used).sum()
            quantized = quantized + Rotate.apply(residual, entry) * used
            lower = lower + entry
            codes.append(code)
            self.update(layer, rows_, code, used, row)
        commitment = error / (mask.sum().clamp_min(1) * dimension)
        return quantized, commitment, torch.stack(codes, 1)

    @torch.no_grad()
    def update(self, layer, residual, code, used, row):
        decay = quantizer["decay"]
        hits = torch.zeros(entries).index_add_(0, code, used[:, 0])
        counts = self.counts[layer] * decay + hits * (1 - decay)
        sums = (self.sums[layer] * decay).index_add_(0, code, residual * used * (1 - decay))
        moved = (sums + 1e-5 * self.codebooks[layer]) / (counts + 1e-5)[:, None]
        replaced = counts < quantizer["deadBelow"]
        if self.field(row, "forceRestart")[layer] > 0.5:
            replaced = torch.ones_like(replaced)
        count = residual.shape[0]
        stride = next((p for p in (7919, 7907, 7901, 7883, 7879) if count % p), 1)
        offset = int(self.field(row, "restartOffset")[layer])
        fresh = residual[(offset + torch.arange(entries) * stride) % count]
        # A new tensor: this step's graph still holds the old entries.
        self.codebooks[layer] = torch.where(replaced[:, None], fresh, moved)
        self.counts[layer] = torch.where(replaced, 1.0, counts)
        self.sums[layer] = torch.where(replaced[:, None], fresh, sums)

    def losses(self, sound, decoded):
        mel = 0
        for size, shape, bank in mel_scales:
            logs = []
            for x in (decoded, sound):
                spectrum = torch.stft(x, size, size // 4, window=shape, center=False, return_complex=True)
                magnitude = (spectrum.real.square() + spectrum.imag.square() + 1e-9).sqrt()
                logs.append((bank @ magnitude).clamp_min(1e-5).log10())
            mel = mel + (logs[0] - logs[1]).abs().mean()
        wave = (decoded - sound).abs().mean()
        return mel / len(mel_scales), wave, self.si_sdr(sound, decoded)

    @staticmethod
    def si_sdr(sound, decoded):
        scale = ((sound * decoded).sum(1, True)) / (sound.square().sum(1, True) + 1e-7)
        target = sound * scale
        ratio = (target.square().sum(1) + 1e-7) / ((decoded - target).square().sum(1) + 1e-7)
        return -10 * ratio.log10().mean()

    def step(self, number):
        sound, row = audio[number % len(audio)], rows[number]
        latent = self.encode(sound)
        quantized, commitment, codes = self.quantize(latent, row)
        decoded = self.decode(quantized)
        length = sound.shape[1] - case["edge"]
        leaf = decoded.detach().requires_grad_()
        values = self.losses(sound[:, :length], leaf[:, :length])
        weighted = [v for v, name in zip(values, ("mel", "waveform", "siSdr")) if recipe["losses"][name] > 0]
        total, decay = sum(self.weights()), self.field(row, "balancerDecay")[0]
        cotangent = 0
        for i, (value, weight) in enumerate(zip(weighted, self.weights())):
            (slope,) = torch.autograd.grad(value, leaf, retain_graph=True)
            self.norms[i] = self.norms[i] * decay + slope.norm() * (1 - decay)
            cotangent = cotangent + slope * (weight / total / (self.norms[i] + 1e-12))
        self.optimizer.zero_grad(set_to_none=True)
        commitment_weight = torch.tensor(recipe["losses"]["commitment"])
        torch.autograd.backward([decoded, commitment], [cotangent, commitment_weight])
        parameters = list(self.parameters.values())
        norm = torch.nn.utils.clip_grad_norm_(parameters, recipe["optimizer"]["clip"], foreach=True)
        for group in self.optimizer.param_groups:
            group["lr"] = case["rates"][number]
        self.optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(self.average, parameters, float(self.field(row, "averageRate")[0]))
        return [v.item() for v in values] + [commitment.item(), norm.item()], codes


def agree(steps):
    trainer, losses, codes = Trainer(), [], []
    for number in range(steps):
        values, found = trainer.step(number)
        losses.append(values)
        codes.append(found.flatten().tolist())
    return {"losses": losses, "codes": codes}


timed = None


def measure(steps):
    global timed
    if timed is None:
        timed = (Trainer(), 0)
    trainer, at = timed
    seconds = []
    for number in range(at, at + steps):
        start = time.perf_counter()
        trainer.step(number % len(rows))
        seconds.append(time.perf_counter() - start)
    timed = (trainer, at + steps)
    return {"seconds": seconds}


print(json.dumps({"torch": torch.__version__, "python": sys.version.split()[0]}), flush=True)
for line in sys.stdin:
    verb, count = line.split()
    print(json.dumps({"agree": agree, "time": measure}[verb](int(count))), flush=True)
