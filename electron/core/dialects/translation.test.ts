import { describe, expect, it } from "vitest";
import { PosternError } from "#shared/errors.ts";
import { type Quirks, quirksSchema } from "#shared/schema/provider.ts";
import type { ReadEvent } from "./chat.ts";
import { Conductor } from "./conductor.ts";
import { dialects } from "../../../test/fakes/dialects.ts";
import type { JsonObject } from "./json.ts";
import { type Memories, openMemories } from "./scoped-memory.ts";
import { translateRequest, type Translation } from "./translation.ts";

type Pair = readonly [client: keyof typeof dialects, provider: keyof typeof dialects];

function translate(
  [client, provider]: Pair,
  body: JsonObject,
  options: { readonly memories?: Memories; readonly scope?: string; readonly quirks?: Partial<Quirks> } = {},
): Translation {
  return translateRequest(dialects[client], dialects[provider], body, {
    model: "scripted-model",
    stream: false,
    quirks: quirksSchema.parse(options.quirks ?? {}),
    memories: options.memories ?? openMemories(),
    scope: options.scope ?? "someone",
  });
}

/** Lets the provider's answer pass, as far as the adapter is concerned. */
function answer(translation: Translation, events: readonly ReadEvent[]): void {
  const conductor = new Conductor((event) => translation.adapt(event));
  for (const event of events) if (translation.concerns(event)) conductor.take(event);
  conductor.finish();
}

const question = (text: string): JsonObject => ({ model: "m", messages: [{ role: "user", content: text }], tools: [tool("f")] });
const tool = (name: string): JsonObject => ({ type: "function", function: { name, parameters: { type: "object" } } });
const nextTurn = (text: string, callId: string): JsonObject => ({
  ...question(text),
  messages: [
    { role: "user", content: text },
    { role: "assistant", content: null, tool_calls: [{ id: callId, type: "function", function: { name: "f", arguments: "{}" } }] },
    { role: "tool", tool_call_id: callId, content: "ok" },
  ],
});
const thoughtThenCall = (thought: string, callId: string, signature = "c2ln"): readonly ReadEvent[] => [
  { type: "reasoning", text: thought },
  { type: "signature", signature: { maker: "anthropic", value: signature } },
  { type: "block-end" },
  { type: "tool-call", id: callId, name: "f" },
  { type: "finish", reason: "tool-calls" },
];

describe("thoughts of clients that have no place for them", () => {
  const pair: Pair = ["openai-chat", "anthropic-messages"];

  it("come back before the call that followed them, with their proof", () => {
    const memories = openMemories();
    answer(translate(pair, question("Hi"), { memories }), thoughtThenCall("I ask f.", "toolu_1"));
    const { body } = translate(pair, nextTurn("Hi", "toolu_1"), { memories });
    expect(JSON.stringify(body)).toContain('{"type":"thinking","thinking":"I ask f.","signature":"c2ln"}');
  });

  it.each([
    ["another caller's", "Hi", "someone else"],
    ["another conversation's, though its call has the same id", "Good evening", "someone"],
  ])("are never %s", (_whose, text, scope) => {
    const memories = openMemories();
    answer(translate(pair, question("Hi"), { memories }), thoughtThenCall("I ask f.", "functions.f:0"));
    const { body } = translate(pair, nextTurn(text, "functions.f:0"), { memories, scope });
    expect(JSON.stringify(body)).not.toContain("I ask f.");
  });
});

describe("signatures", () => {
  const history = (signature: string): JsonObject => ({
    model: "m",
    max_tokens: 9,
    messages: [
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "hm", signature },
          { type: "tool_use", id: "toolu_1", name: "f", input: {} },
        ],
      },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "ok" }] },
    ],
    tools: [{ name: "f", input_schema: { type: "object" } }],
  });

  it("go to nobody but their maker", () => {
    const { body } = translate(["anthropic-messages", "gemini-generate"], history("EqQBanthropic"));
    expect(JSON.stringify(body)).not.toContain("EqQBanthropic");
  });

  it("go to who passes them on to any maker", () => {
    const { body } = translate(["anthropic-messages", "openai-chat"], history("EqQBanthropic"), { quirks: { carriesSignatures: true } });
    expect(JSON.stringify(body)).toContain("EqQBanthropic");
  });
});

describe("tools", () => {
  const hosted = { type: "web_search" };
  const responses = (fields: JsonObject): JsonObject => ({ model: "m", input: "Hi", ...fields });
  const pair: Pair = ["openai-responses", "anthropic-messages"];

  it("of a provider's own are left out by name where they are offered, and refused where they are forced", () => {
    const offered = translate(pair, responses({ tools: [hosted, { type: "function", name: "f", parameters: { type: "object" } }] }));
    expect(offered.dropped).toContain("tools.web_search");
    expect(JSON.stringify(offered.body)).not.toContain("web_search");
    expect(() => translate(pair, responses({ tools: [hosted], tool_choice: hosted }))).toThrow(PosternError);
    expect(() => translate(pair, responses({ tools: [hosted], tool_choice: "required" }))).toThrow(/web_search/);
  });

  it("with free text as input become functions of one text, their grammar in words", () => {
    const grammar = { type: "grammar", syntax: "lark", definition: "start: /.+/" };
    const { body } = translate(
      pair,
      responses({ tools: [{ type: "custom", name: "apply_patch", description: "Edits.", format: grammar }] }),
    );
    expect(body["tools"]).toMatchObject([
      {
        name: "apply_patch",
        description: expect.stringContaining("start: /.+/") as unknown,
        input_schema: { properties: { input: { type: "string" } }, required: ["input"] },
      },
    ]);
  });

  it("with names that the provider refuses are renamed on the way, and named back", () => {
    const name = `mcp__${"long".repeat(20)}__read`;
    const translation = translate(["gemini-generate", "bedrock-converse"], {
      contents: [{ role: "user", parts: [{ text: "Hi" }] }],
      tools: [{ functionDeclarations: [{ name }] }],
    });
    const sent = /"toolSpec":\{"name":"([^"]+)"/.exec(JSON.stringify(translation.body))?.[1] ?? "";
    expect(sent).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(translation.adapt({ type: "tool-call", id: "1", name: sent })).toMatchObject({ name });
  });
});
