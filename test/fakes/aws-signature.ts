import { createHash, createHmac } from "node:crypto";

/** A request as a server received it. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query, as they were on the wire. */
  readonly url: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Checks a request's Signature Version 4 as AWS's documentation tells a server to, for every service but S3: each segment
 * of the path is encoded once more than it is on the wire.
 *
 * @param secretOf the secret access key of an id; undefined where nobody has it
 * @returns what is wrong with it; an empty list for a good one
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function checkAwsSignature(request: SignedRequest, secretOf: (accessKeyId: string) => string | undefined): string[] {
  const { method, url, headers, body } = request;
  const form = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=(\w{64})$/;
  const parts = form.exec(headers["authorization"] ?? "");
  if (parts === null) return ["its authorization header has another form"];
  const [, accessKeyId = "", day = "", region = "", service = "", signedNames = "", signature] = parts;
  const secret = secretOf(accessKeyId);
  if (secret === undefined) return [`nobody has the key ${accessKeyId}`];
  const problems: string[] = [];

  const date = headers["x-amz-date"] ?? "";
  if (!/^\d{8}T\d{6}Z$/.test(date) || !date.startsWith(day)) problems.push("its date is none, or another than its scope's");
  const names = signedNames.split(";");
  const mustBeSigned = Object.keys(headers).filter((name) => name === "host" || name.startsWith("x-amz-"));
  for (const name of mustBeSigned) if (!names.includes(name)) problems.push(`${name} is not signed`);
  const payloadHash = createHash("sha256").update(body).digest("hex");
  if ((headers["x-amz-content-sha256"] ?? payloadHash) !== payloadHash) problems.push("its body has another hash");

  const [path = "", query = ""] = url.split("?", 2);
  const canonicalRequest = [
    method,
    path.split("/").map(encode).join("/"),
    query
      .split("&")
      .filter((pair) => pair !== "")
      .map((pair) => pair.split("=", 2).map((text) => encode(decodeURIComponent(text))))
      .map(([name = "", value = ""]) => `${name}=${value}`)
      .sort()
      .join("&"),
    ...names.map((name) => `${name}:${(headers[name] ?? "").trim().replaceAll(/ +/g, " ")}`),
    "",
    signedNames,
    payloadHash,
  ].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const hashed = createHash("sha256").update(canonicalRequest).digest("hex");
  const key = [day, region, service, "aws4_request"].reduce<Buffer>(
    (last, part) => createHmac("sha256", last).update(part).digest(),
    Buffer.from(`AWS4${secret}`),
  );
  const expected = createHmac("sha256", key).update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${hashed}`).digest("hex");
  if (signature !== expected) problems.push("its signature is another");
  return problems;
}

/** AWS's UriEncode: everything but A-Z, a-z, 0-9, '-', '.', '_' and '~'. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
