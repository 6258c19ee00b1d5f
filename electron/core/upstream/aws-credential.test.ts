import { expect, test } from "vitest";
import { readAwsCredential } from "./aws-credential.ts";

const id = "AKIA0123456789ABCDEF";
const secret = "wJalr/XUtn+FEMI/canary";
const read = (text: string, owner: "person" | "caller" = "person") => readAwsCredential("bedrock", text, owner);

test.each(["ABSKQmVkcm9ja0FQSUtleS0wMTIz=", "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t"])("%s is a bearer", (text) => {
  expect(read(text, "caller")).toEqual({ kind: "bearer" });
});

test.each([
  [`${id}:${secret}`, undefined],
  [`${id}:${secret}:token+/=`, "token+/="],
  [JSON.stringify({ accessKeyId: id, secretAccessKey: secret }), undefined],
  [JSON.stringify({ aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: "t" }), "t"],
  [JSON.stringify({ Credentials: { AccessKeyId: id, SecretAccessKey: secret, SessionToken: "t", Expiration: "soon" } }), "t"],
])("%s is read in all its parts", (text, sessionToken) => {
  const keys = { accessKeyId: id, secretAccessKey: secret, ...(sessionToken === undefined ? {} : { sessionToken }) };
  expect(read(text, "caller")).toEqual({ kind: "keys", keys });
});

test("the words for this machine's own credentials work for the person, and for nobody who calls", () => {
  expect([read("default-chain"), read("profile:work east")]).toEqual([
    { kind: "chain", profile: null },
    { kind: "chain", profile: "work east" },
  ]);
  for (const text of ["default-chain", "profile:work"])
    expect(() => read(text, "caller")).toThrow("a request cannot name the AWS credentials of this machine");
});

// Half a key as a bearer would earn a puzzling 403, and a colon too many a signature with the wrong half.
test.each([id, `${id}:`, `short:${secret}`, `${id}:${secret}:token:more`, `{"accessKeyId":"${id}"}`, `{"secretAccessKey":"${secret}"`])(
  "%s is refused and not quoted",
  (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: "provider_key_missing", status: 401 }));
    expect(() => read(text)).not.toThrow(/canary|AKIA/);
  },
);
