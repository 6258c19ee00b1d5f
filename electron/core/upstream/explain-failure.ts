import { PosternError } from "#shared/errors.ts";

/** OpenSSL's and Node's words for a certificate that cannot be trusted. */
const tlsPattern = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_|EPROTO)/;

/**
 * Says what went wrong between Postern and a provider, in words for the person.
 *
 * @param error what undici or the socket reported
 * @see https://undici.nodejs.org/#/docs/api/Errors
 */
export function explainFailure(provider: string, error: Error): PosternError {
  if (error instanceof PosternError) return error;
  const code = codeOf(error);
  const because = { cause: error };
  if (tlsPattern.test(code)) {
    return new PosternError(
      "tls_error",
      `Cannot trust the connection to ${provider}: ${code}; check its base URL, and whether something on this network opens TLS`,
      because,
    );
  }
  switch (code) {
    case "UND_ERR_CONNECT_TIMEOUT":
      return unreachable(provider, "it took no connection in the time that it has for that", because);
    case "UND_ERR_HEADERS_TIMEOUT":
      return new PosternError(
        "upstream_timeout",
        `Cannot wait longer for ${provider}: it sent no first byte in the time that it has for that; raise gateway.firstByteTimeoutMs if the model needs longer`,
        because,
      );
    case "UND_ERR_BODY_TIMEOUT":
      return new PosternError(
        "upstream_timeout",
        `Cannot wait longer for ${provider}: its answer paused for longer than gateway.idleTimeoutMs`,
        because,
      );
    case "UND_ERR_HEADERS_OVERFLOW":
    case "HPE_HEADER_OVERFLOW":
      return new PosternError("upstream_invalid", `Cannot use the answer of ${provider}: its header is too large`, because);
    case "UND_ERR_SOCKET":
    case "ECONNRESET":
    case "EPIPE":
      return new PosternError(
        "upstream_truncated",
        `Cannot use the answer of ${provider}: the connection broke before it was whole`,
        because,
      );
    case "UND_ERR_RES_CONTENT_LENGTH_MISMATCH":
      return new PosternError("upstream_truncated", `Cannot use the answer of ${provider}: it has another length than it said`, because);
    case "UND_ERR_DESTROYED":
    case "UND_ERR_CLOSED":
      return new PosternError("shutting_down", "Cannot finish this call: Postern is shutting down", because);
    default:
  }
  // undici 8.12 gives its parser's errors no code.
  if (code.startsWith("HPE_") || error.name === "HTTPParserError")
    return new PosternError("upstream_invalid", `Cannot use the answer of ${provider}: it is not HTTP`, because);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return unreachable(provider, "its name is not known here; check its base URL and the network", because);
  if (code === "ECONNREFUSED") return unreachable(provider, "nothing listens at its address", because);
  return unreachable(provider, code === "" ? "the connection failed" : code, because);
}

function unreachable(provider: string, what: string, because: ErrorOptions): PosternError {
  return new PosternError("upstream_unreachable", `Cannot reach ${provider}: ${what}`, because);
}

/** The first code in the chain of causes; of several addresses that were tried, the last one's. */
function codeOf(error: unknown): string {
  for (let at: unknown = error; typeof at === "object" && at !== null; at = "cause" in at ? at.cause : null) {
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors.at(-1));
    if ("code" in at && typeof at.code === "string") return at.code;
  }
  return "";
}
