import { expect, test } from "vitest";
import { attemptSteps } from "../../../renderer/pages/activity/attempt-steps.ts";
import { bodyAgain, modelIn, withModel } from "../../../renderer/pages/activity/body-again.ts";
import { callPath } from "../../../renderer/pages/activity/call-path.ts";
import { readAnswer } from "../../../renderer/pages/activity/read-answer.ts";
import { writeCurl } from "../../../renderer/pages/activity/write-curl.ts";

test("writeCurl() quotes for each shell, and leaves the key to the environment", () => {
  const call = { address: "127.0.0.1:8787", path: "/v1/chat/completions", body: `{"a":"It's $HOME ’ok’"}` };
  expect(writeCurl(call, "posix")).toBe(
    [
      "curl 'http://127.0.0.1:8787/v1/chat/completions' \\",
      '  -H "Authorization: Bearer $POSTERN_KEY" \\',
      "  -H 'Content-Type: application/json' \\",
      `  --data-raw '{"a":"It'\\''s $HOME ’ok’"}'`,
    ].join("\n"),
  );
  expect(writeCurl(call, "powershell")).toBe(
    [
      `'{"a":"It''s $HOME ’’ok’’"}' |`,
      "  curl.exe 'http://127.0.0.1:8787/v1/chat/completions' `",
      '  -H "Authorization: Bearer $env:POSTERN_KEY" `',
      "  -H 'Content-Type: application/json' `",
      "  --data-binary '@-'",
    ].join("\n"),
  );
  expect(writeCurl({ ...call, body: '{"stream": true}' }, "posix")).toMatch(/^curl -N /);
});

test("callPath() knows every path that can be called again, Gemini's with its model, and none that takes files", () => {
  const of = (endpoint: string | null, clientDialect = "openai-chat", streamed = false): string | null =>
    callPath({ endpoint, clientDialect, streamed }, "@openai/gpt-4o mini");
  expect(of("chat")).toBe("/v1/chat/completions");
  expect(of("messages")).toBe("/v1/messages");
  expect(of("count-tokens", "anthropic-messages")).toBe("/v1/messages/count_tokens");
  expect(of("generate", "gemini-generate")).toBe("/v1beta/models/@openai/gpt-4o%20mini:generateContent");
  expect(of("generate", "gemini-generate", true)).toBe("/v1beta/models/@openai/gpt-4o%20mini:streamGenerateContent?alt=sse");
  expect([of("audio-transcriptions"), of(null), of("toString")]).toEqual([null, null, null]);
});

test("bodyAgain() says what keeps a kept body from being sent as it was", () => {
  expect(bodyAgain({ request: '{"model":"a"}' })).toEqual({ text: '{\n  "model": "a"\n}', problem: null });
  expect(bodyAgain({ request: '{"model":"a","mess' }).problem).toBe("cut");
  expect(bodyAgain({ request: '{"user":"[key removed]"}' }).problem).toBe("scrubbed");
  expect(bodyAgain({ request: null }).problem).toBe("cut");
  expect([modelIn(withModel('{"model":"a","n":1}', "b")), withModel("no json", "b")]).toEqual(["b", "no json"]);
});

test("readAnswer() finds the words in every wire format, whole and streamed", () => {
  const sse = (...frames: object[]): string => frames.map((frame) => `event: x\ndata: ${JSON.stringify(frame)}\n\n`).join("");
  const gemini = (text: string): object => ({ candidates: [{ content: { parts: [{ text }] } }] });
  const answers = [
    JSON.stringify({ choices: [{ message: { content: "ab" } }] }),
    JSON.stringify({ choices: [{ text: "ab" }] }),
    JSON.stringify({
      content: [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
    }),
    JSON.stringify({ output: [{ type: "reasoning" }, { content: [{ type: "output_text", text: "ab" }] }] }),
    JSON.stringify(gemini("ab")),
    JSON.stringify([gemini("a"), gemini("b")]),
    `${sse({ choices: [{ delta: { content: "a" } }] }, { choices: [{ delta: { content: "b" } }] })}data: [DONE]\n\n`,
    sse({ type: "content_block_delta", delta: { type: "text_delta", text: "a" } }, { type: "content_block_delta", delta: { text: "b" } }),
    sse({ type: "response.output_text.delta", delta: "ab" }, { type: "response.completed", response: {} }),
    sse(gemini("a"), gemini("b")),
  ];
  expect(answers.map(readAnswer)).toEqual(answers.map(() => "ab"));
  expect([readAnswer(""), readAnswer("null"), readAnswer('{"choices":null}'), readAnswer("data: 1\n")]).toEqual([null, null, null, null]);
});

test("attemptSteps() follow each other without a gap, whatever of them is known", () => {
  const attempt = { provider: "a", model: null, keyName: null, errorCode: null, status: 200 };
  const whole = attemptSteps({ ...attempt, startMs: 10, connectMs: 5, headMs: 20, firstByteMs: 22, totalMs: 100 });
  expect(whole.map(({ kind, fromMs, toMs }) => [kind, fromMs, toMs])).toEqual([
    ["connect", 10, 15],
    ["wait", 15, 30],
    ["hold", 30, 32],
    ["stream", 32, 110],
  ]);
  const failed = attemptSteps({
    ...attempt,
    status: null,
    errorCode: "unreachable",
    startMs: 0,
    connectMs: null,
    headMs: null,
    firstByteMs: null,
    totalMs: 7,
  });
  expect(failed).toEqual([{ kind: "failed", fromMs: 0, toMs: 7 }]);
  const old = attemptSteps({ ...attempt, startMs: null, connectMs: null, headMs: null, firstByteMs: null, totalMs: 9 });
  expect(old).toEqual([{ kind: "stream", fromMs: 0, toMs: 9 }]);
});
