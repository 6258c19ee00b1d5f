import { expect, test } from "vitest";
import { maskSecrets } from "./mask-secrets.ts";

// A person's config is shown before it is changed, and may be looked at over a shoulder or in a screenshot.

test.each([
  ['  "apiKey": "sk-abcdefgh12345678",', '  "apiKey": "••••5678",'],
  ["openai-api-key: abc", "openai-api-key: ••••"],
  ["AWS_SECRET_ACCESS_KEY=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=••••MPLE"],
  ["args: [AKIAIOSFODNN7EXAMPLE]", "args: [••••MPLE]"],
  ["password = 123456", "password = ••••"],
  ['url = "https://me:secret@host/x"', 'url = "https://me:••••@host/x"'],
  ['headers = { Authorization = "Bearer abcdefgh1234" }', 'headers = { Authorization = "••••1234" }'],
  ["id: 550e8400e29b41d4a716446655440000", "id: ••••0000"],
  ['{"a": {"token": "zzzzzzzz1234"}, "key": "postern_THE_KEY"}', '{"a": {"token": "••••1234"}, "key": "postern_THE_KEY"}'],
])("maskSecrets() masks %s", (line, shown) => {
  expect(maskSecrets(line)).toBe(shown);
});

test.each([
  '"env_key": "OTHER_KEY"',
  "max_tokens: 200000",
  '"apiKey": "{env:POSTERN_KEY}"',
  'model = "meta-llama/Llama-3.3-70B-Instruct-Turbo"',
  'command = "/usr/local/bin/something/very/long/path/with/digits1"',
  'base_url = "http://127.0.0.1:8787/v1"',
])("maskSecrets() leaves %s", (line) => {
  expect(maskSecrets(line)).toBe(line);
});
