import { PosternError } from "#shared/errors.ts";
import type { Clock } from "#core/platform.ts";
import type { ToolGrant } from "./grants.ts";

/** Counts the calls and tokens of grants by the minute. */
export interface RateLimits {
  /**
   * Counts a call.
   *
   * @param inputTokens an estimate
   * @returns what to tell when its tokens are known
   * @throws {PosternError} `rate_limit_exceeded`
   */
  take(grant: ToolGrant, inputTokens: number): (tokens: number) => void;
}

interface Minute {
  startMs: number;
  requests: number;
  tokens: number;
}

const minuteMs = 60_000;
const ignore = (): void => {};

/** Opens the counters; a minute begins with its first call, on a clock that nobody can set. */
export function openRateLimits(clock: Pick<Clock, "monotonicMs">): RateLimits {
  const minutes = new Map<string, Minute>();

  return {
    take(grant, inputTokens) {
      const { requestsPerMinute, tokensPerMinute } = grant.permissions;
      if (requestsPerMinute === null && tokensPerMinute === null) return ignore;
      const nowMs = clock.monotonicMs();
      let minute = minutes.get(grant.id);
      if (minute === undefined || nowMs - minute.startMs >= minuteMs) {
        // Those of grants that are gone go with the next that begins.
        for (const [id, old] of minutes) if (nowMs - old.startMs >= minuteMs) minutes.delete(id);
        minutes.set(grant.id, (minute = { startMs: nowMs, requests: 0, tokens: 0 }));
      }
      const current = minute;
      const refuse = (limit: string): PosternError => {
        const seconds = Math.max(1, Math.ceil((current.startMs + minuteMs - nowMs) / 1_000));
        return new PosternError(
          "rate_limit_exceeded",
          `Cannot make this call now: "${grant.name}" may make ${limit} a minute, and has; try again in ${seconds} s`,
          { headers: { "retry-after": String(seconds) } },
        );
      };
      if (requestsPerMinute !== null && current.requests >= requestsPerMinute)
        throw refuse(`${requestsPerMinute} call${requestsPerMinute === 1 ? "" : "s"}`);
      // A call alone in its minute goes out however large it is: it would never fit better.
      if (tokensPerMinute !== null && current.tokens > 0 && current.tokens + inputTokens > tokensPerMinute)
        throw refuse(`calls of ${tokensPerMinute} tokens`);
      current.requests += 1;
      current.tokens += inputTokens;
      return (tokens) => void (current.tokens += tokens - inputTokens);
    },
  };
}
