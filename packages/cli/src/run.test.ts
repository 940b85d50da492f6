import { existsSync, readdirSync, readFileSync } from "node:fs";
import { NacreError } from "@nacre/errors";
import { layerReportJsonSchema, measures } from "@nacre/inspect";
import { expect, test } from "vitest";
import { type CapturedIo, capturedIo } from "../test/captured-io.js";
import { letters } from "../test/letters.js";
import { sandbox } from "../test/sandbox.js";
import { BrokenPipe } from "./io.js";
import type { InspectRequest, Medium } from "./medium.js";
import { run } from "./run.js";
import { jsonOption, verb } from "./verb.js";
import { verbs } from "./verbs.js";

const call = async (argv: string[], io: CapturedIo = capturedIo()) => ({
  code: await run(letters, argv, io),
  out: io.out(),
  err: io.err(),
});

test("every verb has help with its options and an example that begins with the program's name", async () => {
  for (const { name } of verbs) {
    const { code, out, err } = await call([name, "--help"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(`Example:\n  $ nacre-letters ${name}`);
    expect(out).toContain("--json");
  }
  const all = await call(["--help"]);
  for (const { name } of verbs) expect(all.out).toContain(`  ${name}`);
  expect(await call(["--version"])).toMatchObject({ code: 0, out: "nacre-letters 1.2.3\n" });
});

test.each([
  [["encod", "x"], "unknown command 'encod' (did you mean encode?)"],
  [["encode", "x", "--laiers", "2"], "unknown option '--laiers' (did you mean --layers?)"],
  [["encode", "x", "--layers", "0"], "--layers 0, expected a whole number of at least 1"],
  [["encode", "x", "--layers", "1e3"], "--layers 1e3, expected"],
  [["encode"], "missing required argument"],
  [["encode", "x", "--layers"], "argument missing"],
  [["encode", "x", "-o", "y", "-d", "z"], "cannot be used with"],
  [["encode", "x", "--layers", "1", "--upper"], "cannot be used with"],
  [["trim", "x"], "required option"],
  [["info", "x", "y"], "too many arguments"],
  [["codes", "x", "-o", "x.doc"], "ends in .npy or .safetensors"],
  [["train", "x", "--name", "A b"], "--name A b, expected lower-case letters"],
  [["inspect", "x", "--measures", "rate,"], "--measures rate,, expected names with commas between them"],
  [["inspect", "x", "--measures", "rate", "--all"], "cannot be used with"],
])("%j is wrong usage: exit 2 and one line", async (argv, words) => {
  const { code, out, err } = await call(argv);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain(`error: `);
  expect(err).toContain(words);
  expect(err.trimEnd().split("\n")).toHaveLength(1);
});

test("no verb at all is wrong usage, with the help on standard error", async () => {
  const { code, out, err } = await call([]);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain("Usage: nacre-letters <verb>");
});

test("what goes there comes back, by names of its own, and beside the input", async () => {
  const at = sandbox({ "poem.txt": "Nacre, light built from thin layers" });
  expect((await call(["encode", at("poem.txt")])).code).toBe(0);
  expect((await call(["decode", at("poem.nacre"), "-o", at("again.txt")])).code).toBe(0);
  expect(readFileSync(at("again.txt"), "utf8")).toBe("Nacre, light built from thin layers");
  expect((await call(["encode", at("poem.txt"), "--upper", "--force"])).code).toBe(0);
  await call(["decode", at("poem.nacre"), "--force", "-o", at("again.txt")]);
  expect(readFileSync(at("again.txt"), "utf8")).toBe("NACRE, LIGHT BUILT FROM THIN LAYERS");
});

test("pipes carry the same bytes as files, and their facts go to standard error", async () => {
  const at = sandbox({ "a.txt": "pearl" });
  await call(["encode", at("a.txt")]);
  const piped = await call(["encode", "-"], capturedIo({ stdin: [Buffer.from("pe"), Buffer.from("arl")] }));
  expect(piped.code).toBe(0);
  expect(piped.out).toBe(readFileSync(at("a.nacre"), "latin1"));
  expect(piped.err).toMatch(/^\d+ bytes\n$/);
  const bytes = [...Buffer.from(piped.out, "latin1")].map((byte) => Buffer.from([byte]));
  expect((await call(["decode", "-"], capturedIo({ stdin: bytes }))).out).toBe("pearl");
});

test("binary data never goes to a terminal, and a terminal is never read", async () => {
  const at = sandbox({ "a.txt": "pearl" });
  const to = await call(["encode", at("a.txt"), "-o", "-"], capturedIo({ terminal: true }));
  expect(to.code).toBe(2);
  expect(to.err).toContain("terminal");
  const from = await call(["encode", "-", "-o", at("b.nacre")], capturedIo({ terminal: true }));
  expect(from.code).toBe(2);
});

test("--json beside a result on the standard output is refused, so neither spoils the other", async () => {
  const at = sandbox({ "a.txt": "pearl" });
  expect(await call(["encode", at("a.txt"), "-o", "-", "--json"])).toMatchObject({ code: 2, out: "" });
});

test("an unexpected error is one sentence with a hint, and its stack only with NACRE_DEBUG", async () => {
  const at = sandbox({ "a.txt": "pearl" });
  const argv = ["encode", at("a.txt"), "--model", "broken"];
  const { code, err } = await call(argv);
  expect(code).toBe(1);
  expect(err).toMatch(/^error: .*cannot read properties.*NACRE_DEBUG=1.*\n$/);
  expect(err).not.toContain("    at ");
  expect((await call(argv, capturedIo({ env: { NACRE_DEBUG: "1" } }))).err).toContain("    at ");
  expect(readdirSync(at())).toEqual(["a.txt"]);
});

test("a reader that is gone ends the program quietly with the code of SIGPIPE", async () => {
  const at = sandbox({ "a.txt": "pearl" });
  const write = () => Promise.reject(new BrokenPipe());
  for (const argv of [["encode", at("a.txt"), "-o", "-"], ["models"], ["--help"]]) {
    expect(await call(argv, capturedIo({ write }))).toMatchObject({ code: 141, err: "" });
  }
});

test("colour and progress are for terminals, and NO_COLOR is honoured", async () => {
  const at = sandbox({ "a.txt": "pearl?" });
  const argv = ["encode", at("a.txt"), "--force"];
  const plain = await call(argv);
  const seen = await call(argv, capturedIo({ terminal: true }));
  const grey = await call(argv, capturedIo({ terminal: true, env: { NO_COLOR: "1" } }));
  expect(plain.err).toBe("warning: a question\n");
  expect(seen.err).toContain("\u001b[33mwarning:\u001b[0m");
  expect(seen.err).toContain("1 parts");
  expect(grey.err).not.toContain("\u001b[33m");
  expect(seen.out).not.toContain("\u001b");
});

test("the second interruption removes what is unfinished and ends at once; the first lets it be closed", async () => {
  const at = sandbox();
  let io: CapturedIo;
  const during: string[][] = [];
  async function* slow() {
    yield Buffer.from("pe");
    during.push(readdirSync(at()));
    io.interrupt();
    expect(io.exits).toEqual([]);
    io.interrupt();
    during.push(readdirSync(at()));
    yield Buffer.from("arl");
  }
  io = capturedIo({ stdin: slow() });
  await run(letters, ["encode", "-", "-o", at("a.nacre")], io);
  expect(during[0]).toEqual([expect.stringMatching(/^\.a\.nacre\.[\w-]+\.tmp$/)]);
  expect(during[1]).toEqual([]);
  expect(io.exits).toEqual([130]);
});

test("an interrupted program says so with 130, also when nothing could be kept", async () => {
  const at = sandbox();
  let io: CapturedIo;
  async function* shouting() {
    io.interrupt();
    yield Buffer.from("!");
  }
  io = capturedIo({ stdin: shouting() });
  expect(await run(letters, ["encode", "-", "-o", at("a.nacre")], io)).toBe(130);
  expect(io.err()).toContain("nothing was kept");
  expect(existsSync(at("a.nacre"))).toBe(false);
});

test("training on other files than those that were packed is refused", async () => {
  const at = sandbox({ "one/a.txt": "a", "two/b.txt": "b" });
  const train = (folder: string) => call(["train", at(folder), "-o", at("model"), "--json"]);
  expect(JSON.parse((await train("one")).out)).toMatchObject({ model: at("model"), name: "model" });
  expect((await train("one")).err).toContain("going on from");
  expect(await train("two")).toMatchObject({ code: 2 });
});

test("a medium's own verb is one of the program's, and one with several kinds of result chooses by the name", async () => {
  const at = sandbox({ "a.txt": "pearl" });
  const shout = verb({
    name: "shout",
    arguments: "<text>",
    summary: () => "in capitals",
    example: () => "shout a.txt",
    options: () => ({ json: jsonOption }),
    async run({ io }, [text = ""]) {
      await io.stdout.write(text.toUpperCase());
      return 0;
    },
  });
  const asked: unknown[] = [];
  const medium: Medium = {
    ...letters,
    outputExtensions: [".txt", ".md"],
    verbs: [shout],
    async open(name, options) {
      const model = await letters.open(name, options);
      return {
        ...model,
        decode(source, values, task) {
          asked.push(values.ending);
          return model.decode(source, values, task);
        },
      };
    },
  };
  const io = capturedIo();
  expect(await run(medium, ["shout", "pearl"], io)).toBe(0);
  expect(io.out()).toBe("PEARL");
  expect((await call(["shout", "pearl"])).code).toBe(2);
  const all = capturedIo();
  for (const argv of [
    ["encode", at("a.txt")],
    ["decode", at("a.nacre"), "-o", at("b.MD")],
    ["decode", at("a.nacre"), "-o", at("b.txt")],
    ["decode", at("a.nacre"), "--format", "md"],
  ])
    expect([await run(medium, argv, all), all.err()], argv.join(" ")).toEqual([0, ""]);
  expect(asked).toEqual([".md", ".txt", ".md"]);
  expect(existsSync(at("a.md"))).toBe(true);
  expect(await run(medium, ["decode", at("a.nacre"), "-o", at("b.doc")], all)).toBe(2);
  expect(all.err()).toContain("ends in .txt or .md");
});

test("a file of another medium is refused by every verb that looks into it, with the program that takes it", async () => {
  const at = sandbox({ "a.txt": "pearl" });
  await call(["encode", at("a.txt")]);
  const other: Medium = { ...letters, media: "video", noun: "video" };
  for (const argv of [
    ["decode", "-o", at("b.txt")],
    ["info"],
    ["inspect"],
    ["codes"],
    ["trim", "--layers", "1"],
  ]) {
    const io = capturedIo();
    expect(await run(other, [...argv, at("a.nacre")], io), argv[0]).toBe(1);
    expect(io.err()).toMatch(/a\.nacre holds a sound, expected a video; use nacre-audio\n$/);
  }
  expect(readdirSync(at()).sort()).toEqual(["a.nacre", "a.txt"]);
});

test("a name with a number in it makes a row of files, one for each piece, and none is replaced without --force", async () => {
  const at = sandbox({ "a.txt": "pearl" });
  const medium: Medium = {
    ...letters,
    async open(model, options) {
      const opened = await letters.open(model, options);
      const pieces = async function* () {
        for (const letter of "pear") yield new TextEncoder().encode(letter);
      };
      return { ...opened, decode: async () => ({ pieces: pieces(), facts: () => [] }) };
    },
  };
  const io = capturedIo();
  await run(medium, ["encode", at("a.txt")], io);
  const argv = ["decode", at("a.nacre"), "-o", at("row", "%03d.txt")];
  expect([await run(medium, argv, io), io.err()]).toEqual([0, ""]);
  expect(readdirSync(at("row")).sort()).toEqual(["001.txt", "002.txt", "003.txt", "004.txt"]);
  expect(readFileSync(at("row", "003.txt"), "utf8")).toBe("a");
  expect(await run(medium, argv, io)).toBe(1);
  expect(io.err()).toContain("001.txt is already there");
  expect(await run(medium, [...argv, "--force"], io)).toBe(0);
});

test("what was made before a failure is kept where the work says that it is good, and the program ends with its sentence", async () => {
  const at = sandbox({ "a.txt": "pearl" });
  const cut = new NacreError("media", "a.txt was cut short");
  const medium: Medium = {
    ...letters,
    async open(model, options) {
      const opened = await letters.open(model, options);
      const encode: typeof opened.encode = async (...asked) => ({
        ...(await opened.encode(...asked)),
        failure: () => cut,
      });
      return { ...opened, encode };
    },
  };
  const io = capturedIo();
  expect(await run(medium, ["encode", at("a.txt")], io)).toBe(1);
  expect(io.err()).toMatch(/^error: .*a\.txt was cut short; kept so far: .*a\.nacre, .*\n$/);
  expect((await call(["verify", at("a.nacre")])).code).toBe(0);
});

test("a folder is one input where the medium says so", async () => {
  const at = sandbox({ "row/1.txt": "pearl" });
  const seen: (string | undefined)[] = [];
  const medium: Medium = {
    ...letters,
    folders: true,
    async open(model, options) {
      const opened = await letters.open(model, options);
      const encode: typeof opened.encode = (source, ...rest) => {
        seen.push(source.path);
        return opened.encode({ ...source, bytes: async function* () {} }, ...rest);
      };
      return { ...opened, encode };
    },
  };
  expect(await run(medium, ["encode", at("row")], capturedIo())).toBe(0);
  expect(seen).toEqual([at("row")]);
  expect(existsSync(at("row.nacre"))).toBe(true);
});

test("inspect tells its measures and its schema, and refuses a measure that there is not before it reads", async () => {
  const listed = await call(["inspect", "--measures", "list"]);
  expect([listed.code, listed.err]).toEqual([0, ""]);
  for (const { name, cost } of measures) expect(listed.out).toMatch(new RegExp(`^${name} +${cost} `, "m"));
  const json = JSON.parse((await call(["inspect", "--measures", "list", "--json"])).out);
  expect(json.measures.map(({ name }: { name: string }) => name)).toEqual(measures.map(({ name }) => name));
  expect(JSON.parse((await call(["inspect", "--schema"])).out)).toEqual(layerReportJsonSchema());
  const unknown = await call(["inspect", "nowhere.txt", "--measures", "rate,rotatoin"]);
  expect(unknown).toMatchObject({ code: 1, out: "" });
  expect(unknown.err).toMatch(/"rotatoin".*nearest name is rotation/);
});

test("inspect hands on what was asked for: names, all, and drift beside the other data", async () => {
  const at = sandbox({ "a.txt": "pearl", "b.txt": "nacre" });
  const asked: InspectRequest[] = [];
  const medium: Medium = {
    ...letters,
    async open(...given) {
      const model = await letters.open(...given);
      return {
        ...model,
        inspect(source, request, task) {
          asked.push(request);
          return model.inspect(source, request, task);
        },
      };
    },
  };
  for (const options of [
    [],
    ["--all"],
    ["--measures", "rate, usage"],
    ["--measures", "rate", "--against", at("b.txt")],
  ]) {
    expect(await run(medium, ["inspect", at("a.txt"), ...options], capturedIo())).toBe(0);
  }
  expect(asked.map((request) => request.measures)).toEqual([
    undefined,
    "all",
    ["rate", "usage"],
    ["rate", "drift"],
  ]);
  expect(asked.map(({ against }) => against?.path)).toEqual([undefined, undefined, undefined, at("b.txt")]);
});

test("models lists, imports with the licence told first, and says how it is used", async () => {
  const at = sandbox({ "a.txt": "pearl" });
  expect((await call(["models"])).out).toContain("nibbles@1");
  const argv = ["models", "import", "stones", "-o", at("My Model"), "--as", "runes", "--tables", at()];
  const { code, out, err } = await call(argv);
  expect([code, err]).toEqual([0, "note: runes are for everyone\n"]);
  expect(out).toMatch(/My Model: model my-model@1, runes .* 1 texts\n$/);
  expect(await call(["models", "import", "stone", "-o", at("x")])).toMatchObject({ code: 1 });
  const wrong = [
    ["models", "export"],
    ["models", "import"],
    ["models", "import", "stones"],
  ];
  for (const each of wrong) expect(await call(each), each.join(" ")).toMatchObject({ code: 2 });
});
