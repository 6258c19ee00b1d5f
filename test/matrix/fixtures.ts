import { dialects } from "../fakes/dialects.ts";
import type { Dialect } from "#core/dialects/dialect.ts";
import { isJsonObject, type JsonObject } from "#core/dialects/json.ts";
import { encodeAwsEventStream, loadAwsEventStream } from "#core/wire/aws-event-stream.ts";
import type { Frame } from "#core/wire/frame.ts";
import { SseDecoder } from "#core/wire/sse.ts";
import { type Fixture, readFixtures } from "../fakes/fixture.ts";

await loadAwsEventStream();

/** Every wire format, in a fixed order. */
export const everyDialect: readonly Dialect[] = Object.values(dialects);

/** A provider's answer of one dialect. */
export interface Answer {
  readonly dialect: Dialect;
  readonly fixture: Fixture;
}

/** Every scripted answer: plain and streamed, good and bad. */
export const answers: readonly Answer[] = everyDialect.flatMap((dialect) =>
  readFixtures(dialect.id).map((fixture) => ({ dialect, fixture })),
);

/** Whether a fixture is a stream. */
export function isStream({ fixture }: Answer): boolean {
  return typeof fixture.body === "string" && fixture.name.endsWith(".sse");
}

/** Whether a fixture is a good answer in one piece. */
export function isWhole({ fixture }: Answer): boolean {
  return !fixture.name.endsWith(".sse") && fixture.status < 300 && isJsonObject(fixture.body);
}

/** A stream's frames. */
export function framesOf({ fixture }: Answer): readonly Frame[] {
  const frames: Frame[] = [];
  const decoder = new SseDecoder();
  decoder.feed(Buffer.from(fixture.body as string), (frame) => frames.push(frame));
  decoder.end((frame) => frames.push(frame));
  return frames;
}

/** A stream's bytes, in its dialect's framing. */
export function bytesOf(answer: Answer): Buffer {
  if (answer.dialect.framing === "sse") return Buffer.from(answer.fixture.body as string);
  return Buffer.concat(framesOf(answer).map((frame) => encodeAwsEventStream(frame)));
}

/** A client's request, from the fixtures that show one. */
export interface Asked {
  readonly dialect: Dialect;
  readonly name: string;
  readonly body: JsonObject;
}

/** Every request that a fixture shows. */
export const requests: readonly Asked[] = answers.flatMap(({ dialect, fixture }) =>
  fixture.request === null || fixture.status >= 300 ? [] : [{ dialect, name: fixture.name, body: fixture.request as JsonObject }],
);
