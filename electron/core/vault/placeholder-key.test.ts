import { expect, test } from "vitest";
import { isPlaceholderKey } from "./placeholder-key.ts";

test.each([
  "",
  "your_openai_key",
  "YOUR-API-KEY-HERE",
  "sk-your-key-here",
  "changeme",
  "change_me",
  "xxx",
  "sk-xxxxxxxx",
  "<key>",
  "${KEY}",
  "...",
  "undefined",
])("isPlaceholderKey() knows the template text %j", (value) => {
  expect(isPlaceholderKey(value)).toBe(true);
});

test.each([
  "test",
  "test-key",
  "dummy",
  "x",
  "sk-proj-abc123",
  "sk-ant-api03-xxxxREALxxxx",
  "AIzaSyA-myProject",
  "put1",
  "my-secret-0f3a",
  '{"type":"service_account"}',
])("isPlaceholderKey() lets %j through, which some server may want", (value) => {
  expect(isPlaceholderKey(value)).toBe(false);
});
