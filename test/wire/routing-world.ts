import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import path from "node:path";
import { dialects } from "../fakes/dialects.ts";
import { attemptOf, type AttemptsRow, type WrittenAttempt } from "#core/usage/attempts-text.ts";
import type { CallAttemptInfo } from "#shared/contract/calls.ts";
import { assertClean } from "../clients/assert-clean.ts";
import { readPrefix } from "../clients/seed-world.ts";
import { say, speak } from "../fakes/dialect-provider.ts";
import { openAi, openAiModels } from "../fakes/openai-replies.ts";
import { type Script, type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type PosternOptions, type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { eventually } from "./eventually.ts";

/** A chat call as a test describes it. */
export interface Ask {
  /** `x-portkey-config`: an object goes as JSON, a string as the name of a saved config or an alias. */
  readonly config?: unknown;
  /** Beside `messages`; the model is `m` unless it says otherwise. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** `/v1/chat/completions`, unless it says otherwise. */
  readonly path?: string;
  readonly key?: string;
  readonly signal?: AbortSignal;
}

/** What came back, with Portkey's headers by their name behind `x-portkey-`. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly portkey: Readonly<Record<string, string>>;
  readonly text: string;
  /** `error.code`, or null. */
  readonly code: string | null;
  /** Throws a SyntaxError where the answer is no JSON. */
  json(): unknown;
}

/** The gateway with a scripted provider for each row, all with a key. */
export interface RoutingWorld extends AsyncDisposable {
  readonly postern: RunningPostern;
  /** The scripted provider of a row. Throws for one that the test did not ask for. */
  at(id: RoutedProvider): ScriptedProvider;
  ask(ask?: Ask): Promise<Answer>;
  /** How many calls each provider got, without those that got none. */
  counts(): Readonly<Record<string, number>>;
  /** Throws where a provider was sent the local key or a header that is meant for the gateway. */
  assertClean(): void;
  /** Forgets requests and scripts: every provider answers well again. */
  reset(): void;
}

/** The keys of the rows' environment, made up. */
const keys = {
  openai: "OPENAI_API_KEY",
  groq: "GROQ_API_KEY",
  anthropic: "ANTHROPIC_API_KEY",
  deepinfra: "DEEPINFRA_API_KEY",
  "mistral-ai": "MISTRAL_API_KEY",
} as const;

/** A row with a scripted provider behind it. */
type RoutedProvider = keyof typeof keys;

/** An address at which nothing listens. */
const deadOrigin = "http://127.0.0.1:1";

/** What every ask says. */
export const messages = [{ role: "user", content: "Hi" }];

/** A condition of a conditional strategy. */
// oxlint-disable-next-line unicorn/no-thenable -- Portkey's name for it
export const when = (query: object, name: string): object => ({ query, then: name });

/** Starts everything. `dead` rows have a key, and nobody at their address; `providers` in the config are more rows. */
export async function startRoutingWorld(
  ids: readonly RoutedProvider[],
  options: PosternOptions & { readonly dead?: readonly RoutedProvider[] } = {},
): Promise<RoutingWorld> {
  const { dead = [], config, environment, ...rest } = options;
  const providers = new Map<RoutedProvider, ScriptedProvider>();
  const rows: Record<string, unknown> = Object.fromEntries(dead.map((id) => [id, { baseUrl: `${deadOrigin}/v1` }]));
  for (const id of ids) {
    const provider = await startScriptedProvider();
    const prefix = readPrefix(id);
    provider.always(goodAnswer(id));
    provider.route("GET", `${prefix}/models`, openAiModels([]));
    providers.set(id, provider);
    rows[id] = { baseUrl: provider.origin + prefix };
  }
  const secrets = Object.fromEntries([...ids, ...dead].map((id) => [keys[id], `sk-${id}-${randomBytes(9).toString("hex")}`]));
  const postern = await startPostern({
    ...rest,
    environment: { ...secrets, ...environment },
    config: { ...config, providers: { ...rows, ...(config?.["providers"] as object | undefined) } },
  });
  return {
    postern,
    at(id) {
      const provider = providers.get(id);
      if (provider === undefined) throw new Error(`Cannot find a scripted provider for ${id}`);
      return provider;
    },
    async ask({ config: wanted, body, headers, path: askedPath, key, signal } = {}) {
      const response = await fetch(postern.url + (askedPath ?? "/v1/chat/completions"), {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${key ?? postern.key}`,
          ...(wanted === undefined ? {} : { "x-portkey-config": typeof wanted === "string" ? wanted : JSON.stringify(wanted) }),
          ...headers,
        },
        body: JSON.stringify({ model: "m", messages, ...body }),
        ...(signal === undefined ? {} : { signal }),
      });
      return readAnswer(response);
    },
    counts: () =>
      Object.fromEntries(
        [...providers].flatMap(([id, { requests }]) => {
          const calls = requests.filter(({ method }) => method === "POST").length;
          return calls === 0 ? [] : [[id, calls]];
        }),
      ),
    assertClean() {
      for (const provider of providers.values()) assertClean(provider, [postern.key, "x-portkey-"]);
    },
    reset() {
      for (const [id, provider] of providers) {
        provider.forget();
        provider.always(goodAnswer(id));
      }
    },
    async [Symbol.asyncDispose]() {
      await postern.stop();
      for (const provider of providers.values()) await provider.close();
    },
  };
}

/** What a provider says when nothing is wrong with it: "from" and its id. */
function goodAnswer(id: RoutedProvider): Script {
  return id === "anthropic" ? speak(dialects["anthropic-messages"], () => say("from anthropic")) : openAi(`from ${id}`);
}

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const portkey = Object.fromEntries(
    [...response.headers].flatMap(([name, value]) => (name.startsWith("x-portkey-") ? [[name.slice(10), value]] : [])),
  );
  const json = (): unknown => JSON.parse(text) as unknown;
  return { status: response.status, headers: response.headers, portkey, text, code: codeIn(text), json };
}

function codeIn(text: string): string | null {
  try {
    return (JSON.parse(text) as { error?: { code?: string } } | null)?.error?.code ?? null;
  } catch {
    return null;
  }
}

/** A row of the log, as far as these tests look at it. */
export interface LoggedCall {
  readonly status: number | null;
  readonly error_code: string | null;
  readonly ending: string;
  readonly provider: string | null;
  readonly alias: string | null;
  readonly total_ms: number | null;
  readonly attempts: readonly CallAttemptInfo[];
}

/** The rows of a trace id, from the database itself. */
export function readCalls(dataFolder: string, traceId: string): readonly LoggedCall[] {
  const database = new DatabaseSync(path.join(dataFolder, "postern.db"), { readOnly: true });
  try {
    const rows = database.prepare("SELECT * FROM calls WHERE trace_id = ? ORDER BY id").all(traceId);
    return (rows as unknown as (Omit<LoggedCall, "attempts"> & AttemptsRow & { attempts: string })[]).map((row) => ({
      ...row,
      attempts: (JSON.parse(row.attempts) as readonly WrittenAttempt[]).map((attempt) => attemptOf(attempt, row)),
    }));
  } finally {
    database.close();
  }
}

/** Waits for the one row of a trace id. Throws where there is none soon, or more than one. */
export function theCall(dataFolder: string, traceId: string): Promise<LoggedCall> {
  return eventually(() => {
    const [row, ...more] = readCalls(dataFolder, traceId);
    if (row === undefined || more.length > 0) throw new Error(`Cannot choose a row: there are ${row === undefined ? 0 : more.length + 1}`);
    return row;
  });
}
