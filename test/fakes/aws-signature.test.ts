import { expect, test } from "vitest";
import { checkAwsSignature } from "./aws-signature.ts";

// Names and signatures of AWS's own test suite, as AWS publishes it with its Common Runtime:
// https://github.com/awslabs/aws-c-auth/tree/main/tests/aws-signing-test-suite/v4. The suite writes paths decoded.
const suite = [
  ["get-vanilla", "GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  ["post-vanilla", "POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
  ["get-utf8", "GET", "/ሴ", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"],
  ["get-space-normalized", "GET", "/example space/", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"],
  [
    "get-vanilla-query-order-key-case",
    "GET",
    "/?Param2=value2&Param1=value1",
    "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  ],
] as const;

const request = (method: string, url: string, signature: string, host = "example.amazonaws.com") => ({
  method,
  url,
  headers: {
    host,
    "x-amz-date": "20150830T123600Z",
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
  },
  body: Buffer.alloc(0),
});
const secretOf = (): string => "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

test.each(suite)("checkAwsSignature() takes AWS's %s", (_name, method, url, signature) => {
  expect(checkAwsSignature(request(method, url, signature), secretOf)).toEqual([]);
});

// A check that takes everything would prove nothing.
test("checkAwsSignature() refuses a signature over another method, path, host or body", () => {
  const [, method, url, signature] = suite[0];
  const wrong = ["its signature is another"];
  expect(checkAwsSignature(request("POST", url, signature), secretOf)).toEqual(wrong);
  expect(checkAwsSignature(request(method, "/a", signature), secretOf)).toEqual(wrong);
  expect(checkAwsSignature(request(method, url, signature, "evil.example"), secretOf)).toEqual(wrong);
  expect(checkAwsSignature({ ...request(method, url, signature), body: Buffer.from("x") }, secretOf)).toEqual(wrong);
});
