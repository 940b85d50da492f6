"""PESQ of pairs of WAV files by PyPI's pesq (ITU-T P.862.2, wide band); the outside judge of `benchmark pesq`.

python pesq.py versions     one JSON object: versions of Python and the package
python pesq.py score LIST   LIST is a JSON file, [[reference, degraded], ...]; prints one JSON array of scores,
                            null where the judge finds no speech
"""

import importlib.metadata
import json
import platform
import sys
import wave

# This file has the package's name, and its folder is the first place where Python looks.
sys.path.pop(0)

import numpy
import pesq

RATE = 16000


def samples(path):
    with wave.open(path) as file:
        form = (file.getnchannels(), file.getsampwidth(), file.getframerate())
        if form != (1, 2, RATE):
            raise ValueError(f"{path}: channels, bytes and rate are {form}")
        return numpy.frombuffer(file.readframes(file.getnframes()), dtype="<i2")


def score(reference, degraded):
    try:
        return float(pesq.pesq(RATE, samples(reference), samples(degraded), "wb"))
    except pesq.NoUtterancesError:
        return None


def main(task, *names):
    if task == "versions":
        version = importlib.metadata.version("pesq")
        return {"python": platform.python_version(), "pesq": version, "numpy": numpy.__version__}
    with open(names[0], encoding="utf8") as file:
        return [score(*pair) for pair in json.load(file)]


print(json.dumps(main(*sys.argv[1:])))
