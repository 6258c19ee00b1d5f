import { expect, test } from "vitest";
import { scrubKeys } from "./scrub-keys.ts";
import { toolName } from "./tool-name.ts";

test("toolName() trusts a tool's own key before what the program says of itself", () => {
  expect(toolName({ name: "aider at work", kind: "tool" }, "claude-cli/2.0")).toBe("aider at work");
  expect(toolName({ name: "owner", kind: "owner" }, "claude-cli/2.0.1 (external, cli)")).toBe("claude");
});

test.each([
  ["codex_cli_rs/0.60.1 (Linux 6.1; x86_64)", "codex"],
  ["OpenAI/JS 7.55.0", "openai-js"],
  ["OpenAI/Python 2.1.0", "openai-python"],
  ["Anthropic/JS 1.11.0", "anthropic-js"],
  ["python-httpx/0.28.1", "python-httpx"],
  ["node", "node"],
  ["Mozilla/5.0 (X11; Linux x86_64)", "mozilla"],
  ["1.2.3", null],
  ["", null],
  [null, null],
])("toolName() makes of %s no more than a name", (userAgent, name) => expect(toolName(null, userAgent)).toBe(name));

test.each([
  "postern_abcdefghijklmnop0123456789",
  "sk-proj-abcdefghijklmnop0123456789",
  "AKIAABCDEFGHIJKLMNOP",
  "AIzaSyA1234567890123456789012345678901",
  "Bearer abcdefghijklmnop0123456789==",
  "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
])("scrubKeys() takes %s out and leaves what is around it", (key) => {
  expect(scrubKeys(`{"content":"before ${key} after"}`)).toBe('{"content":"before [key removed] after"}');
});

test("scrubKeys() leaves words that only look like a key alone", () => {
  const text = "sk-learn, a key-value store, risk-averse; model gpt-4o; hf_ and key_ are prefixes";
  expect(scrubKeys(text)).toBe(text);
});
