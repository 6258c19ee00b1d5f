import { expect, test } from "vitest";
import { checkCredential } from "./check-credential.ts";

test("checkCredential() refuses a local key, which would be sent to a provider, and does not quote it", () => {
  const attempt = (): unknown => checkCredential("openai", "work", " postern_0123456789abcdef");
  expect(attempt).toThrow(expect.objectContaining({ code: "invalid_value", param: "secret" }));
  expect(attempt).toThrow("is one of Postern's own local keys");
  expect(attempt).not.toThrow("0123456789abcdef");
});
