import { expect, test } from "vitest";
import { holdsSecret, scrubSecret } from "./scrub-secret.ts";

const token = "session-token-0123456789";
const secret = "secret-access-key-abcdef";

test("scrubSecret() takes every part of a key out, as often as it is there", () => {
  const said = Buffer.from(`no ${secret} for ${token}, ${secret}`);
  expect(scrubSecret(said, [secret, token]).toString()).toBe("no ...cdef for ...6789, ...cdef");
  expect(scrubSecret(said, token).toString()).toBe(`no ${secret} for ...6789, ${secret}`);
});

// "$&" in a replacement text would put the match back.
test("scrubSecret() is not led astray by a key that ends like a replacement pattern", () => {
  expect(scrubSecret(Buffer.from("key 0123456789abcdefgh$&"), "0123456789abcdefgh$&").toString()).toBe("key ...gh$&");
});

test("scrubSecret() gives the same bytes back where there is nothing to take out", () => {
  const said = Buffer.from([0xff, 0xfe, 0x61]);
  for (const secrets of [null, token, [secret, token], [], "a"]) expect(scrubSecret(said, secrets)).toBe(said);
});

test("holdsSecret() finds any part", () => {
  expect(holdsSecret(`Bearer ${token}`, [secret, token])).toBe(true);
  expect(holdsSecret(`Bearer ${token}`, secret)).toBe(false);
  expect(holdsSecret("a", "a")).toBe(false);
  expect(holdsSecret(token, null)).toBe(false);
});
