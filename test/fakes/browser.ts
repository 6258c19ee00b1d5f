import { type Browser, chromium } from "playwright-core";
import { findChromium } from "../../scripts/chromium.ts";

let launched: Promise<Browser> | undefined;

/** One Chromium for all tests of a process. It ends with the process. @throws {Error} where the machine has none */
export function sharedBrowser(): Promise<Browser> {
  launched ??= launch();
  return launched;
}

async function launch(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error("Cannot test the window: there is no Chromium; npm test brings one");
  // Root has no sandbox to give; a container's /dev/shm is often too small.
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath, chromiumSandbox: !isRoot, args: ["--disable-dev-shm-usage", "--force-color-profile=srgb"] });
}
