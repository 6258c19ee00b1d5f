import { expect, test } from "vitest";
import { playFixture, readFixture, readFixtures } from "./fixture.ts";
import { rawHttp, rawRequest } from "./raw-http.ts";
import { startScriptedProvider } from "./scripted-provider.ts";

const fixtures = readFixtures("openai-chat");

test("readFixtures() finds plain answers, errors and streams, each with its source", () => {
  expect(fixtures.length).toBeGreaterThan(20);
  expect(fixtures.filter(({ about }) => about === "").map(({ name }) => name)).toEqual([]);
});

test.each(fixtures.filter(({ name }) => name.endsWith(".sse")))("$name holds JSON in every frame", ({ body }) => {
  // A regex's "." and "$" take U+2028 for a line's end; the format does not.
  const lines = String(body).split("\n");
  const frames = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6));
  const values = frames.map((data) => (data === "[DONE]" ? null : (JSON.parse(data) as unknown)));
  expect(values.length).toBeGreaterThan(1);
});

test.each(["openai-chat/plain.json", "openai-chat/error-rate-limit.json", "openai-chat/stream-unicode.sse"])(
  "playFixture() sends %s as it stands",
  async (name) => {
    await using provider = await startScriptedProvider();
    const fixture = readFixture(name);
    provider.always(playFixture(fixture));
    const result = await rawHttp(provider.port, rawRequest(provider, "GET /"));
    expect(result.status).toBe(fixture.status);
    expect(result.headers).toMatchObject(fixture.headers);
    expect(result.body.toString()).toBe(typeof fixture.body === "string" ? fixture.body : JSON.stringify(fixture.body));
  },
);
