import { expect, test } from "vitest";
import { createRow } from "../../../test/wire/vault/test-platform.ts";
import type { Credential } from "./credential.ts";
import { readEnvironmentKeys } from "./environment-keys.ts";
import { findKeysAmong } from "./find-keys-among.ts";

const nowMs = 1_700_000_000_000;

function withSecrets(credentials: readonly Credential[]): unknown[] {
  return credentials.map((credential) => ({ ...credential, secret: credential.secret }));
}

test("readEnvironmentKeys() takes the first variable that holds a key, trimmed, and binds it to the row's origin", () => {
  const row = createRow("openai", { baseUrl: "http://127.0.0.1:9200/v1", environment: ["FIRST", "SECOND", "THIRD"] });
  const found = readEnvironmentKeys({ FIRST: "your_openai_key", SECOND: " sk-0123456789abcdef\n", THIRD: "sk-other" }, [row], nowMs);
  expect(withSecrets(found)).toEqual([
    {
      provider: "openai",
      name: "environment",
      lastFour: "cdef",
      origins: ["http://127.0.0.1:9200"],
      source: "environment",
      createdAtMs: nowMs,
      secret: "sk-0123456789abcdef",
    },
  ]);
});

test("readEnvironmentKeys() binds a key to nothing while its base URL has an unfilled option", () => {
  const row = createRow("azure", { baseUrl: "https://{resource}.openai.azure.com/openai/v1", environment: ["AZURE_KEY"] });
  expect(readEnvironmentKeys({ AZURE_KEY: "0123456789" }, [row], nowMs)).toMatchObject([{ origins: [] }]);
});

test("readEnvironmentKeys() gives no key to a row that takes none", () => {
  expect(
    readEnvironmentKeys({ OLLAMA_KEY: "0123456789" }, [createRow("ollama", { auth: "none", environment: ["OLLAMA_KEY"] })], nowMs),
  ).toEqual([]);
});

test("readEnvironmentKeys() joins the parts of an AWS key, leaves out half a one, and takes a Bedrock API key as it is", () => {
  const row = createRow("bedrock", { auth: "aws-sigv4", environment: ["AWS_ACCESS_KEY_ID", "AWS_BEARER_TOKEN_BEDROCK"] });
  const read = (environment: Record<string, string>): unknown[] =>
    readEnvironmentKeys(environment, [row], nowMs).map(({ secret, lastFour }) => [secret, lastFour]);
  const id = { AWS_ACCESS_KEY_ID: "AKIA0123456789ABCDEF" };
  expect(read({ ...id, AWS_SECRET_ACCESS_KEY: "half" })).toEqual([["AKIA0123456789ABCDEF:half", "CDEF"]]);
  expect(read({ ...id, AWS_SECRET_ACCESS_KEY: "half", AWS_SESSION_TOKEN: "token" })).toEqual([["AKIA0123456789ABCDEF:half:token", "CDEF"]]);
  expect(read(id)).toEqual([]);
  expect(read({ ...id, AWS_BEARER_TOKEN_BEDROCK: "bedrock-api-key-abcd" })).toEqual([["bedrock-api-key-abcd", "abcd"]]);
});

test("readEnvironmentKeys() binds a key to nothing where the base URL lost the braces of an option that is missing", () => {
  const row = createRow("azure", { baseUrl: "https://resource.openai.azure.com/openai/v1", environment: ["AZURE_KEY"] });
  expect(readEnvironmentKeys({ AZURE_KEY: "0123456789" }, [{ ...row, missingOptions: ["resource"] }], nowMs)).toMatchObject([
    { origins: [] },
  ]);
});

test("readEnvironmentKeys() and findKeysAmong() never take a local key for a provider's", () => {
  const row = { ...createRow("openai", { environment: ["FIRST", "SECOND", "THIRD"] }), missingOptions: [] };
  const variables = { FIRST: " postern_0123456789abcdef", SECOND: "chosen-by-the-owner", POSTERN_API_KEY: "chosen-by-the-owner\n" };
  expect([readEnvironmentKeys(variables, [row], nowMs), findKeysAmong(variables, [row])]).toEqual([[], []]);
  const more = { ...variables, THIRD: "sk-0123456789abcdef" };
  expect([readEnvironmentKeys(more, [row], nowMs)[0]?.secret, findKeysAmong(more, [row])[0]?.secret]).toEqual([more.THIRD, more.THIRD]);
});
