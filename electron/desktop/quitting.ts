import { app, dialog } from "electron";
import { words } from "./words.ts";

/** The app's end, by whatever way it comes. */
export interface Quitting {
  /** Whether it has begun. */
  readonly hasBegun: boolean;
  /** Ends everything but the process itself; calls under way get the grace. Begun once, however often it is asked for. */
  end(graceMs: number): Promise<void>;
}

/** What the end needs. */
export interface QuittingOptions {
  readonly graceMs: number;
  readonly callsUnderWay: () => number;
  /** Ends what the app has open. */
  readonly close: (graceMs: number) => Promise<void>;
}

/** Holds each quit back until calls under way have finished and everything is written; where there are calls, it asks first. */
export function createQuitting({ graceMs, callsUnderWay, close }: QuittingOptions): Quitting {
  let ending: Promise<void> | null = null;
  let isEnded = false;
  let isAsking = false;

  function end(grace: number): Promise<void> {
    ending ??= close(grace)
      .catch((error: unknown) => void process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`))
      .finally(() => (isEnded = true));
    return ending;
  }

  async function quit(): Promise<void> {
    const isMeant = ending !== null || (await ask());
    isAsking = false;
    if (!isMeant) return;
    await end(graceMs);
    app.quit();
  }

  async function ask(): Promise<boolean> {
    const calls = callsUnderWay();
    if (calls === 0) return true;
    const { response } = await dialog.showMessageBox({
      type: "question",
      message: words.quitQuestion.message(calls),
      detail: words.quitQuestion.detail,
      buttons: [words.quitQuestion.quit, words.cancel],
      defaultId: 0,
      cancelId: 1,
      noLink: true,
    });
    return response === 0;
  }

  app.on("before-quit", (event) => {
    if (isEnded) return;
    event.preventDefault();
    if (isAsking) return;
    isAsking = true;
    void quit();
  });
  return {
    get hasBegun() {
      return ending !== null;
    },
    end,
  };
}
