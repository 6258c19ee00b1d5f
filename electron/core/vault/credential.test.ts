import { inspect } from "node:util";
import { expect, test } from "vitest";
import { createCredential, lastFourOf, type CredentialInfo } from "./credential.ts";

const info: CredentialInfo = { provider: "openai", name: "work", lastFour: "1234", origins: [], source: "keychain", createdAtMs: 1 };

test.each([
  ["", ""],
  ["abc", ""],
  ["abcd", "d"],
  ["abcdefghijkl", "jkl"],
  ["sk-0123456789abcdef", "cdef"],
])("lastFourOf(%j) shows %j: at most four, never more than a quarter", (secret, shown) => {
  expect(lastFourOf(secret)).toBe(shown);
});

test("createCredential() hides the secret from JSON, inspection, spread and clone, and nothing can change it", () => {
  const credential = createCredential(info, "sk-canary");
  expect(credential.secret).toBe("sk-canary");
  const shown = [JSON.stringify(credential), inspect(credential), inspect({ ...credential }), inspect(structuredClone(credential))].join();
  expect(shown).not.toContain("canary");
  expect(JSON.parse(JSON.stringify(credential))).toEqual(info);
  expect([credential, credential.origins].every(Object.isFrozen)).toBe(true);
});
