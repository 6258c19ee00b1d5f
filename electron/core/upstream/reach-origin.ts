import { PosternError } from "#shared/errors.ts";
import type { Connections } from "./connections.ts";
import { explainFailure } from "./explain-failure.ts";

/**
 * Finds out whether an origin answers HTTP at all: a `HEAD /` with no key and no body. Any status will do.
 *
 * @param who named in errors
 * @returns the time that its `Date` header says, in milliseconds since 1970; null where it says none
 * @throws {PosternError} `upstream_unreachable`, `tls_error` and the like
 */
export async function reachOrigin(
  connections: Connections,
  options: { readonly who: string; readonly origin: string; readonly timeoutMs: number },
): Promise<{ readonly dateMs: number | null }> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  try {
    const { headers, body } = await connections
      .to(options.origin)
      .request({ method: "HEAD", origin: options.origin, path: "/", headers: ["user-agent", "postern"], signal });
    body.on("error", () => {}).destroy();
    const dateMs = typeof headers["date"] === "string" ? Date.parse(headers["date"]) : Number.NaN;
    return { dateMs: Number.isNaN(dateMs) ? null : dateMs };
  } catch (error) {
    if (!signal.aborted) throw explainFailure(options.who, error as Error);
    const words = `Cannot reach ${options.who}: it did not answer within ${options.timeoutMs / 1_000} s`;
    throw new PosternError("upstream_unreachable", words, { cause: error });
  }
}
