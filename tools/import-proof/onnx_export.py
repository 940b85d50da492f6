"""How far exported graphs, run by Python's onnxruntime alone, agree with the program's own codes.

    pip install onnxruntime==1.32.0 numpy pillow
    python3 tools/import-proof/onnx_export.py speech-24k speech-24k-fsq-factorised photo

For each model: `models export --onnx`, then the Python of the README that was written is run as it stands, and its
codes are compared with those of `codes` (npy), its decoded signal with that of `decode`. One line of JSON a model.
"""

import json
import os
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

root = Path(__file__).resolve().parents[2]


def nacre(program, *arguments):
    path = root / "apps" / program / "bin" / f"nacre-{program}.js"
    subprocess.run(["node", path, *map(str, arguments)], cwd=root, check=True, stdout=subprocess.DEVNULL)


def exported(program, model, folder):
    """The functions of the README's Python block, run in the folder of the graphs."""
    nacre(program, "models", "export", "--onnx", "-m", model, "-o", folder)
    block = (folder / "README.md").read_text().split("```python")[1].split("```")[0]
    names = {}
    os.chdir(folder)
    exec(compile(block, "README.md", "exec"), names)
    return names


def shares(found, expected):
    found, expected = found.reshape(-1), expected.reshape(-1)
    assert found.shape == expected.shape, (found.shape, expected.shape)
    return {"codes": int(found.size), "equalShare": float((found == expected).mean())}


def speech(rate):
    """samples/speech.wav at the model's rate, as int16: both sides then read the same samples."""
    with wave.open(str(root / "samples" / "speech.wav")) as file:
        own = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    places = np.arange(int(len(samples) * rate / own)) * own / rate
    return np.interp(places, np.arange(len(samples)), samples).astype(np.int16)


def write_wav(path, samples, rate):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def float_wav(path):
    """Samples of a mono WAV of 32-bit floats."""
    data = path.read_bytes()
    return np.frombuffer(data[data.index(b"data") + 8 :], np.float32)


def sound(model, folder):
    names = exported("audio", model, folder / "graphs")
    rate = names["config"]["sampleRate"]
    samples = speech(rate)
    write_wav(folder / "a.wav", samples, rate)
    nacre("audio", "codes", folder / "a.wav", "-m", model, "-o", folder / "a.npy")
    nacre("audio", "encode", folder / "a.wav", "-m", model, "-o", folder / "a.nacre")
    nacre("audio", "decode", folder / "a.nacre", "-m", model, "--bits", "32f", "-o", folder / "b.wav")
    own = np.load(folder / "a.npy")
    codes = names["encode"](samples.astype(np.float32) / 32768)
    heard = names["decode"](own[:, 0][None].astype(np.int64), len(samples))
    expected = float_wav(folder / "b.wav")
    worst = np.abs(heard - expected).max() / np.abs(expected).max()
    return {**shares(codes[0], own[:, 0]), "largestDifference": float(worst)}


def picture(model, folder):
    names = exported("image", model, folder / "graphs")
    pixels = np.asarray(Image.open(root / "samples" / "coffee.png").convert("RGB"))
    Image.fromarray(pixels).save(folder / "a.png")
    nacre("image", "codes", folder / "a.png", "-m", model, "-o", folder / "a.npy")
    layers = str(names["config"]["layers"])
    nacre("image", "encode", folder / "a.png", "-m", model, "-o", folder / "a.nacre", "--layers", layers, "--no-guard")
    nacre("image", "decode", folder / "a.nacre", "-m", model, "-o", folder / "b.png")
    codes, side = names["encode"](pixels)
    seen = names["decode"](codes, side, *pixels.shape[:2])
    expected = np.asarray(Image.open(folder / "b.png").convert("RGB"))
    worst = np.abs(seen.astype(int) - expected.astype(int)).max()
    return {**shares(codes[0], np.load(folder / "a.npy")[:, 0]), "size": pixels.shape[:2], "largestDifference": int(worst)}


def main():
    version = onnxruntime.__version__
    for model in sys.argv[1:]:
        config = root / "models" / model / "model.json"
        medium = json.loads(config.read_text())["medium"]
        with tempfile.TemporaryDirectory() as folder:
            found = (picture if medium == "image" else sound)(model, Path(folder))
            os.chdir(root)
        print(json.dumps({"model": model, "onnxruntime": version, **found}))


main()
