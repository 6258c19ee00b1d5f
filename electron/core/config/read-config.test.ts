import { describe, expect, it } from "vitest";
import { readConfig } from "./read-config.ts";

function problems(text: string): string[] {
  const reading = readConfig(text);
  return reading.ok ? [] : reading.problems.map(({ line, column, path, message }) => `${line}:${column} ${path} ${message}`);
}

describe("readConfig()", () => {
  it("fills every default of an empty file", () => {
    const reading = readConfig("");
    expect(reading.ok && reading.config).toMatchObject({
      gateway: { port: 8787, bringYourOwnKey: true },
      providers: {},
      aliases: {},
      catalog: { ttlSeconds: 3600 },
    });
  });

  it("takes comments and trailing commas, as editors do for such files", () => {
    const reading = readConfig('{\n  // mine\n  "aliases": { "fast": { "provider": "groq", "model": "m" }, },\n}');
    expect(reading.ok && reading.config.aliases).toEqual({ fast: { provider: "groq", model: "m" } });
  });

  it("takes a whole routing config as an alias, targets in targets", () => {
    const alias = {
      strategy: { mode: "fallback" },
      targets: [{ strategy: { mode: "single" }, targets: [{ provider: "openai", model: "gpt-4o" }] }],
      retry: { attempts: 2 },
    };
    const reading = readConfig(JSON.stringify({ aliases: { steady: alias } }));
    expect(reading.ok && reading.config.aliases["steady"]).toEqual(alias);
  });

  it.each<[string, string, string]>([
    ["a missing comma", '{\n  "a": 1\n  "b": 2\n}', "3:3  is not JSON here: comma expected"],
    ["a misspelt setting", '{\n  "gateway": { "prot": 1 }\n}', "2:16 gateway.prot is not known here; check the spelling"],
    [
      "a value of the wrong kind",
      '{\n  "gateway": { "port": "x" }\n}',
      "2:16 gateway.port Invalid input: expected number, received string",
    ],
    [
      "a name that stands there twice",
      '{"aliases":{"a":{"provider":"groq"},"a":{"provider":"openai"}}}',
      '1:37  says "a" twice; keep one of them',
    ],
    ["an alias that leads nowhere", '{"aliases":{"a":{}}}', '1:13 aliases.a must name a "provider", a "model", or "targets"'],
    [
      "targets without a strategy",
      '{"aliases":{"a":{"targets":[{"provider":"groq"}]}}}',
      '1:13 aliases.a.strategy is missing beside "targets"; { "mode": "fallback" } tries them in order',
    ],
    [
      "a secret, wherever it stands",
      '{"configs":{"a":{"strategy":{"mode":"fallback"},"targets":[{"provider":"openai","api_key":"sk-1"}]}}}',
      '1:81 configs.a.targets[0].api_key is not known here; secrets do not belong into this file; store it with "postern keys add" and name it by "virtual_key"',
    ],
  ])("says where and what is wrong with %s", (_name, text, problem) => {
    expect(problems(text)).toEqual([problem]);
  });

  it("never repeats a value, which may be a secret", () => {
    expect(problems('{"aliases":{"a":{"provider":"openai","api_key":"sk-live-1234567890"}}}').join()).not.toContain("1234567890");
  });

  it("refuses an alias that names a config which is not there, or leads back to itself, with its place", () => {
    const lost = readConfig('{ "aliases": {\n "fast": { "config": "nonesuch" } } }');
    expect(lost).toMatchObject({ ok: false, problems: [{ line: 2, path: "aliases.fast.config" }] });
    const circle = readConfig('{ "aliases": { "a": { "model": "b" }, "b": { "model": "a" } } }');
    expect(circle).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining("leads back to itself") as unknown }] });
  });
});
