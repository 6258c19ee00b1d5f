import { createVerify, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Connections, openConnections } from "#core/upstream/connections.ts";
import type { KeyOwner } from "#core/upstream/outgoing-request.ts";
import { openNetworkWay } from "#core/upstream/network-way.ts";
import { createSigner, type Signer } from "#core/upstream/sign-outgoing.ts";
import { checkAwsSignature } from "../fakes/aws-signature.ts";
import { html, json, redirect, reply } from "../fakes/replies.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";

// Schemes that need more than a header, over real sockets: a scripted token endpoint, and a server that checks signatures
// as AWS does.

let connections: Connections;
let server: ScriptedProvider;
let nowMs: number;
let sign: Signer;

beforeAll(async () => {
  server = await startScriptedProvider();
  const network = { proxy: null, proxyBypass: [], caFile: null, trustSystemCertificates: false };
  const way = openNetworkWay(network, { credentials: null, notify: () => undefined });
  connections = openConnections({ connectTimeoutMs: 2_000, firstByteTimeoutMs: 5_000, idleTimeoutMs: 5_000 }, way);
});

afterAll(async () => {
  await connections.destroy();
  await server.close();
});

beforeEach(() => {
  server.forget();
  nowMs = Date.now();
  sign = createSigner({ connections, nowMs: () => nowMs });
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("google-oauth", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const row = { id: "vertex-ai", auth: "google-oauth", optionValues: {} } as const;
  const email = "robot@project.iam.gserviceaccount.com";
  const keyLine = privateKey.split("\n")[1] as string;

  const serviceAccount = (more: object = {}): string =>
    JSON.stringify({
      type: "service_account",
      client_email: email,
      private_key: privateKey,
      token_uri: `${server.origin}/token`,
      ...more,
    });

  async function headersFor(secret: string, owner: KeyOwner = "person"): Promise<string[]> {
    const headers: string[] = [];
    await sign({ method: "POST", origin: server.origin, path: "/v1", headers, body: null }, row, secret, owner);
    return headers;
  }

  let given = 0;
  const token = json(200, { access_token: "ya29.canary", expires_in: 3600, token_type: "Bearer" });
  /** Another token each time, as Google gives. */
  const tokens =
    (expiresIn = 3600) =>
    (exchange: Parameters<typeof token>[0]) =>
      json(200, { access_token: `ya29.token-${++given}`, expires_in: expiresIn, token_type: "Bearer" })(exchange);

  beforeEach(() => {
    given = 0;
  });

  test("a service account's token is asked for with a good assertion, and used", async () => {
    server.next(token);
    expect(await headersFor(serviceAccount())).toEqual(["authorization", "Bearer ya29.canary"]);
    const { method, url, body } = await server.waitForRequest(1);
    const form = new URLSearchParams(body.toString());
    expect([method, url, form.get("grant_type")]).toEqual(["POST", "/token", "urn:ietf:params:oauth:grant-type:jwt-bearer"]);
    const [head = "", claims = "", signature = ""] = (form.get("assertion") ?? "").split(".");
    expect(createVerify("RSA-SHA256").update(`${head}.${claims}`).verify(publicKey, signature, "base64url")).toBe(true);
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
      iss: email,
      scope: "https://www.googleapis.com/auth/cloud-platform",
      aud: "https://oauth2.googleapis.com/token",
    });
    expect(body.toString()).not.toContain(keyLine);
  });

  test("a burst of calls asks once, and an hour of calls once more before its end", async () => {
    server.always(tokens());
    const secret = serviceAccount();
    const first = await Promise.all(Array.from({ length: 10 }, () => headersFor(secret)));
    expect(new Set(first.map(([, value]) => value))).toEqual(new Set(["Bearer ya29.token-1"]));
    nowMs += 56 * 60_000;
    expect((await headersFor(secret))[1]).toBe("Bearer ya29.token-1");
    await server.waitForRequest(2);
    await vi.waitFor(async () => expect((await headersFor(secret))[1]).toBe("Bearer ya29.token-2"));
    expect(server.requests.length).toBe(2);
  });

  test("a held token is added at once, and with it all that must not be seen is known", async () => {
    server.next(token);
    const secret = serviceAccount();
    await headersFor(secret);
    const secrets = sign({ method: "POST", origin: server.origin, path: "/", headers: [], body: null }, row, secret, "person");
    expect(secrets).toEqual(expect.arrayContaining(["ya29.canary", keyLine]));
  });

  test("two credentials of one endpoint have a token each", async () => {
    server.always(tokens());
    const one = await headersFor(serviceAccount());
    const other = await headersFor(serviceAccount({ client_email: "other@project.iam.gserviceaccount.com" }));
    expect([one[1], other[1]]).toEqual(["Bearer ya29.token-1", "Bearer ya29.token-2"]);
  });

  const login = (): string =>
    JSON.stringify({
      type: "authorized_user",
      client_id: "id",
      client_secret: "hidden-canary",
      refresh_token: "1//refresh-canary",
      quota_project_id: "bill",
      token_uri: `${server.origin}/token`,
    });

  test("a login's refresh token becomes an access token, and its quota project is named", async () => {
    server.next(token);
    const headers = await headersFor(login());
    expect(headers).toEqual(["authorization", "Bearer ya29.canary", "x-goog-user-project", "bill"]);
    const form = new URLSearchParams((await server.waitForRequest(1)).body.toString());
    expect([form.get("grant_type"), form.get("refresh_token")]).toEqual(["refresh_token", "1//refresh-canary"]);
  });

  // The library would send the assertion through whatever these name.
  test("no proxy of the environment sees it", async () => {
    const proxy = await startScriptedProvider();
    for (const name of ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"]) vi.stubEnv(name, proxy.origin);
    server.next(token);
    expect(await headersFor(serviceAccount())).toEqual(["authorization", "Bearer ya29.canary"]);
    expect(proxy.connectionCount).toBe(0);
    await proxy.close();
  });

  test.each([
    [
      "a refused key",
      json(400, { error: "invalid_grant", error_description: "Invalid JWT canary" }),
      "provider_key_missing",
      "(invalid_grant)",
    ],
    ["a refusal in no form", reply(403, "canary"), "provider_key_missing", "(403)"],
    ["an outage", json(503, { error: "canary" }), "upstream_error", "it answered 503"],
    ["a limit", json(429, {}), "upstream_error", "it answered 429"],
    ["a captive portal", html(200), "upstream_invalid", "it is not JSON"],
    ["an answer without a token", json(200, { id_token: "canary" }), "upstream_invalid", "no access token"],
    ["an endless answer", reply(200, `"${"canary".repeat(20_000)}"`), "upstream_too_large", "longer than"],
  ])("%s is said in words, once, without what was sent or answered", async (_what, script, code, words) => {
    server.always(script);
    for (const secret of [serviceAccount(), login()]) {
      server.forget();
      const failure: unknown = await headersFor(secret).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code, message: expect.stringContaining(words) });
      expect(failure).not.toHaveProperty("cause");
      expect(String(failure)).not.toMatch(/canary|assertion|eyJ/);
      expect(server.requests.length).toBe(1);
    }
  });

  test("a redirect of the token endpoint is not followed", async () => {
    const canary = await startScriptedProvider();
    canary.always(token);
    server.next(redirect(307, `${canary.origin}/token`));
    await expect(headersFor(serviceAccount())).rejects.toMatchObject({ code: "upstream_redirect", status: 502 });
    expect(canary.connectionCount).toBe(0);
    await canary.close();
  });

  test("an endpoint that is not there is said, and the next call tries again", async () => {
    const gone = await startScriptedProvider();
    await gone.close();
    const secret = serviceAccount({ token_uri: `${gone.origin}/token` });
    await expect(headersFor(secret)).rejects.toMatchObject({ code: "upstream_unreachable", message: expect.stringContaining("vertex-ai") });
    server.next(token);
    expect((await headersFor(serviceAccount()))[1]).toBe("Bearer ya29.canary");
  });

  test("a broken private key is the key's fault, and asks nobody", async () => {
    const secret = serviceAccount({ private_key: "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----\n" });
    const failure: unknown = await headersFor(secret).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "provider_key_missing",
      status: 401,
      message: expect.stringContaining("nothing can be signed"),
    });
    expect(String(failure)).not.toContain("Y2FuYXJ5");
    expect(server.requests.length).toBe(0);
  });
});

describe("aws-sigv4", () => {
  const id = "AKIA0123456789ABCDEF";
  const secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  const row = { id: "bedrock", auth: "aws-sigv4", optionValues: { region: "eu-west-1" } } as const;
  const secretOf = (asked: string): string | undefined => (asked === id ? secretKey : undefined);

  /** Signs and sends a call as the gateway does. */
  async function send(secret: string, wirePath: string, body: Buffer | null, more: readonly string[] = []): Promise<string[]> {
    const headers = ["accept-encoding", "identity", "user-agent", "postern", "content-type", "application/json", ...more];
    const { origin } = server;
    const method = body === null ? "GET" : "POST";
    await sign({ method, origin, path: wirePath, headers, body }, row, secret, "person");
    server.next(json(200, {}));
    const answer = await connections.to(origin).request({ method, origin, path: wirePath, headers, body });
    await answer.body.dump();
    const request = server.requests.at(-1);
    if (request === undefined) throw new Error("nothing came");
    return checkAwsSignature(request, secretOf);
  }

  // What signs wrong is refused with 403 by AWS alone: each of these has a trap in its path.
  test.each([
    "/model/amazon.nova-lite-v1%3A0/converse",
    "/model/amazon.nova-lite-v1:0/converse-stream",
    "/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Ainference-profile%2Feu.anthropic.claude-v1%3A0/converse",
    "/model/a(b)'c*d!%20e/converse",
    "/model/%E1%88%B4~_.-/converse",
    "/list?maxResults=10&byProvider=a%20b%2Fc&byProvider=%E1%88%B4&nextToken=",
  ])("AWS would take the signature of %s", async (wirePath) => {
    expect(await send(`${id}:${secretKey}`, wirePath, Buffer.from('{"messages":[{"text":"ሴ"}]}'))).toEqual([]);
    expect(await send(`${id}:${secretKey}`, wirePath, null)).toEqual([]);
  });

  test("the scope names the row's region and Bedrock's service", async () => {
    await send(`${id}:${secretKey}`, "/model/a/converse", Buffer.from("{}"));
    expect(server.requests[0]?.headers["authorization"]).toMatch(
      new RegExp(`^AWS4-HMAC-SHA256 Credential=${id}/\\d{8}/eu-west-1/bedrock/aws4_request, `),
    );
  });

  test("what decides the meaning is signed, what a proxy may change is not", async () => {
    await send(`${id}:${secretKey}`, "/model/a/converse", Buffer.from("{}"), ["x-amzn-bedrock-trace", "ENABLED", "via", "1.1 postern"]);
    expect(server.requests[0]?.headers["authorization"]).toContain(
      "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amzn-bedrock-trace,",
    );
  });

  test("a session token goes along, signed, and both halves must not be seen", async () => {
    const secret = `${id}:${secretKey}:canary+/token==`;
    expect(await send(secret, "/model/a/converse", Buffer.from("{}"))).toEqual([]);
    expect(server.requests[0]?.headers["x-amz-security-token"]).toBe("canary+/token==");
    const request = { method: "GET", origin: server.origin, path: "/", headers: [], body: null };
    expect(await sign(request, row, secret, "person")).toEqual([secretKey, "canary+/token=="]);
  });

  test("each call has its own time: no signature of an hour ago goes out", async () => {
    nowMs = Date.UTC(2026, 10, 5, 23, 59, 59);
    await send(`${id}:${secretKey}`, "/model/a/converse", Buffer.from("{}"));
    nowMs += 1_000;
    expect(await send(`${id}:${secretKey}`, "/model/a/converse", Buffer.from("{}"))).toEqual([]);
    expect(server.requests.map(({ headers }) => headers["x-amz-date"])).toEqual(["20261105T235959Z", "20261106T000000Z"]);
  });

  test("an upload and a row without a region are refused before anything is sent", async () => {
    const request = { method: "POST", origin: server.origin, path: "/", headers: [], body: null };
    await expect(sign({ ...request, body: Readable.from(["a"]) }, row, `${id}:${secretKey}`, "person")).rejects.toMatchObject({
      code: "endpoint_unsupported",
    });
    expect(() => sign(request, { ...row, optionValues: {} }, `${id}:${secretKey}`, "person")).toThrow(
      expect.objectContaining({ code: "provider_incomplete" }),
    );
  });

  describe("this machine's own credentials", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "postern-aws-"));
    const file = path.join(folder, "credentials");
    const profile = (name: string, secret: string): string => `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;

    beforeEach(() => {
      vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", file);
      vi.stubEnv("AWS_CONFIG_FILE", path.join(folder, "config"));
      vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
      for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
    });

    test("a named profile signs", async () => {
      writeFileSync(file, profile("work", secretKey));
      expect(await send("profile:work", "/model/a/converse", Buffer.from("{}"))).toEqual([]);
    });

    test("a changed file is read anew after a while", async () => {
      writeFileSync(file, profile("work", "of-yesterday"));
      expect(await send("profile:work", "/model/a/converse", Buffer.from("{}"))).toEqual(["its signature is another"]);
      writeFileSync(file, profile("work", secretKey));
      nowMs += 15 * 60_000;
      expect(await send("profile:work", "/model/a/converse", Buffer.from("{}"))).toEqual([]);
    });

    test("the default chain signs by the environment's keys", async () => {
      vi.stubEnv("AWS_ACCESS_KEY_ID", id);
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", secretKey);
      expect(await send("default-chain", "/model/a/converse", Buffer.from("{}"))).toEqual([]);
    });

    // A typing error in the profile's name must not sign as whoever else is there.
    test("a profile that is not there is not replaced by other credentials", async () => {
      writeFileSync(file, profile("default", secretKey));
      vi.stubEnv("AWS_ACCESS_KEY_ID", id);
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", secretKey);
      await expect(send("profile:wrok", "/model/a/converse", Buffer.from("{}"))).rejects.toMatchObject({
        code: "provider_key_missing",
        message: expect.stringContaining("aws sso login"),
      });
      expect(server.requests.length).toBe(0);
    });
  });
});
