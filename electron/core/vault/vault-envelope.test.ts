import { beforeAll, expect, test } from "vitest";
import { deriveEnvelopeKey, openEnvelope, parseEnvelope, sealEnvelope, type EnvelopeKey } from "./vault-envelope.ts";

const secrets = new Map([
  ["openai/work", 'sk-äöü\n"quoted"'],
  ["__proto__/x", "y"],
]);
let key: EnvelopeKey;
let text: string;
beforeAll(async () => {
  key = await deriveEnvelopeKey("correct horse");
  text = sealEnvelope(secrets, key);
});

test("openEnvelope() gives back what sealEnvelope() took", () => {
  expect(openEnvelope(parseEnvelope(text), key)).toEqual(secrets);
});

test("sealEnvelope() uses a new nonce each time: GCM with one twice gives its key away", () => {
  expect(parseEnvelope(sealEnvelope(secrets, key)).nonce).not.toBe(parseEnvelope(text).nonce);
});

test("parseEnvelope() takes a flip of any bit of any byte for damage, never for a wrong passphrase or another content", () => {
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.length; offset++) {
    for (const bit of [1, 0x20, 0x80]) {
      const flipped = Buffer.from(bytes);
      flipped[offset] = (flipped[offset] ?? 0) ^ bit;
      let outcome: unknown;
      try {
        outcome = openEnvelope(parseEnvelope(flipped.toString()), key);
      } catch (error) {
        outcome = error;
      }
      expect(outcome, `byte ${offset}, bit ${bit}`).toMatchObject({ code: "keychain_unavailable" });
    }
  }
});

test("openEnvelope() says a wrong passphrase of an undamaged file, without the secret or the passphrase", async () => {
  const wrong = await deriveEnvelopeKey("battery staple", key.salt);
  expect(() => openEnvelope(parseEnvelope(text), wrong)).toThrow(
    expect.objectContaining({ code: "keychain_locked", param: "passphrase", message: expect.not.stringMatching(/sk-|battery/) }),
  );
});

test("parseEnvelope() names the version of a newer file, whatever else it holds", () => {
  expect(() => parseEnvelope('{ "format": "postern-vault", "version": 3, "anything": [] }')).toThrow(
    expect.objectContaining({ code: "keychain_unavailable", message: expect.stringContaining("version 3, made by a newer Postern") }),
  );
});
