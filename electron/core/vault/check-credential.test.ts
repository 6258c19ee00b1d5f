import { expect, test } from "vitest";
import { checkCredential } from "./check-credential.ts";

test("checkCredential() refuses a local key, which would be sent to a provider, and does not quote it", () => {
  const attempt = (): unknown => checkCredential("openai", "work", " postern_0123456789abcdef");
  expect(attempt).toThrow(expect.objectContaining({ code: "invalid_value", param: "secret" }));
  expect(attempt).toThrow("is one of Postern's own local keys");
  expect(attempt).not.toThrow("0123456789abcdef");
});

test("checkCredential() keeps of a service account what signs, so that it fits into every keychain", () => {
  const key = { type: "service_account", client_email: "a@b.example", private_key: "-----BEGIN\nx", token_uri: "https://t.example" };
  const file = JSON.stringify({ ...key, project_id: "p", client_x509_cert_url: "https://c.example" }, null, 2);
  expect(JSON.parse(checkCredential("vertex-ai", "work", `${file}\n`).secret)).toEqual(key);
});

test("checkCredential() keeps all of another JSON, without its spaces", () => {
  expect(checkCredential("bedrock", "work", '{ "accessKeyId": "a",\n "secretAccessKey": "b" }').secret).toBe(
    '{"accessKeyId":"a","secretAccessKey":"b"}',
  );
});

test("checkCredential() refuses the first line of a pasted file, and says how to give the whole", () => {
  expect(() => checkCredential("vertex-ai", "work", "{")).toThrow("postern keys add PROVIDER < key.json");
});
