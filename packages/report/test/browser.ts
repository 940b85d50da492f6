import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import chromium from "@sparticuz/chromium";
import { type Browser, type Page, chromium as playwright } from "playwright-core";

/** Why the tests in a browser do not run on this machine; undefined where they do. */
export const noBrowser =
  process.platform === "linux" && process.arch === "x64"
    ? undefined
    : `the pinned headless Chromium is for Linux on x64, this is ${process.platform} on ${process.arch}`;

/** A browser that is shared by all tests of a file, and how it is closed and its files removed. */
export type OpenBrowser = { browser: Browser; close: () => Promise<void> };

const flags = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"];

/** The pinned headless Chromium, unpacked into a folder of its own so that no two processes race for one. */
export async function openBrowser(): Promise<OpenBrowser> {
  const folder = await mkdtemp(join(tmpdir(), "nacre-browser-"));
  const executablePath = await unpacked(folder);
  const launch = (env: Record<string, string>) =>
    playwright.launch({ executablePath, args: flags, headless: true, env: { ...process.env, ...env } });
  // The package brings libraries for machines without them; the machine's own go first where it has any.
  const browser = await launch({}).catch(() => launch({ LD_LIBRARY_PATH: join(folder, "al2023", "lib") }));
  const close = async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { browser, close };
}

/** The package unpacks into the temporary folder, and its libraries only where it believes to be on a server. */
async function unpacked(folder: string): Promise<string> {
  const names = ["TMPDIR", "AWS_LAMBDA_JS_RUNTIME"] as const;
  const before = names.map((name) => process.env[name]);
  Object.assign(process.env, { TMPDIR: folder, AWS_LAMBDA_JS_RUNTIME: "nodejs22.x" });
  try {
    return await chromium.executablePath();
  } finally {
    names.forEach((name, i) => {
      if (before[i] === undefined) delete process.env[name];
      else process.env[name] = before[i];
    });
  }
}

/** A page that is open, with what went wrong on it: errors, and whatever it asked for outside itself. */
export type OpenPage = { page: Page; faults: string[]; close: () => Promise<void> };

/** Opens a page's text and lets nothing else through, but for files that lie beside it, by path. */
export async function openPage(
  browser: Browser,
  html: string,
  width: number,
  beside: ReadonlyMap<string, { type: string; bytes: Buffer }> = new Map(),
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const faults: string[] = [];
  const address = "http://report.test/";
  await context.route("**/*", (route) => {
    const asked = route.request().url();
    if (asked === address) return route.fulfill({ contentType: "text/html; charset=utf-8", body: html });
    const file = beside.get(asked.slice(address.length));
    if (file) return route.fulfill({ contentType: file.type, body: file.bytes });
    faults.push(`asked for ${asked.slice(0, 80)}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`threw ${error.message}`));
  await page.goto(address, { waitUntil: "load" });
  return { page, faults, close: () => context.close() };
}

/** Serious and critical faults of accessibility in both colour schemes, one line each. */
export async function accessFaults(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  const light = await axe(page).analyze();
  await page.emulateMedia({ colorScheme: "dark" });
  // A scheme changes colours alone.
  const dark = await axe(page).withRules(["color-contrast", "link-in-text-block"]).analyze();
  return [...light.violations, ...dark.violations]
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}

/** Without frames there is no need of the second page that it gathers results in. */
function axe(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode();
}

/** Pixels that the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}
