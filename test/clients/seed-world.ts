import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { dialects } from "../fakes/dialects.ts";
import type { DialectId } from "#shared/schema/provider.ts";
import { say, speak } from "../fakes/dialect-provider.ts";
import { openAi, openAiModels } from "../fakes/openai-replies.ts";
import { type RecordedRequest, type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type PosternOptions, type RunningPostern, startPostern } from "../fakes/start-postern.ts";

/** The real program with a scripted provider for each row that a test names, under the row's own path. */
export interface SeedWorld extends AsyncDisposable {
  readonly postern: RunningPostern;
  /** The scripted provider of a row. Throws for one that the test did not ask for. */
  at(id: string): ScriptedProvider;
  /** The providers that got calls, in the order of their names; asking for a model list is no call. */
  reached(): readonly string[];
  /** The one call that was made. Throws where there were more, or none. */
  onlyCall(): RecordedRequest;
  forget(): void;
}

/** Starts everything; each provider answers every chat with "from" and its id. */
export async function startSeedWorld(ids: readonly string[], options: PosternOptions = {}): Promise<SeedWorld> {
  const providers = new Map<string, ScriptedProvider>();
  const rows: Record<string, { baseUrl: string }> = {};
  for (const id of ids) {
    const provider = await startScriptedProvider();
    const prefix = readPrefix(id);
    const dialect = readRow(id).dialect;
    provider.always(dialect === "openai-chat" ? openAi(`from ${id}`) : speak(dialects[dialect], () => say(`from ${id}`)));
    provider.route("GET", `${prefix}/models`, openAiModels([]));
    providers.set(id, provider);
    rows[id] = { baseUrl: provider.origin + prefix };
  }
  const postern = await startPostern({ ...options, config: { providers: rows, ...options.config } });

  const callsTo = (provider: ScriptedProvider): RecordedRequest[] => provider.requests.filter(({ method }) => method === "POST");
  return {
    postern,
    at(id) {
      const provider = providers.get(id);
      if (provider === undefined) throw new Error(`Cannot find a scripted provider for ${id}`);
      return provider;
    },
    reached: () => [...providers].flatMap(([id, provider]) => (callsTo(provider).length > 0 ? [id] : [])).sort(),
    onlyCall() {
      const [call, ...more] = [...providers.values()].flatMap(callsTo);
      if (call === undefined || more.length > 0)
        throw new Error(`Cannot choose a call: there were ${call === undefined ? 0 : more.length + 1}`);
      return call;
    },
    forget() {
      for (const provider of providers.values()) provider.forget();
    },
    async [Symbol.asyncDispose]() {
      await postern.stop();
      for (const provider of providers.values()) await provider.close();
    },
  };
}

/** The path of a built-in row's base URL. */
export function readPrefix(id: string): string {
  return new URL(readRow(id).baseUrl).pathname.replace(/\/$/, "");
}

function readRow(id: string): { readonly baseUrl: string; readonly dialect: DialectId } {
  const file = path.resolve(import.meta.dirname, `../../assets/providers/${id}.json`);
  return JSON.parse(readFileSync(file, "utf8")) as { readonly baseUrl: string; readonly dialect: DialectId };
}

/** Whether the examples' `curl` commands can be run here as a person would. */
export const hasCurl = process.platform !== "win32" && spawnSync("curl", ["--version"]).status === 0;

/** Runs a curl command as it is written, in a shell, and gives what it printed. Throws where curl itself fails. */
export async function runCurl(command: string): Promise<string> {
  // Nobody's proxies, certificates or ~/.curlrc take part.
  const env = { PATH: process.env["PATH"], HOME: tmpdir(), CURL_HOME: import.meta.dirname };
  return (await promisify(execFile)("sh", ["-c", command], { env })).stdout;
}

/** Sends JSON, with a key where one is given. */
export function postJson(
  url: string,
  body: unknown,
  options: { readonly key?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
      ...options.headers,
    },
    body: JSON.stringify(body),
  });
}

/** What a chat call said, plain or streamed: its text, and whether it came to a good end. */
export function readChat(text: string): { readonly content: string; readonly isFinished: boolean } {
  interface Choice {
    readonly message?: { readonly content?: string };
    readonly delta?: { readonly content?: string };
    readonly finish_reason?: string | null;
  }
  const isStream = text.startsWith("data: ");
  const parts = isStream
    ? text
        .split("\n\n")
        .filter((frame) => frame.startsWith("data: {"))
        .map((frame) => JSON.parse(frame.slice(6)) as { choices: Choice[] })
    : [JSON.parse(text) as { choices?: Choice[] }];
  const choices = parts.flatMap((part) => part.choices ?? []);
  return {
    content: choices.map((choice) => choice.message?.content ?? choice.delta?.content ?? "").join(""),
    isFinished: choices.some((choice) => choice.finish_reason === "stop") && (!isStream || text.endsWith("data: [DONE]\n\n")),
  };
}
