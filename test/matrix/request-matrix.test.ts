import { describe, expect, it } from "vitest";
import type { AssistantPart, ChatRequest, Message, TextPart, UserPart } from "#core/dialects/chat.ts";
import type { Dialect } from "#core/dialects/dialect.ts";
import type { JsonObject } from "#core/dialects/json.ts";
import { openMemories } from "#core/dialects/scoped-memory.ts";
import { translateRequest, type Translation } from "#core/dialects/translation.ts";
import { PosternError } from "#shared/errors.ts";
import { quirksSchema } from "#shared/schema/provider.ts";
import { type Asked, everyDialect, requests } from "./fixtures.ts";

// Every request that a fixture shows, to every provider's dialect and back: what both can say is the same at the other end.

const quirks = quirksSchema.parse({});

function translate(client: Dialect, provider: Dialect, body: JsonObject): Translation {
  const stream = body["stream"] === true;
  return translateRequest(client, provider, body, { model: modelFor(provider), stream, quirks, memories: openMemories(), scope: "s" });
}

/** A model of the provider's own, since some write requests by the model's family. */
function modelFor({ id }: Dialect): string {
  if (id === "anthropic-messages") return "claude-sonnet-4-5-20250929";
  if (id === "bedrock-converse") return "anthropic.claude-sonnet-4-5-20250929-v1:0";
  return id === "gemini-generate" ? "gemini-2.5-pro" : "scripted-model";
}

function readBack(provider: Dialect, body: JsonObject, stream: boolean): ChatRequest {
  return provider.readRequest(JSON.parse(JSON.stringify(body)) as JsonObject, { model: modelFor(provider), stream, drop: () => {} });
}

/** What every dialect can say of a request. */
interface Essence {
  readonly system: string;
  /** Text by text: documents and pictures that a dialect has no place for stand beside them as words. */
  readonly user: readonly string[];
  readonly assistant: string;
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
  readonly results: readonly string[];
  readonly tools: readonly string[];
  readonly maxTokens: number | undefined;
  readonly stop: readonly string[] | undefined;
}

function essence(request: ChatRequest): Essence {
  const parts = (role: Message["role"]): (TextPart | UserPart | AssistantPart)[] =>
    request.messages.flatMap((message): (TextPart | UserPart | AssistantPart)[] => (message.role === role ? [...message.content] : []));
  const texts = (list: readonly { readonly type: string; readonly text?: string }[]): string[] =>
    list.flatMap((part) => (part.type === "text" || part.type === "refusal" ? [(part.text ?? "").replaceAll(/\s+/g, "")] : []));
  const user = parts("user");
  const { toolChoice } = request;
  return {
    system: texts(parts("system")).join(""),
    user: texts(user.filter(({ type }) => type === "text")),
    assistant: texts(parts("assistant")).join(""),
    calls: parts("assistant").flatMap((part) => (part.type === "tool-call" ? [{ name: part.name, input: inputOf(part.arguments) }] : [])),
    results: user.flatMap((part) =>
      part.type === "tool-result"
        ? [
            texts(part.content)
              .join("")
              .replace(/^error:?/i, ""),
          ]
        : [],
    ),
    // Where only some may be called, a dialect without that word is told of no others.
    tools: request.tools.flatMap((tool) =>
      tool.kind === "hosted" || (toolChoice?.kind === "allowed" && !toolChoice.names.includes(tool.name)) ? [] : [tool.name],
    ),
    maxTokens: request.maxTokens,
    stop: request.stop,
  };
}

function inputOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return { input: text };
  }
}

/** What came of asking a provider for what a fixture asks for. */
function attempt(
  provider: Dialect,
  asked: Asked,
): { readonly name: string; readonly translation?: Translation; readonly refusal?: unknown } {
  try {
    return { name: asked.name, translation: translate(asked.dialect, provider, asked.body) };
  } catch (refusal) {
    return { name: asked.name, refusal };
  }
}

describe.each(everyDialect.map((dialect) => [dialect.id, dialect] as const))("to a provider of %s", (_id, provider) => {
  const attempts = requests.map((asked) => attempt(provider, asked));
  const said = attempts.flatMap(({ name, translation }) => (translation === undefined ? [] : [[name, translation] as const]));

  it.each(said)("%s says what it said, or names what it could not", (_name, translation) => {
    const expected = essence(translation.request);
    const found = essence(readBack(provider, translation.body, translation.request.stream));
    expect(found).toMatchObject({ system: expected.system, assistant: expected.assistant, calls: expected.calls });
    expect(found.tools).toEqual(expect.arrayContaining([...expected.tools]));
    expect(found.results).toEqual(expected.results.map((result) => expect.stringContaining(result) as unknown));
    for (const text of expected.user) expect(found.user.join("")).toContain(text);
    const namesStop = translation.dropped.some((field) => /stop/i.test(field));
    expect(namesStop ? expected.stop : found.stop).toEqual(expected.stop);
    // Anthropic wants a limit on every call, Responses one of 16 at least.
    const limit = provider.id === "openai-responses" ? Math.max(16, expected.maxTokens ?? 16) : expected.maxTokens;
    expect(expected.maxTokens === undefined ? limit : found.maxTokens).toBe(limit);
    expect(JSON.stringify(translation.body)).not.toContain("undefined");
  });

  it("refuses only what it has no word for, never a request that is right", () => {
    const refusals = attempts.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal]));
    expect(refusals.map((refusal) => refusal instanceof PosternError && refusal.code)).toEqual(refusals.map(() => "cannot_translate"));
    expect(said.length).toBeGreaterThan(refusals.length);
  });
});
