import type { PosternError } from "#shared/errors.ts";
import type { Exchange } from "./exchange.ts";

/**
 * Ends a call from outside: what waits for something ends now, and nothing more of it begins, whatever step it was
 * between. A call that has its whole answer is left as it is; of several reasons the first one holds.
 */
export function cutOff(exchange: Exchange, reason: PosternError): void {
  exchange.cut ??= reason;
  exchange.ongoing?.interrupt(exchange.cut);
  for (const giveUp of exchange.steps ?? []) giveUp(exchange.cut);
}

/**
 * Waits for a step of a call that may take its time, such as a keychain that asks its person. What comes of the step
 * after the call was cut off is nobody's.
 *
 * @throws {PosternError} why the call was cut off, besides what the step throws
 */
export async function unlessCut<Result>(exchange: Exchange, step: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const steps = (exchange.steps ??= new Set());
  steps.add(reject);
  if (exchange.cut !== null) reject(exchange.cut);
  try {
    return await Promise.race([step, promise]);
  } finally {
    steps.delete(reject);
  }
}
