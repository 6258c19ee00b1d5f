/** One message of a stream: a server-sent event, or an AWS event-stream message with a JSON payload. */
export interface Frame {
  /** SSE's `event:` field, or AWS's `:event-type` or `:exception-type`; null where there is none. */
  readonly event: string | null;
  readonly data: string;
}

/** How frames are put into bytes. */
export type Framing = "sse" | "aws-event-stream";
