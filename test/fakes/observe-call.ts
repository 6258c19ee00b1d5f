import { openAi, openAiModels } from "./openai-replies.ts";
import { type RawOptions, type RawResult, rawHttp, rawRequest } from "./raw-http.ts";
import { type ScriptedProvider, startScriptedProvider } from "./scripted-provider.ts";
import { openAiAt, type PosternOptions, type RunningPostern, startPostern } from "./start-postern.ts";

/** The real gateway with a scripted provider in the place of OpenAI. */
export interface World extends AsyncDisposable {
  readonly postern: RunningPostern;
  readonly provider: ScriptedProvider;
}

/** Starts both; the provider answers every chat. */
export async function startWorld(options: PosternOptions = {}): Promise<World> {
  const provider = await startScriptedProvider();
  provider.always(openAi("Hello!"));
  provider.route("GET", "/v1/models", openAiModels(["gpt-4o"]));
  const at = openAiAt(provider);
  const postern = await startPostern({
    ...options,
    config: { ...at.config, ...options.config },
    environment: { ...at.environment, ...options.environment },
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

/** A small chat that is good in every way. */
export const goodBody = '{"model":"@openai/gpt-4o","messages":[{"role":"user","content":"Hi"}]}';

/** The bytes of a chat call, with the owner's key unless the headers name another. */
export function chatCall(
  target: { readonly port: number; readonly key?: string },
  body: string | Uint8Array = goodBody,
  headers: readonly string[] = [],
): Buffer {
  return rawRequest(target, "POST /v1/chat/completions", { body, headers });
}

/** What a call led to: at the caller, behind the gateway, and for the next caller. */
export interface Observation {
  readonly status: number;
  /** OpenAI's `error.code`; null where the answer has no body or is no error. */
  readonly code: string | null;
  readonly message: string;
  /** Whether an error's body is empty or in OpenAI's shape, and holds no key. */
  readonly isWellFormed: boolean;
  readonly connection: RawResult["connection"];
  /** Requests that the provider got. */
  readonly reached: number;
  readonly isAlive: boolean;
  /** The status of a good call on a new connection, made afterwards. */
  readonly nextStatus: number;
  readonly result: RawResult;
}

/** What holds after every refusal, whatever was wrong. */
export const survived = { isWellFormed: true, reached: 0, isAlive: true, nextStatus: 200 } as const satisfies Partial<Observation>;

/** What holds after a call that went through. */
export const wentThrough = {
  status: 200,
  isWellFormed: true,
  reached: 1,
  isAlive: true,
  nextStatus: 200,
} as const satisfies Partial<Observation>;

/** Sends bytes to the gateway, and a good call after them; tells what became of both. */
export async function observeCall(world: World, bytes: Parameters<typeof rawHttp>[1], options: RawOptions = {}): Promise<Observation> {
  const { postern, provider } = world;
  const before = provider.requests.length;
  const result = await rawHttp(postern.port, bytes, options);
  const reached = provider.requests.length - before;
  const next = await rawHttp(postern.port, chatCall(postern));
  const error = readError(result);
  return {
    status: result.status,
    code: error?.code ?? null,
    message: error?.message ?? "",
    isWellFormed: (result.status < 400 || result.body.length === 0 || error !== null) && !result.text.includes(postern.key),
    connection: result.connection,
    reached,
    isAlive: postern.isAlive,
    nextStatus: next.status,
    result,
  };
}

interface OpenAiErrorFields {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string;
}

/** The error in a response; null where its body is not in OpenAI's shape. */
export function readError({ body }: Pick<RawResult, "body">): OpenAiErrorFields | null {
  let error: Partial<Record<keyof OpenAiErrorFields, unknown>> | undefined;
  try {
    error = (JSON.parse(body.toString()) as { error?: typeof error } | null)?.error;
  } catch {
    return null;
  }
  if (error === undefined) return null;
  const { message, type, param = 0, code } = error;
  if (typeof message !== "string" || typeof type !== "string" || typeof code !== "string") return null;
  return param === null || typeof param === "string" ? { message, type, param, code } : null;
}
