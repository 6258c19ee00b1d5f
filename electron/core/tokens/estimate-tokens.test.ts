import { expect, test, vi } from "vitest";
import type { ChatRequest, Message } from "#core/dialects/chat.ts";
import { estimateTokens } from "./estimate-tokens.ts";

const request = (messages: readonly Message[], more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: "a",
  stream: false,
  messages,
  tools: [],
  ...more,
});
const user = (...content: Extract<Message, { role: "user" }>["content"]): Message => ({ role: "user", content });
const text = (words: string) => ({ type: "text", text: words }) as const;
/** What a user's message costs beside what is in it: 3 for it, 1 for its role, 3 for the answer. */
const frame = 7;
const count = async (words: string): Promise<number> => (await estimateTokens(request([user(text(words))]))) - frame;

// The last three are compared across encodings in OpenAI's notebook:
// https://github.com/openai/openai-cookbook/blob/main/examples/How_to_count_tokens_with_tiktoken.ipynb
test.each([
  ["", 0],
  ["hello world", 2],
  ["Hello, world!", 4],
  ["antidisestablishmentarianism", 6],
  ["お誕生日おめでとう", 8],
  ["2 + 2 = 4", 7],
])("%j has %d tokens of o200k", async (words, tokens) => {
  expect(await count(words)).toBe(tokens);
});

test("a special token that somebody wrote is text, and no error", async () => {
  expect(await count("a <|endoftext|> b <|im_start|>")).toBeGreaterThan(8);
});

test("a long text has as many tokens as its parts, wherever it is cut for the work", async () => {
  const line = "The quick brown fox, it seems, jumps over 12 lazy dogs in src/main.ts; function f() { return 1; }\n";
  expect(await count(line.repeat(2_000))).toBe((await count(line)) * 2_000);
});

test("a text without spaces and with surrogate pairs loses nothing where it is cut", async () => {
  const one = await count("😀");
  expect(Math.abs((await count("😀".repeat(5_000))) - one * 5_000)).toBeLessThan(20);
});

// Whoever counts before sending must never see a request get smaller by what is added to it.
test("everything that can be added makes it more", async () => {
  const data = { kind: "data", mediaType: "application/pdf", data: "A".repeat(400) } as const;
  const system: Message = { role: "system", authority: "system", content: [text("Be brief.")] };
  const steps: ChatRequest[] = [
    request([]),
    request([user()]),
    request([system, user()]),
    request([system, user(text("a"))]),
    request([system, user(text("a"), { type: "image", source: data, detail: "low" })]),
    request([system, user(text("a"), { type: "image", source: data })]),
    request([system, user(text("a"), { type: "image", source: data }, { type: "audio", source: data })]),
  ];
  const messages = steps.at(-1)?.messages ?? [];
  const called: Message = { role: "assistant", content: [{ type: "tool-call", id: "1", name: "read", arguments: '{"path":"a"}' }] };
  const result = user({ type: "tool-result", callId: "1", content: [text("found"), { type: "document", source: data }], isError: false });
  const thought: Message = { role: "assistant", content: [{ type: "reasoning", text: "hm" }, text("yes")] };
  const schema = { type: "object", properties: { a: { type: "string" } } };
  steps.push(
    request([...messages, called]),
    request([...messages, called, result]),
    request([...messages, called, result, thought]),
    request([...messages, called, result, thought], { tools: [{ kind: "hosted", name: "web_search" }] }),
    request([...messages, called, result, thought], {
      tools: [
        { kind: "function", name: "read" },
        { kind: "hosted", name: "web_search" },
      ],
    }),
    request([...messages, called, result, thought], {
      tools: [
        { kind: "function", name: "read", description: "Reads.", parameters: schema },
        { kind: "custom", name: "patch", grammar: { syntax: "lark", definition: "start: LINE+" } },
      ],
    }),
    request([...messages, called, result, thought], {
      tools: [
        { kind: "function", name: "read", description: "Reads.", parameters: schema },
        { kind: "custom", name: "patch", grammar: { syntax: "lark", definition: "start: LINE+" } },
      ],
      outputFormat: { kind: "schema", schema },
    }),
  );
  const tokens = await Promise.all(steps.map(estimateTokens));
  expect(tokens).toEqual([...new Set(tokens)].sort((one, other) => one - other));
});

test("files count by their kind: a picture's bytes are no text", async () => {
  const image = { type: "image", source: { kind: "data", mediaType: "image/png", data: "A".repeat(4_000_000) } } as const;
  const file = (mediaType: string, bytes: number) =>
    ({ type: "document", source: { kind: "data", mediaType, data: "A".repeat((bytes / 3) * 4) } }) as const;
  const of = async (...content: Extract<Message, { role: "user" }>["content"]) =>
    (await estimateTokens(request([user(...content)]))) - frame;
  expect(await of(image)).toBe(1_600);
  expect(await of(file("application/pdf", 300))).toBe(2_250);
  expect(await of(file("application/pdf", 150_000))).toBe(3 * 2_250);
  expect(await of(file("text/plain", 3_000))).toBe(750);
  expect(await of({ type: "document", source: { kind: "text", text: "hello world" } })).toBe(2);
  expect(await of({ type: "document", source: { kind: "url", url: "https://a.example/b.pdf" } })).toBe(2_250);
});

test("a prompt of 32 MiB is reckoned, and other work goes on meanwhile", async () => {
  const words = "lorem ipsum dolor ";
  let nowMs = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => nowMs++);
  let turns = 0;
  let isDone = false;
  const turn = (): void => void (isDone || (turns++, setImmediate(turn)));
  turn();
  const tokens = await estimateTokens(request([user(text(words.repeat(1_864_135)))]));
  isDone = true;
  clock.mockRestore();
  expect(turns).toBeGreaterThan(100);
  expect(tokens).toBeGreaterThan(32 * 1_048_576 * 0.2);
  expect(tokens).toBeLessThan(32 * 1_048_576 * 0.3);
});

// A word costs the square of its length: in one piece, this one would hold everything up for minutes.
test("a mebibyte without a space is counted in slices", async () => {
  expect(await count("ab".repeat(524_288))).toBeGreaterThan(100_000);
});
