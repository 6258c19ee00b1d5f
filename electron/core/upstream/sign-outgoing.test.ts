import { expect, test } from "vitest";
import { authSchemes } from "#shared/schema/provider.ts";
import { createSigner } from "./sign-outgoing.ts";

const sign = createSigner({
  connections: {
    to() {
      throw new Error("nothing here asks anybody");
    },
  },
  nowMs: () => 0,
});

function headersFor(auth: (typeof authSchemes)[number], secret: string): string[] {
  const headers: string[] = [];
  const request = { method: "POST", origin: "https://a.example", path: "/", headers, body: null };
  // No promise: the hot path must not wait for anything.
  expect(sign(request, { id: "a", auth, optionValues: {} }, secret, "caller")).toBe(secret);
  return headers;
}

test.each([
  ["bearer", "sk-0123", ["authorization", "Bearer sk-0123"]],
  ["key", "sk-0123", ["authorization", "Key sk-0123"]],
  ["x-api-key", "sk-0123", ["x-api-key", "sk-0123"]],
  ["x-goog-api-key", "AIza0123", ["x-goog-api-key", "AIza0123"]],
  ["x-portkey-api-key", "pk-0123", ["x-portkey-api-key", "pk-0123"]],
  ["api-key", "0123abcd", ["api-key", "0123abcd"]],
  ["api-key", "eyJ0eXAi.eyJhdWQi.c2ln", ["authorization", "Bearer eyJ0eXAi.eyJhdWQi.c2ln"]],
  ["google-oauth", "ya29.0123", ["authorization", "Bearer ya29.0123"]],
  ["google-oauth", "AIza0123", ["x-goog-api-key", "AIza0123"]],
  ["aws-sigv4", "ABSK0123", ["authorization", "Bearer ABSK0123"]],
  ["none", "unasked", []],
] as const)("%s sends %s at once, as %j", (auth, secret, headers) => {
  expect(headersFor(auth, secret)).toEqual(headers);
});

test("every scheme of the schema is answered", () => {
  for (const auth of authSchemes) {
    expect(() => headersFor(auth, auth === "google-oauth" ? "ya29.0123" : "0123456789")).not.toThrow();
  }
});
