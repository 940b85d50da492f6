"""Writes pictures.json and curves.json: what other people's programs answer for pictures and curves made from a seed.

    python make.py [folder with kodim03.png and kodim19.png]

Needs numpy, scipy, scikit-image, torch, pytorch-msssim and bjontegaard; CI needs none of them, it reads the JSON.
test/picture.ts makes the same pictures.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from bjontegaard import bd_psnr, bd_rate
from pytorch_msssim import ms_ssim
from pytorch_msssim import ssim as torch_ssim
from pytorch_msssim.ssim import _ssim
from scipy.interpolate import PchipInterpolator
from skimage.io import imread
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

here = Path(__file__).parent
weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]


def congruence(count, seed):
    state, out = seed, np.empty(count, np.int64)
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        out[i] = state >> 8
    return out


def synthetic(width, height, channels, peak, seed):
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    ridge = lambda t: np.abs(t % 512 - 256)
    noise = congruence(width * height * channels, seed).reshape(x.shape) % 32
    value = ridge(3 * x + 2 * y + 80 * c) + ridge(x * (c + 1) + 500 - y) + noise
    return value * peak // 543


def with_noise(picture, amplitude, seed, peak):
    noise = congruence(picture.size, seed).reshape(picture.shape) % (2 * amplitude + 1) - amplitude
    return np.clip(picture + noise, 0, peak)


def coarse(picture, step):
    return picture - picture % step + step // 2


def gaussian(channels):
    taps = torch.exp(-((torch.arange(11, dtype=torch.float64) - 5) ** 2) / (2 * 1.5**2))
    return (taps / taps.sum()).reshape(1, 1, 1, 11).repeat(channels, 1, 1, 1)


def tensor(picture):
    return torch.tensor(picture, dtype=torch.float64).permute(2, 0, 1).unsqueeze(0)


def halved(t):
    """Odd sides repeat their last line; pytorch-msssim would average in zeros there."""
    t = torch.nn.functional.pad(t, (0, t.shape[-1] % 2, 0, t.shape[-2] % 2), mode="replicate")
    return torch.nn.functional.avg_pool2d(t, 2)


def ms_ssim_repeating(a, b, peak, window):
    product = 1
    for scale, weight in enumerate(weights):
        ssim, contrast = _ssim(a, b, peak, window)
        product = product * torch.relu(ssim if scale == 4 else contrast) ** weight
        a, b = halved(a), halved(b)
    return product.mean().item()


def psnr_yuv(a, b, peak, red, blue):
    green = 1 - red - blue
    rows = [[red, green, blue]]
    rows.append([-red / (2 * (1 - blue)), -green / (2 * (1 - blue)), 0.5])
    rows.append([0.5, -green / (2 * (1 - red)), -blue / (2 * (1 - red))])
    yuv = lambda p: p.astype(np.float64) @ np.array(rows).T
    errors = ((yuv(a) - yuv(b)) ** 2).mean(axis=(0, 1))
    decibels = lambda error: 10 * np.log10(peak**2 / error)
    share = np.array([6, 1, 1]) / 8
    return float(share @ decibels(errors)), float(decibels(share @ errors))


def measures(a, b, peak):
    channels = a.shape[2]
    window = gaussian(channels)
    ta, tb = tensor(a), tensor(b)
    out = {"psnrRgb": peak_signal_noise_ratio(a.astype(float), b.astype(float), data_range=peak)}
    if channels == 3:
        out["psnrYuv601Decibels"], out["psnrYuv601Errors"] = psnr_yuv(a, b, peak, 0.299, 0.114)
        out["psnrYuv709Decibels"], out["psnrYuv709Errors"] = psnr_yuv(a, b, peak, 0.2126, 0.0722)
    out["ssim"] = structural_similarity(
        a.astype(float), b.astype(float), data_range=peak, channel_axis=2,
        gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
    )
    agreed = torch_ssim(ta, tb, data_range=peak, win=window).item()
    assert abs(agreed - out["ssim"]) < 1e-9, (agreed, out["ssim"])
    if min(a.shape[:2]) >= 161:
        value = ms_ssim_repeating(ta, tb, peak, window)
        if all(side % 16 == 0 for side in a.shape[:2]):
            value = ms_ssim(ta, tb, data_range=peak, win=window).item()
        out["msSsim"] = value
        out["msSsimDecibels"] = float(-10 * np.log10(1 - value))
    return out


def pictures(folder):
    cases = [
        dict(width=192, height=176, channels=3, peak=255, seed=1, noise=12),
        dict(width=256, height=192, channels=3, peak=255, seed=2, step=32),
        dict(width=161, height=167, channels=3, peak=255, seed=3, noise=40),
        dict(width=208, height=176, channels=1, peak=255, seed=4, noise=3),
        dict(width=176, height=176, channels=3, peak=65535, seed=5, noise=3000),
        dict(width=37, height=23, channels=3, peak=255, seed=6, step=16),
        dict(width=11, height=11, channels=1, peak=255, seed=7, noise=25),
    ]
    rows = []
    for case in cases:
        form = {key: case[key] for key in ("width", "height", "channels", "peak", "seed")}
        original = synthetic(**form)
        step = case.get("step")
        other = coarse(original, step) if step else with_noise(original, case["noise"], form["seed"] + 100, form["peak"])
        rows.append({**case, "measures": measures(original, other, form["peak"])})
    real = []
    for name in ("kodim03.png", "kodim19.png") if folder else ():
        original = imread(Path(folder) / name).astype(np.int64)
        real.append({"name": name, "step": 32, "measures": measures(original, coarse(original, 32), 255)})
    return {"synthetic": rows, "real": real}


def curves():
    anchor = dict(rates=[0.11, 0.25, 0.47, 0.91], qualities=[27.1, 30.4, 33.2, 36.8])
    test = dict(rates=[0.09, 0.19, 0.42, 0.88], qualities=[27.9, 30.6, 34.4, 37.7])
    long_anchor = dict(rates=[0.08, 0.14, 0.22, 0.35, 0.6, 0.95, 1.6], qualities=[24.2, 26.9, 28.3, 30.9, 32.4, 35.1, 38.6])
    long_test = dict(rates=[0.05, 0.1, 0.21, 0.33, 0.64, 1.1], qualities=[24.9, 27.3, 30.1, 31.6, 35.2, 37.0])
    # So bent at both ends that one-sided slopes would turn the curve around.
    bent = dict(rates=[0.1, 0.12, 0.3, 0.9, 0.95], qualities=[25.0, 30.0, 31.0, 32.0, 36.0])
    rows = []
    for a, b in ((anchor, test), (long_anchor, long_test), (long_anchor, anchor), (anchor, bent)):
        row = {"anchor": a, "test": b}
        for fit in ("cubic", "pchip"):
            quads = (a["rates"], a["qualities"], b["rates"], b["qualities"], fit)
            options = dict(require_matching_points=False, min_overlap=0)
            row[fit] = {"rate": float(bd_rate(*quads, **options)), "quality": float(bd_psnr(*quads, **options))}
        row["within"] = within(a, b, 0.15, 0.8)
        rows.append(row)
    return rows


def within(a, b, low, high):
    """The same with every curve cut at two rates, by scipy's own interpolator."""
    logs = lambda curve: np.log10(curve["rates"])
    ends = np.log10([low, high])
    cut = lambda curve: PchipInterpolator(logs(curve), curve["qualities"])(np.clip(ends, logs(curve)[0], logs(curve)[-1]))
    (la, ha), (lb, hb) = cut(a), cut(b)
    lowest, highest = max(la, lb), min(ha, hb)
    inverse = lambda curve: PchipInterpolator(curve["qualities"], logs(curve)).integrate(lowest, highest)
    mean = (inverse(b) - inverse(a)) / (highest - lowest)
    first = max(ends[0], logs(a)[0], logs(b)[0])
    last = min(ends[1], logs(a)[-1], logs(b)[-1])
    forward = lambda curve: PchipInterpolator(logs(curve), curve["qualities"]).integrate(first, last)
    return {
        "low": low, "high": high, "fit": "pchip",
        "qualities": [float(lowest), float(highest)],
        "rate": float(100 * (10**mean - 1)),
        "quality": float((forward(b) - forward(a)) / (last - first)),
    }


def write(name, figures, *packages):
    versions = {package: version(package) for package in packages}
    (here / name).write_text(json.dumps({"versions": versions, **figures}, indent=2) + "\n")


write("pictures.json", pictures(sys.argv[1] if len(sys.argv) > 1 else None), "numpy", "scikit-image", "torch", "pytorch-msssim")
write("curves.json", {"curves": curves()}, "numpy", "scipy", "bjontegaard")
