import { expect, test } from "vitest";
import { describeVault } from "./vault-state.ts";

test.each([
  ["ready", "absent", "keychain", "ready"],
  ["unknown", "locked", "keychain", "unknown"],
  ["ready", "pending", "keychain", "ready"],
  ["locked", "absent", "keychain", "locked"],
  ["locked", "locked", "keychain", "locked"],
  ["locked", "pending", "encrypted-file", "unknown"],
  ["locked", "ready", "encrypted-file", "ready"],
  ["denied", "pending", "keychain", "denied"],
  ["failing", "ready", "keychain", "failing"],
  ["absent", "absent", "environment-only", "absent"],
  ["absent", "pending", "encrypted-file", "unknown"],
  ["absent", "refused", "encrypted-file", "locked"],
  ["session-only", "absent", "environment-only", "session-only"],
  ["session-only", "failing", "encrypted-file", "failing"],
] as const)("describeVault() with a keychain %s and a file %s chooses %s, %s", (keychain, file, kind, status) => {
  expect(describeVault(keychain, file)).toEqual({ kind, status, words: expect.stringMatching(/^[A-Z].+\.$/) });
});
