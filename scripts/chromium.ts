import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";
import { repository } from "./run-tool.ts";

/** Names it, where somebody has one in an unusual place. */
const variable = "POSTERN_TEST_CHROMIUM";
const programs = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
const applications = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];
const downloadMs = 180_000;
const packageMs = 300_000;

/** The Chromium for the tests of the window: Playwright's own, else the system's. @returns its program; null where there is none */
export function findChromium(): string | null {
  const onPath = (process.env["PATH"] ?? "").split(path.delimiter).flatMap((folder) => programs.map((name) => path.join(folder, name)));
  const candidates = [process.env[variable] ?? "", chromium.executablePath(), ...onPath, ...applications];
  return candidates.find((file) => file !== "" && existsSync(file)) ?? null;
}

/** Finds one, or brings one: Playwright's own, else Debian's package where that can be installed. @returns null where nothing helped */
export function bringChromium(): string | null {
  const found = findChromium();
  if (found !== null) return found;
  console.log("Fetching Chromium for the tests of the window ...");
  const cli = path.join(repository, "node_modules/playwright-core/cli.js");
  spawnSync(process.execPath, [cli, "install", "chromium"], { stdio: "ignore", timeout: downloadMs });
  if (findChromium() === null && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const options = { stdio: "ignore", timeout: packageMs, env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } } as const;
    spawnSync("apt-get", ["update"], options);
    spawnSync("apt-get", ["install", "--yes", "--no-install-recommends", "chromium", "fonts-noto-core"], options);
  }
  return findChromium();
}
