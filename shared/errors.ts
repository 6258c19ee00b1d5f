/** Whose fault a failure is: it decides what the log counts and what the person is told to do. */
export type Fault = "client" | "provider" | "postern";

/** What the attempt loop may do after a failure: the same target again, the next target, or nothing. */
export type RetryAdvice = "same" | "next" | "never";

interface ErrorKind {
  readonly status: number;
  /** OpenAI's `error.type`, as its SDKs know it. */
  readonly type: string;
  readonly retry: RetryAdvice;
  readonly fault: Fault;
}

const client = (status: number, type = "invalid_request_error"): ErrorKind => ({ status, type, retry: "never", fault: "client" });
const provider = (status: number, retry: RetryAdvice): ErrorKind => ({ status, type: "upstream_error", retry, fault: "provider" });
const postern = (status: number, type = "server_error"): ErrorKind => ({ status, type, retry: "never", fault: "postern" });

/**
 * Every way in which Postern itself says no: the closed list of `error.code` values, each with its HTTP status.
 * A provider's own error keeps the provider's code and status and is not listed here.
 */
export const errorTable = {
  // the listener
  host_not_allowed: client(403, "permission_error"),
  origin_not_allowed: client(403, "permission_error"),
  invalid_http: client(400),
  uri_too_long: client(414),
  headers_too_large: client(431),
  expectation_failed: client(417),
  method_not_allowed: client(405),
  not_found: client(404),
  request_timeout: client(408, "timeout_error"),
  unsupported_media_type: client(415),
  unsupported_encoding: client(415),
  body_too_large: client(413),
  shutting_down: postern(503),
  paused: postern(503),

  // who may call
  invalid_api_key: client(401, "authentication_error"),
  too_many_failed_keys: client(429, "rate_limit_error"),
  conflicting_credentials: client(400),
  not_granted: client(403, "permission_error"),
  rate_limit_exceeded: client(429, "rate_limit_error"),
  /** OpenAI's word for a budget that is used up. */
  insufficient_quota: client(429, "insufficient_quota"),
  /** a budget could not be written down, so nothing is spent of it */
  budget_unavailable: postern(503),

  // the body and what it names
  invalid_json: client(400),
  invalid_body: client(400),
  invalid_value: client(400),
  invalid_config: client(400),
  model_missing: client(400),
  model_not_found: client(404),
  unknown_provider: client(400),
  unknown_alias: client(400),
  unknown_key_name: client(400),
  provider_not_accepted: client(400),
  provider_incomplete: client(400),
  endpoint_unsupported: { status: 400, type: "invalid_request_error", retry: "next", fault: "client" },
  /** leaving out what this target cannot say would change what is asked for */
  cannot_translate: { status: 400, type: "invalid_request_error", retry: "next", fault: "client" },
  dialect_unsupported: { status: 400, type: "invalid_request_error", retry: "next", fault: "client" },

  // keys
  provider_key_missing: { status: 401, type: "authentication_error", retry: "next", fault: "client" },
  key_origin_mismatch: { status: 403, type: "permission_error", retry: "next", fault: "client" },
  keychain_locked: { status: 503, type: "server_error", retry: "next", fault: "postern" },
  keychain_unavailable: { status: 503, type: "server_error", retry: "next", fault: "postern" },

  // the provider's side
  upstream_unreachable: provider(502, "same"),
  tls_error: provider(502, "next"),
  upstream_redirect: provider(502, "next"),
  upstream_invalid: provider(502, "next"),
  upstream_truncated: provider(502, "same"),
  upstream_too_large: provider(502, "next"),
  upstream_timeout: provider(504, "next"),
  upstream_error: provider(502, "same"),
  deadline_exceeded: { status: 408, type: "timeout_error", retry: "next", fault: "provider" },
  loop_detected: client(508),

  // Postern itself
  client_closed: { status: 499, type: "client_closed", retry: "never", fault: "client" },
  /** A person has stopped the call. Google's CANCELLED has this status; SDKs try again after 408, 409, 429 and 5xx, not after it. */
  call_stopped: client(499),
  internal: postern(500),
} as const satisfies Record<string, ErrorKind>;

/** One of the codes of {@link errorTable}. */
export type ErrorCode = keyof typeof errorTable;

/** What a failure may carry beside its words. */
export interface PosternErrorOptions extends ErrorOptions {
  /** The request field or header that was wrong, for OpenAI's `error.param`. */
  readonly param?: string;
  /** Replaces the table's status: Portkey's clients know some failures by another one. */
  readonly status?: number;
  /** Every mistake, one a line, where there are several: Portkey's clients read them as `errors`. */
  readonly details?: readonly string[];
  /** Response headers that belong to this failure, such as `retry-after` or `allow`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A failure with words for the person who sees it. The message never holds a secret, a prompt or an answer.
 * Wording: "Cannot <action> <object>: <state now>; <what would work>".
 */
export class PosternError extends Error {
  override readonly name = "PosternError";
  readonly code: ErrorCode;
  readonly status: number;
  readonly type: string;
  readonly retry: RetryAdvice;
  readonly fault: Fault;
  readonly param: string | null;
  readonly details: readonly string[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message: string, options: PosternErrorOptions = {}) {
    super(message, options);
    const kind = errorTable[code];
    this.code = code;
    this.status = options.status ?? kind.status;
    this.type = kind.type;
    this.retry = kind.retry;
    this.fault = kind.fault;
    this.param = options.param ?? null;
    this.details = options.details ?? [];
    this.headers = options.headers ?? {};
  }
}
