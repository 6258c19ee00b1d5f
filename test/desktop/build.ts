import { buildDesktop } from "../../scripts/build-desktop.ts";

/** Before the tests of the desktop app: some run its bundle, some pack it. */
export async function setup(): Promise<void> {
  await buildDesktop();
}
