"""PyPI's constriction beside our rANS: the peer of `benchmark entropy`, never needed to use Nacre.

python entropy.py versions                one JSON object: versions of Python and the packages
python entropy.py measure FOLDER TABLES   codes FOLDER/symbols.bin by the runs of equal numbers in FOLDER/choice.bin, with
                                          the frequencies in FOLDER/tables.bin; prints nanoseconds of processor time a symbol
                                          and bytes
"""

import importlib.metadata
import json
import platform
import sys
import time
from pathlib import Path

import constriction
import numpy


def models(frequencies):
    return [constriction.stream.model.Categorical(row / 65536.0, perfect=False) for row in frequencies]


def runs(symbols, choice):
    edges = numpy.flatnonzero(numpy.diff(choice)) + 1
    starts = numpy.concatenate([[0], edges])
    return [(int(choice[start]), part) for start, part in zip(starts, numpy.split(symbols, edges))]


def code(tables, parts):
    coder = constriction.stream.stack.AnsCoder()
    begun = time.process_time()
    for table, part in reversed(parts):
        coder.encode_reverse(part, tables[table])
    words = coder.get_compressed()
    middle = time.process_time()
    reader = constriction.stream.stack.AnsCoder(words)
    decoded = [reader.decode(tables[table], len(part)) for table, part in parts]
    end = time.process_time()
    if not all(numpy.array_equal(a, b) for a, (_, b) in zip(decoded, parts)):
        raise ValueError("decoding does not give back what was coded")
    return middle - begun, end - middle, 4 * len(words)


def measure(folder, count):
    folder = Path(folder)
    frequencies = numpy.fromfile(folder / "tables.bin", dtype="<u4").reshape(int(count), -1).astype(numpy.float32)
    symbols = numpy.fromfile(folder / "symbols.bin", dtype="<i4")
    parts = runs(symbols, numpy.fromfile(folder / "choice.bin", dtype="u1"))
    tables = models(frequencies)
    code(tables, parts)
    encode, decode, size = code(tables, parts)
    return {"encode": 1e9 * encode / len(symbols), "decode": 1e9 * decode / len(symbols), "bytes": size}


def main(task, *arguments):
    if task == "versions":
        version = importlib.metadata.version("constriction")
        return {"python": platform.python_version(), "constriction": version, "numpy": numpy.__version__}
    return measure(*arguments)


print(json.dumps(main(*sys.argv[1:])))
