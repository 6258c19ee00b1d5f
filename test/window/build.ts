import { buildWindow } from "../../scripts/build-window.ts";

/** Before the tests that open the window. */
export async function setup(): Promise<void> {
  await buildWindow();
}
