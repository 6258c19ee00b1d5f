import type { Dispatcher } from "undici";
import { PosternError } from "#shared/errors.ts";
import type { Connections } from "./connections.ts";
import type { Expiring } from "./expiring-cache.ts";
import { explainFailure } from "./explain-failure.ts";
import type { GoogleCredential } from "./google-credential.ts";
import { unusableKey } from "./unusable-key.ts";

const scope = "https://www.googleapis.com/auth/cloud-platform";
const timeoutMs = 10_000;
const maxBytes = 65_536;

/**
 * Gets an access token for a credential, by Google's own library. The library reaches nothing but the credential's token
 * endpoint, through Postern's connections: no metadata server, no proxy, no redirect, no second try.
 *
 * @throws {PosternError} `provider_key_missing` where Google refuses the credential or nothing can be signed with it;
 *   `upstream_*` where the endpoint gives no answer that can be used. Neither quotes what was sent.
 */
export async function fetchGoogleToken(
  provider: string,
  credential: Extract<GoogleCredential, { readonly tokenUri: URL }>,
  tools: { readonly connections: Pick<Connections, "to">; readonly nowMs: () => number },
): Promise<Expiring<string>> {
  // Started for the first call that needs it: it is large, and most people never do.
  const { JWT, UserRefreshClient } = await import("google-auth-library");
  const who = `Google's token endpoint for ${provider}`;
  const { tokenUri } = credential;
  let failure: PosternError | undefined;
  const options = {
    // The library's interceptors only name and log requests, assertions among them.
    useAuthRequestParameters: false,
    transporterOptions: {
      retryConfig: { retry: 0, noResponseRetries: 0 },
      async fetchImplementation(_url: unknown, init?: { readonly body?: unknown }): Promise<Response> {
        try {
          return await post(tools.connections.to(tokenUri.origin), { who, provider, tokenUri, body: String(init?.body) });
        } catch (error) {
          failure = error instanceof PosternError ? error : explainFailure(who, error as Error);
          throw failure;
        }
      },
    },
  };
  let token: { readonly access_token?: string | null | undefined; readonly expiry_date?: number | null | undefined };
  try {
    if (credential.kind === "service-account") {
      token = await new JWT({ ...options, email: credential.email, key: credential.privateKey, scopes: [scope] }).authorize();
    } else {
      const { clientId, clientSecret, refreshToken } = credential;
      const client = new UserRefreshClient({ ...options, clientId, clientSecret, refreshToken });
      token = (await client.refreshAccessToken()).credentials;
    }
  } catch {
    // What the library throws holds the request, and with it the assertion: it is no cause to hand on.
    if (failure !== undefined) throw failure;
    throw unusableKey(provider, "nothing can be signed with what its JSON holds; download it from Google Cloud anew, and store that");
  }
  if (typeof token.access_token !== "string" || token.access_token === "")
    throw new PosternError("upstream_invalid", `Cannot use the answer of ${who}: it holds no access token`);
  const lifetimeMs = (token.expiry_date ?? 0) - Date.now();
  return { value: token.access_token, expiresAtMs: tools.nowMs() + (Number.isFinite(lifetimeMs) ? lifetimeMs : 0) };
}

async function post(
  dispatcher: Dispatcher,
  call: { readonly who: string; readonly provider: string; readonly tokenUri: URL; readonly body: string },
): Promise<Response> {
  const { tokenUri, who } = call;
  const text = await askFor(dispatcher, call);
  if (text.status === 200) {
    if (isObject(text.body)) return new Response(text.body, { headers: { "content-type": "application/json" } });
    throw new PosternError("upstream_invalid", `Cannot use the answer of ${who}: it is not JSON`);
  }
  if (text.status >= 300 && text.status < 400)
    throw new PosternError("upstream_redirect", `Cannot get a token from ${who}: ${tokenUri.host} sends elsewhere, which is not followed`);
  if (text.status >= 400 && text.status < 500 && text.status !== 408 && text.status !== 429) {
    throw unusableKey(
      call.provider,
      `Google gave no token for it (${reasonIn(text.body) ?? text.status}); see whether it was deleted or disabled, and whether this machine's clock is right`,
    );
  }
  throw new PosternError("upstream_error", `Cannot get a token from ${who}: it answered ${text.status}`);
}

async function askFor(
  dispatcher: Dispatcher,
  { who, tokenUri, body }: { readonly who: string; readonly tokenUri: URL; readonly body: string },
): Promise<{ readonly status: number; readonly body: string }> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await dispatcher.request({
      method: "POST",
      origin: tokenUri.origin,
      path: tokenUri.pathname,
      headers: ["content-type", "application/x-www-form-urlencoded", "accept", "application/json", "accept-encoding", "identity"],
      body,
      signal,
    });
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes)
        throw new PosternError("upstream_too_large", `Cannot use the answer of ${who}: it is longer than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    return { status: answer.statusCode, body: Buffer.concat(chunks).toString("utf8") };
  } catch (error) {
    if (signal.aborted)
      throw new PosternError("upstream_timeout", `Cannot wait longer for ${who}: it took more than ${timeoutMs / 1000} s`);
    throw error;
  }
}

function isObject(text: string): boolean {
  return parse(text) !== null;
}

/** OAuth's error code, such as `invalid_grant` (RFC 6749 section 5.2). Its description could hold anything. */
function reasonIn(text: string): string | null {
  const code = parse(text)?.["error"];
  return typeof code === "string" && /^[a-z_]{1,64}$/.test(code) ? code : null;
}

function parse(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
