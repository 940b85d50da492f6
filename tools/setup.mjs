// Set-up, then one task: `node tools/setup.mjs start | test | test:full | check`. Needs only Node and npm.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pnpmHome = join(root, "tools", "pnpm");
const pnpmProgram = join(pnpmHome, "node_modules", "pnpm", "bin", "pnpm.cjs");
const tasks = {
  start: [
    ["run", "build"],
    ["run", "job"],
  ],
  test: [
    ["run", "build"],
    ["run", "test:all"],
  ],
  "test:full": [
    ["run", "build"],
    ["run", "test:all"],
    ["run", "test:long"],
  ],
  check: [
    ["run", "build"],
    ["run", "check"],
  ],
  setup: [["run", "build"]],
};

const task = process.argv[2];
if (!(task in tasks)) fail(`unknown task ${task}, expected one of ${Object.keys(tasks).join(", ")}`);
checkNode();
const env = cleanEnvironment();
installPnpm();
runPnpm(["install", "--frozen-lockfile", "--prefer-offline", "--reporter=append-only"]);
for (const step of tasks[task]) runPnpm(step);

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node ${process.versions.node} found, expected 20.19 or later; install a newer Node`);
  }
}

// pnpm reads the outer npm's environment as its own settings, so only what reaches a registry is kept.
function cleanEnvironment() {
  const kept = /^npm_config_(.*registry|.*proxy|cafile|ca|cache|store_dir)$/i;
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_(config|package|lifecycle)_/i.test(name) || kept.test(name),
  );
  const result = Object.fromEntries(inherited);
  // turbo looks for pnpm on PATH.
  result.PATH = [join(pnpmHome, "node_modules", ".bin"), process.env.PATH].join(delimiter);
  result.TURBO_TELEMETRY_DISABLED = "1";
  result.DO_NOT_TRACK = "1";
  return result;
}

function installPnpm() {
  const wanted = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager.split("@")[1];
  const manifest = join(pnpmHome, "node_modules", "pnpm", "package.json");
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).version === wanted) return;
  const arguments_ = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  const npm = process.env.npm_execpath;
  if (npm) run(process.execPath, [npm, ...arguments_], pnpmHome);
  else run("npm", arguments_, pnpmHome, process.platform === "win32");
}

function runPnpm(step) {
  run(process.execPath, [pnpmProgram, ...step], root);
}

function run(program, arguments_, cwd, shell = false) {
  const { status, signal, error } = spawnSync(program, arguments_, { cwd, env, stdio: "inherit", shell });
  if (error) fail(`${program} could not be started: ${error.message}`);
  if (signal) process.kill(process.pid, signal);
  if (status !== 0) process.exit(status ?? 1);
}

function fail(sentence) {
  console.error(`setup: ${sentence}`);
  process.exit(2);
}
