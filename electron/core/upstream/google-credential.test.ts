import { expect, test } from "vitest";
import { readGoogleCredential, secretsOf } from "./google-credential.ts";

const serviceAccount = {
  type: "service_account",
  client_email: "robot@project.iam.gserviceaccount.com",
  private_key: "-----BEGIN PRIVATE KEY-----\nCanaryCanaryCanaryCanary\n-----END PRIVATE KEY-----\n",
};
const read = (file: object, owner: "person" | "caller" = "person") => readGoogleCredential("vertex-ai", JSON.stringify(file), owner);
const google = "https://oauth2.googleapis.com/token";

test.each([
  ["AIzaSyA0123456789", "api-key"],
  ["AQ.Ab8RN6K0123456789", "api-key"],
  ["ya29.a0AfB_0123456789", "access-token"],
])("%s is known for what it is", (secret, kind) => {
  expect(readGoogleCredential("vertex-ai", secret, "caller").kind).toBe(kind);
});

test.each([undefined, google, "https://accounts.google.com/o/oauth2/token", "https://www.googleapis.com/oauth2/v4/token"])(
  "with the token_uri %s the token is asked for where Google's library asks",
  (tokenUri) => {
    expect(read({ ...serviceAccount, token_uri: tokenUri })).toMatchObject({ kind: "service-account", tokenUri: new URL(google) });
  },
);

// Whoever gets an assertion can trade it for a token of the whole project.
test.each([
  "https://evil.example/token",
  "https://googleapis.com.evil.example/token",
  "https://evilgoogleapis.com/token",
  "https://oauth2.googleapis.com:8443/token",
  "https://oauth2.googleapis.com@evil.example/token",
  "http://oauth2.googleapis.com/token",
  "http://169.254.169.254/token",
  "http://localhost.evil.example/token",
  "http://127.0.0.1.evil.example/token",
  "https://127.0.0.1/token",
  "file:///token",
  "token",
  7,
])("a service account is not used with the token_uri %s", (tokenUri) => {
  expect(() => read({ ...serviceAccount, token_uri: tokenUri })).toThrow(/^(?!.*Canary).*token_uri is not Google's/);
});

test("an emulator on loopback is the person's to name, not a caller's", () => {
  const file = { ...serviceAccount, token_uri: "http://127.0.0.1:9000/token" };
  expect(read(file)).toMatchObject({ tokenUri: new URL("http://127.0.0.1:9000/token") });
  expect(() => read(file, "caller")).toThrow("token_uri is not Google's");
});

test.each([
  ["{", "it is nothing that Google hands out"],
  ["/home/me/key.json", "it is nothing that Google hands out"],
  ['{"type":"external_account"}', "of no type that Postern knows"],
  ['{"type":"service_account","client_email":"a@b","private_key":""}', "no private_key"],
  ['{"type":"authorized_user","client_id":"a","client_secret":"CanarySecret"}', "no refresh_token"],
])("%j is refused with words, and not quoted", (secret, words) => {
  const attempt = (): unknown => readGoogleCredential("vertex-ai", secret, "person");
  expect(attempt).toThrow(expect.objectContaining({ code: "provider_key_missing", status: 401 }));
  expect(attempt).toThrow(words);
  expect(attempt).not.toThrow("CanarySecret");
});

test("every part of a credential is known as a secret, a private key in each of its lines", () => {
  expect(secretsOf(read(serviceAccount))).toEqual(["CanaryCanaryCanaryCanary"]);
  const user = { type: "authorized_user", client_id: "id", client_secret: "secret", refresh_token: "refresh" };
  expect(secretsOf(read(user))).toEqual(["secret", "refresh"]);
});
