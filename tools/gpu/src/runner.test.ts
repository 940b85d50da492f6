import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "@nacre/codec";
import { onnxModel, type Tensor } from "@nacre/graph";
import type { Value } from "@nacre/runtime";
import { createRuntime } from "@nacre/runtime/node";
import { drawBatch, train } from "@nacre/training";
import { describe, expect, test } from "vitest";
import { everyOp, feedsOf } from "../test/every-op.js";
import { hasTorch, python, runnerFolder, why } from "../test/python.js";
import { smallRecipe, temporaryFolders, toneCorpus } from "../test/small.js";
import { agree, runPython } from "./agree.js";
import { exportFiles, exportStep } from "./export-step.js";
import { importCheckpoint } from "./import-checkpoint.js";
import { nodeListOf } from "./node-list.js";
import { exportSound } from "./sound/export-sound.js";

const folder = temporaryFolders();
const helper = (name: string) => join(runnerFolder, "../test", name);
const runtime = createRuntime({ worker: false });

test("where Python is missing, that is said", async () => {
  const options = { python: "no-such-python", steps: 1 };
  await expect(agree(smallRecipe("speech-24k"), toneCorpus(), options)).rejects.toMatchObject({
    code: "io",
    message: expect.stringContaining("could not be started"),
  });
});

// PyTorch alone takes seconds to load, many on a busy machine.
describe.skipIf(!hasTorch)(`the runner ${why}`, { timeout: 240_000 }, () => {
  test.each(["speech-24k", "speech-24k-fsq"])(
    "trains 20 steps of %s as onnxruntime-node does, losses and weights within 1e-3",
    async (name) => {
      const { metrics, state } = await agree(smallRecipe(name), toneCorpus(), { python, steps: 20 });
      const losses = ["mel", "waveform", "siSdr", "gradientNorm"].map((loss) => metrics[loss]);
      const learned = Object.entries(state).filter(([kind]) => !["first", "second"].includes(kind));
      expect(learned.map(([kind]) => kind)).toEqual(expect.arrayContaining(["value", "average", "balancer"]));
      for (const difference of [...losses, ...learned.map(([, each]) => each)]) {
        expect(difference).toBeLessThan(1e-3);
      }
    },
  );

  test("computes every operator that graphs emit as onnxruntime-node does", async () => {
    const home = folder();
    const { inputs, outputs } = everyOp();
    const { list, constants } = nodeListOf({ inputs, outputs });
    writeFileSync(join(home, exportFiles.step), JSON.stringify({ ...list, state: [] }));
    writeFileSync(join(home, exportFiles.constants), writeSafetensors(constants));
    const feeds = feedsOf(inputs);
    writeFileSync(join(home, "fed.safetensors"), writeSafetensors(feeds));
    await runPython(python, [helper("run_list.py"), runnerFolder, home]);
    const { tensors } = readSafetensors(readFileSync(join(home, "made.safetensors")));
    const expected = await evaluate(inputs, outputs);
    for (const [name, { shape, data }] of Object.entries(expected)) {
      expect(tensors[name]!.shape, name).toEqual(shape);
      const mine = [...(tensors[name]!.data as Float32Array)];
      expect(mine, name).toEqual(
        Array.from<number | bigint>(data).map((each) => expect.closeTo(Number(each), 4)),
      );
    }
  });

  async function evaluate(inputs: readonly Tensor[], outputs: Record<string, Tensor>) {
    const session = await runtime.open(onnxModel({ inputs, outputs }), { threads: 1 });
    const fed = Object.entries(feedsOf(inputs)).map(([name, { shape, data }]): [string, Value] => [
      name,
      { type: "float32", shape, data },
    ]);
    return await session.run(Object.fromEntries(fed));
  }

  test("names an operator that it does not know before anything runs", async () => {
    const home = folder();
    const nodes = [{ type: "Hardmax", inputs: ["x"], outputs: ["y"], attributes: {} }];
    writeFileSync(join(home, exportFiles.step), JSON.stringify({ nodes, constants: {}, outputs: [] }));
    const said = runPython(python, [helper("run_list.py"), runnerFolder, home]);
    await expect(said).rejects.toThrow("does not know the operators Hardmax");
  });

  test("decodes packed sound, and draws the crops that the training package draws from it", async () => {
    const corpus = toneCorpus();
    const home = join(folder(), "sound");
    // Pieces of one clip each, in the corpus' own order with this seed.
    await exportSound(corpus, home, { limit: 1e6, fineness: 30, seed: 1, pieceSeconds: 0.2 });
    const [seed, batch, samples] = [7, 3, 4000];
    await runPython(python, [
      helper("decode_sound.py"),
      runnerFolder,
      home,
      ...[seed, batch, samples].map(String),
    ]);
    const { tensors, metadata } = readSafetensors(readFileSync(join(home, "sound.safetensors")));
    expect(metadata.rate).toBe("24000");
    const [audio, clips] = [tensors.audio!.data as Float32Array, tensors.clips!.data as BigInt64Array];
    const heard = corpusOf(audio, clips);
    let [apart, whole] = [0, 0];
    for (const clip of heard.train) {
      const original = corpus.train.find(({ length }) => length === clip.length)!;
      const [mine, theirs] = [new Float32Array(clip.length), new Float32Array(clip.length)];
      heard.read(clip, 0, mine);
      corpus.read(original, 0, theirs);
      for (let i = 0; i < mine.length; i++) {
        apart += (mine[i]! - theirs[i]!) ** 2;
        whole += theirs[i]! ** 2;
      }
    }
    expect(10 * Math.log10(whole / apart)).toBeGreaterThan(20);
    const crops = tensors.crops!.data as Float32Array;
    const batchOf = new Float32Array(batch * samples);
    for (let step = 1; step <= 5; step++) {
      drawBatch(heard, seed, step, batch, batchOf);
      const theirs = crops.subarray((step - 1) * batchOf.length, step * batchOf.length);
      expect(Math.max(...batchOf.map((value, i) => Math.abs(value - theirs[i]!)))).toBeLessThan(1e-6);
    }
  });

  function corpusOf(audio: Float32Array, clips: BigInt64Array): ReturnType<typeof toneCorpus> {
    const train = Array.from({ length: clips.length / 2 }, (_, i) => ({
      start: Number(clips[2 * i]),
      length: Number(clips[2 * i + 1]),
    }));
    return {
      ...toneCorpus(),
      train,
      read({ start, length }, offset, into) {
        into.fill(0);
        const end = start + Math.min(length, offset + into.length);
        into.set(audio.subarray(start + offset, end).map((value) => value / 32_768));
      },
    };
  }

  test("stops, goes on from its pieces as if it had not stopped, and the CPU goes on from there", async () => {
    const home = folder();
    const recipe = smallRecipe("speech-24k", 12);
    await exportStep(recipe, join(home, "step"), { batch: 3 });
    await exportStep(recipe, join(home, "half"), { batch: 3 });
    keepRows(join(home, "half"), 6);
    await exportSound(toneCorpus(), join(home, "sound"), { limit: 1e6, fineness: 11, seed: 1 });
    const run = (step: string, out: string, ...more: string[]) =>
      runPython(python, [
        ...[join(home, step, "runner.py"), join(home, step), "--sound", join(home, "sound")],
        ...["--out", join(home, out), "--minutes", "5", "--log-every", "4", "--device", "cpu"],
        ...["--workers", "1", "--threads", "1", "--piece-mib", "2", ...more],
      ]);
    await run("step", "unbroken");
    await run("half", "first");
    await run("step", "second", "--resume", join(home, "first"));
    const pieces = readdirSync(join(home, "unbroken")).filter((name) => name.startsWith("checkpoint-"));
    expect(pieces.length).toBeGreaterThan(0);
    for (const name of pieces) {
      expect(statSync(join(home, "unbroken", name)).size).toBeLessThanOrEqual(2 ** 21);
      const [a, b] = ["unbroken", "second"].map((out) =>
        readSafetensors(readFileSync(join(home, out, name))),
      );
      expect(b!.tensors).toEqual(a!.tensors);
      expect(b!.metadata.step).toBe("12");
    }
    const steps = (out: string) =>
      readFileSync(join(home, out, "log.jsonl"), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { step: number }).step);
    expect([steps("unbroken"), steps("first"), steps("second")]).toEqual([
      [4, 8, 12],
      [4, 6],
      [10, 12],
    ]);
    await importCheckpoint(join(home, "first"), recipe, join(home, "run"));
    const { step } = await train({
      ...{ recipe, corpus: toneCorpus(), folder: join(home, "run"), runtime, threads: 1 },
    });
    expect(step).toBe(12);
  });

  // An export whose rows end early stands for a run that was stopped.
  function keepRows(home: string, last: number): void {
    const path = join(home, exportFiles.step);
    const about = JSON.parse(readFileSync(path, "utf8")) as { rows: { last: number } };
    about.rows.last = last;
    writeFileSync(path, JSON.stringify(about));
  }
});
