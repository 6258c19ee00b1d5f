import { dialects } from "../fakes/dialects.ts";
import { type Model, speak } from "../fakes/dialect-provider.ts";
import type { Exchange } from "../fakes/exchange.ts";
import { type Script, type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { type ForeignProvider, foreignProviders } from "./foreign-providers.ts";

/** The real gateway with one scripted provider in the place of all; each row has a path of its own there. */
export interface ForeignWorld extends AsyncDisposable {
  readonly postern: RunningPostern;
  readonly provider: ScriptedProvider;
}

/** Starts both. */
export async function startForeignWorld(): Promise<ForeignWorld> {
  const provider = await startScriptedProvider();
  const rows = Object.values(foreignProviders);
  const postern = await startPostern({
    config: { providers: Object.fromEntries(rows.map(({ row, basePath }) => [row, { baseUrl: provider.origin + basePath }])) },
    environment: Object.assign({}, ...rows.map(({ environment }) => environment)) as Record<string, string>,
  });
  return {
    postern,
    provider,
    async [Symbol.asyncDispose]() {
      await postern.stop();
      await provider.close();
    },
  };
}

/** Lets a foreign provider answer as a model does. */
export function answer({ dialect }: ForeignProvider, model: Model): Script {
  return speak(dialects[dialect], model);
}

/** Plays a script up to the piece that holds this text, and lets `then` decide how it goes on. */
export function upTo(text: string, script: Script, then: (exchange: Exchange) => Promise<"go on" | "stop">): Script {
  return async (exchange) => {
    let state: "waiting" | "passed" | "stopped" = "waiting";
    await script({
      ...exchange,
      get isOpen() {
        return exchange.isOpen;
      },
      async body(piece) {
        if (state === "stopped") return;
        await exchange.body(piece);
        if (state === "passed" || !Buffer.from(piece).includes(text)) return;
        state = (await then(exchange)) === "stop" ? "stopped" : "passed";
      },
      async finish() {
        if (state !== "stopped") await exchange.finish();
      },
    });
  };
}
