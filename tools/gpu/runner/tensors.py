"""Safetensors files without a package: 8 bytes of length, a JSON header, the bytes of the tensors."""

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np

TYPES = {"F32": "<f4", "I32": "<i4", "I64": "<i8", "U8": "u1"}
NAMES = {np.dtype(kind): name for name, kind in TYPES.items()}
MIB = 2**20
# Room for a header beside the tensors in a piece.
HEADER_ROOM = 64 * 1024


def read(path):
    """Arrays by name, and the file's texts."""
    data = Path(path).read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    texts = header.pop("__metadata__", {})
    body = memoryview(data)[8 + length :]
    arrays = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        arrays[name] = np.frombuffer(body[start:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
    return arrays, texts


def write(path, arrays, texts):
    header, at = {"__metadata__": texts}, 0
    for name, array in arrays.items():
        size = array.nbytes
        kind = NAMES[array.dtype]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        for array in arrays.values():
            file.write(np.ascontiguousarray(array).tobytes())


def write_pieces(folder, arrays, texts, limit):
    """Files checkpoint-<i>-of-<n>.safetensors of at most `limit` bytes; they appear when all are whole."""
    groups, size = [{}], 0
    for name, array in arrays.items():
        if array.nbytes > limit - HEADER_ROOM:
            raise SystemExit(f"{name} of {array.nbytes} bytes does not fit a piece of {limit}")
        if size + array.nbytes > limit - HEADER_ROOM:
            groups.append({})
            size = 0
        groups[-1][name] = array
        size += array.nbytes
    # Elsewhere first: what is half written must not be taken for a piece.
    with tempfile.TemporaryDirectory() as draft:
        names = [f"checkpoint-{i + 1}-of-{len(groups)}.safetensors" for i in range(len(groups))]
        for name, group in zip(names, groups):
            write(Path(draft) / name, group, texts)
        for name in names:
            shutil.move(Path(draft) / name, Path(folder) / name)


def read_pieces(folder):
    """The arrays of all pieces in a folder, and their texts. Ends the program when pieces are missing."""
    paths = sorted(Path(folder).glob("checkpoint-*-of-*.safetensors"))
    counts = {int(path.stem.split("-")[-1]) for path in paths}
    if len(counts) != 1 or counts != {len(paths)}:
        raise SystemExit(f"{folder} holds {len(paths)} pieces of a checkpoint of {sorted(counts)} pieces")
    arrays, all_texts = {}, []
    for path in paths:
        found, texts = read(path)
        arrays.update(found)
        all_texts.append(texts)
    if any(texts != all_texts[0] for texts in all_texts):
        raise SystemExit(f"{folder} holds pieces of different checkpoints")
    return arrays, all_texts[0]
