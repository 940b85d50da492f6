"""
Trains an exported step: python3 runner.py <export> --sound <folder> --out <folder> --minutes 8

Needs PyTorch and numpy alone. On a graphics card the step is captured once as a CUDA graph and replayed; the host
looks at numbers every --log-every steps. Writes checkpoint-<i>-of-<n>.safetensors, log.jsonl and run.json to --out.
"""

import argparse
import gzip
import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import torch

import tensors
from feed import Feed, cut
from sound import load_sound
from step import Step

PATIENCE = 20


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("export", help="folder that `export` wrote")
    parser.add_argument("--sound", nargs="+", required=True, help="folders that `export-corpus` wrote")
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, required=True, help="from the program's start to its end")
    parser.add_argument("--resume", help="folder with the pieces of a checkpoint of this export")
    parser.add_argument("--log-every", type=int, default=100, help="steps")
    parser.add_argument("--save-minutes", type=float, default=3)
    parser.add_argument("--piece-mib", type=int, default=16, help="largest file of a checkpoint")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, help="of the processor, where it computes")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes that decode sound")
    parser.add_argument("--no-tf32", action="store_true", help="24 bits in every product")
    return parser.parse_args()


class Trainer:
    """A step with its state, row table and sound on one device."""

    def __init__(self, step, state, rows, feed, sound, block):
        self.step, self.state, self.rows, self.feed = step, state, rows, feed
        self.sound, self.block_size = sound, block
        about, device = step.about, step.device
        batch = about["audioShape"][0]
        self.row_block = torch.zeros(block, about["rowWidth"], device=device)
        whole = {"dtype": torch.int64, "device": device}
        self.places = torch.zeros(block, batch, **whole)
        self.counts = torch.ones(block, batch, **whole)
        self.louds = torch.zeros(block, batch, dtype=torch.float64, device=device)
        self.history = torch.zeros(block, len(about["metricNames"]), device=device)
        self.at = torch.zeros(1, **whole)
        self.failures = torch.zeros(1, **whole)
        self.graph = None

    def one(self):
        """One step, wholly on the device: a step without finite numbers leaves the state as it was."""
        pick = lambda block: block.index_select(0, self.at)[0]
        samples = self.step.about["audioShape"][1]
        audio = cut(self.sound, pick(self.places), pick(self.counts), pick(self.louds), samples)
        made = self.step.run({"audio": audio, "row": pick(self.row_block), **self.state})
        metrics = made["metrics"]
        finite = torch.isfinite(metrics).all()
        kept = [torch.where(finite, made[f"next.{name}"], old) for name, old in self.state.items()]
        torch._foreach_copy_(list(self.state.values()), kept)
        self.history.index_copy_(0, self.at, metrics[None])
        self.failures.copy_(torch.where(finite, 0, self.failures + 1))
        self.at.add_(1)

    def capture(self):
        """Warms up on a side stream and captures; answers how far a replay is from the step as it was run."""
        before = {name: value.clone() for name, value in self.state.items()}
        self.load(self.prepare(self.rows.first, 1))
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self.begin_again(before)
                self.one()
        torch.cuda.current_stream().wait_stream(side)
        plain = self.history[0].clone()
        # The graph gets a pool of its own.
        torch.cuda.empty_cache()
        self.begin_again(before)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.one()
        self.begin_again(before)
        self.graph.replay()
        apart = ((self.history[0] - plain).abs() / plain.abs().clamp_min(1e-6)).max().item()
        self.begin_again(before)
        return apart

    def begin_again(self, before):
        for name, value in before.items():
            self.state[name].copy_(value)
        self.at.zero_()
        self.failures.zero_()

    def prepare(self, first, count):
        return [self.rows.block(first, count), *self.feed.block(first, count)]

    def load(self, prepared):
        targets = (self.row_block, self.places, self.counts, self.louds)
        for target, source in zip(targets, prepared):
            target[: len(source)].copy_(source)
        self.at.zero_()

    def launch(self, count):
        for _ in range(count):
            self.graph.replay() if self.graph else self.one()


class Rows:
    """The packed table rows that were exported."""

    def __init__(self, folder, about):
        with gzip.open(Path(folder) / "rows.f32.gz") as file:
            self.data = np.frombuffer(file.read(), "<f4").reshape(-1, about["rowWidth"])
        self.first, self.last = about["rows"]["first"], about["rows"]["last"]

    def block(self, first, count):
        at = first - self.first
        if at < 0 or at + count > len(self.data):
            raise SystemExit(f"rows of steps {self.first} to {self.last} alone; export again for step {first}")
        return torch.from_numpy(self.data[at : at + count].copy())


def main():
    begun = time.monotonic()
    given = options()
    torch.backends.cudnn.allow_tf32 = not given.no_tf32
    if given.threads:
        torch.set_num_threads(given.threads)
    out = Path(given.out)
    out.mkdir(parents=True, exist_ok=True)
    # Before the card is touched: the decoders are forks of this process.
    samples, clips, rate = load_sound(given.sound, given.workers)
    decoded = time.monotonic() - begun
    step = Step(given.export, given.device, all_exact=given.no_tf32)
    about = step.about
    if rate != about["sampleRate"]:
        raise SystemExit(f"sound at {rate} Hz, expected {about['sampleRate']} Hz")
    state, done, before = begin(step, given.resume)
    rows = Rows(given.export, about)
    batch, length = about["audioShape"]
    feed = Feed(clips, about["recipe"]["seed"], batch, length)
    sound = torch.from_numpy(samples).to(given.device)
    trainer = Trainer(step, state, rows, feed, sound, given.log_every)
    on_card = given.device.startswith("cuda")
    apart = trainer.capture() if on_card else 0.0
    ready = time.monotonic() - begun
    run = {
        "device": torch.cuda.get_device_name() if on_card else given.device,
        "torch": torch.__version__,
        "python": sys.version.split()[0],
        "hours": len(samples) / rate / 3600,
        "secondsToDecode": decoded,
        "secondsToReady": ready,
        "replayDifference": apart,
    }
    (out / "run.json").write_text(json.dumps(run) + "\n")
    print(json.dumps(run), flush=True)
    train(trainer, given, out, done, before, begun)


def begin(step, resume):
    """State, steps done, and seconds trained so far."""
    if resume is None:
        progress = step.about["progress"]
        return step.first_state(), progress["step"], progress["seconds"]
    arrays, texts = tensors.read_pieces(resume)
    if json.loads(texts["recipe"]) != step.about["recipe"]:
        raise SystemExit(f"{resume} holds a checkpoint of another recipe or batch")
    return step.load_state(arrays), int(texts["step"]), float(texts["seconds"])


def train(trainer, given, out, done, before, begun):
    """To the last row, or until the minutes are over; a checkpoint stands in both cases."""
    start, first, last = time.monotonic(), done, trainer.rows.last
    deadline, saved_at, saved = begun + 60 * given.minutes, start, -1
    longest_save = 0.0
    seconds = lambda: before + time.monotonic() - start

    def save():
        nonlocal saved_at, saved, longest_save
        moment = time.monotonic()
        arrays = {name: value.cpu().numpy() for name, value in trainer.state.items()}
        recipe = json.dumps(trainer.step.about["recipe"])
        texts = {"recipe": recipe, "step": str(done), "seconds": str(seconds())}
        tensors.write_pieces(out, arrays, texts, given.piece_mib * tensors.MIB)
        saved_at, saved = time.monotonic(), done
        longest_save = max(longest_save, saved_at - moment)

    prepared = trainer.prepare(done + 1, min(given.log_every, last - done)) if done < last else None
    longest_block = 0.0
    while prepared and time.monotonic() + longest_block + longest_save + 5 < deadline:
        moment, count = time.monotonic(), len(prepared[0])
        trainer.load(prepared)
        trainer.launch(count)
        done += count
        # The next crops are drawn while the card works.
        prepared = trainer.prepare(done + 1, min(given.log_every, last - done)) if done < last else None
        tell(trainer, out, (done, count, first, last), seconds(), time.monotonic() - start)
        longest_block = max(longest_block, time.monotonic() - moment)
        if time.monotonic() - saved_at > 60 * given.save_minutes:
            save()
    if saved != done:
        save()
    print(f"stopped after step {done} of {last}", flush=True)


def tell(trainer, out, progress, seconds, sitting):
    done, count, first, last = progress
    # The one place where the host waits for the card.
    history = trainer.history[:count].cpu().numpy()
    sitting = max(sitting, 1e-9)
    about = trainer.step.about
    batch, length = about["audioShape"]
    metrics = {name: float(value) for name, value in zip(about["metricNames"], history[-1])}
    line = {
        "step": done,
        "steps": last,
        "seconds": seconds,
        "secondsLeft": (last - done) * sitting / (done - first),
        "audioPerSecond": (done - first) * batch * length / about["sampleRate"] / sitting,
        "metrics": metrics,
        "skipped": int((~np.isfinite(history).all(1)).sum()),
    }
    if not np.isfinite(history[-1]).all():
        # JSON has no NaN.
        line = {"step": done, "steps": last, "skipped": line["skipped"]}
    with open(out / "log.jsonl", "a") as file:
        file.write(json.dumps(line) + "\n")
    pace = line.get("audioPerSecond", 0)
    print(f"{done}/{last}  {pace:.1f} s/s  mel {metrics.get('mel', 0):.4f}", flush=True)
    if int(trainer.failures) > PATIENCE:
        raise SystemExit(f"{int(trainer.failures)} steps in a row up to {done} without finite numbers")


if __name__ == "__main__":
    main()
