import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { json, stream } from "./replies.ts";
import type { Script } from "./scripted-provider.ts";

/** A provider's answer as its public documentation has it: a `.json` file for a plain one, `.sse` for a stream. */
export interface Fixture {
  /** `openai-chat/plain.json` */
  readonly name: string;
  /** The page that it was written from. */
  readonly source: string;
  readonly about: string;
  /** The request that leads to it; null for a stream. */
  readonly request: Readonly<Record<string, unknown>> | null;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The value of a plain answer; the whole text of a stream, which begins with its source as a comment. */
  readonly body: unknown;
}

type FixtureFile = Omit<Fixture, "name">;

const folder = path.resolve(import.meta.dirname, "../fixtures");

/** Reads every fixture of a dialect. Throws where a file is broken or does not name its source. */
export function readFixtures(dialect: string): readonly Fixture[] {
  return readdirSync(path.join(folder, dialect))
    .filter((file) => /\.(?:json|sse)$/.test(file))
    .sort()
    .map((file) => readFixture(`${dialect}/${file}`));
}

/** Reads one fixture, such as `openai-chat/plain.json`. */
export function readFixture(name: string): Fixture {
  const text = readFileSync(path.join(folder, name), "utf8");
  const file = name.endsWith(".sse") ? readStream(text) : (JSON.parse(text) as FixtureFile);
  if (!file.source?.startsWith("https://")) throw new Error(`Cannot use fixture ${name}: it names no source`);
  return { ...file, name };
}

/** Answers as a fixture says. */
export function playFixture(fixture: Fixture): Script {
  if (typeof fixture.body !== "string") return json(fixture.status, fixture.body, fixture.headers);
  // A frame at a time, each with the empty line that ends it.
  return stream(fixture.body.split(/(?<=\n\n)/), { headers: fixture.headers });
}

function readStream(text: string): FixtureFile {
  const [, source = "", about = ""] = /^: source (\S+)\n: (.*)\n\n/.exec(text) ?? [];
  return { source, about, request: null, status: 200, headers: { "content-type": "text/event-stream" }, body: text };
}
