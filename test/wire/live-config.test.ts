import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chatCall, readError, startWorld, type World } from "../fakes/observe-call.ts";
import { stall, stallAfter } from "../fakes/misbehaviour.ts";
import { openAi, openAiStream } from "../fakes/openai-replies.ts";
import { gate } from "../fakes/replies.ts";
import { type RawResult, rawHttp, rawRequest } from "../fakes/raw-http.ts";
import { startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { eventually } from "./eventually.ts";

// config.json is followed while Postern runs: what is good takes effect, what is broken does not, and says where.

const good = { "my-alias": { provider: "openai", model: "gpt-4o" } };

let world: World;

beforeAll(async () => {
  world = await startWorld({ config: { aliases: good } });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(() => world.provider.forget());

const fileOf = ({ dataFolder }: RunningPostern): string => path.join(dataFolder, "config.json");

/** Writes config.json as editors do, in one of the two ways. */
function writeConfig(postern: RunningPostern, text: string, way: "in place" | "by a rename" = "in place"): void {
  const file = fileOf(postern);
  if (way === "in place") return writeFileSync(file, text);
  writeFileSync(`${file}.swp`, text);
  renameSync(`${file}.swp`, file);
}

const baseConfig = (): Record<string, unknown> => ({
  discovery: { enabled: false },
  providers: { openai: { baseUrl: `${world.provider.origin}/v1` } },
  aliases: good,
});
const ask = (model: string, on: RunningPostern = world.postern): Promise<RawResult> =>
  rawHttp(on.port, chatCall(on, JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }] })));
const modelsAsked = (): unknown[] => world.provider.requests.map((request) => (request.json() as { model: unknown }).model);

describe("a change of config.json", () => {
  test.each(["in place", "by a rename"] as const)("takes effect without a restart (%s)", async (way) => {
    const model = `model-${way.replaceAll(" ", "-")}`;
    const config = { ...baseConfig(), aliases: { ...good, fresh: { provider: "openai", model } } };
    writeConfig(world.postern, JSON.stringify(config), way);
    await eventually(async () => {
      await ask("fresh");
      expect(modelsAsked().at(-1)).toBe(model);
    });
    expect(world.postern.stderr()).not.toContain("Cannot use config.json");
  });

  test("replaces an alias that ships, and gives it back", async () => {
    writeConfig(world.postern, JSON.stringify({ ...baseConfig(), aliases: { "portkey-gpt4": { provider: "openai", model: "mine" } } }));
    await eventually(async () => {
      await ask("portkey-gpt4");
      expect(modelsAsked().at(-1)).toBe("mine");
    });
    writeConfig(world.postern, JSON.stringify(baseConfig()));
    await eventually(async () => {
      await ask("portkey-gpt4");
      expect(modelsAsked().at(-1)).toBe("gpt-4");
    });
  });

  test("adds a provider without a key, with comments and trailing commas", async () => {
    await using added = await startScriptedProvider();
    added.always(openAi("from the new one"));
    const rows = `"openai": { "baseUrl": "${world.provider.origin}/v1" }, /* mine */ "my-vllm": { "dialect": "openai-chat", "baseUrl": "${added.origin}/v1", "auth": "none", },`;
    writeConfig(world.postern, `{\n  // found no key\n  "discovery": { "enabled": false },\n  "providers": { ${rows} },\n}`);
    await eventually(async () => expect((await ask("@my-vllm/llama")).body.toString()).toContain("from the new one"));
    expect(added.requests[0]).toMatchObject({ url: "/v1/chat/completions" });
    expect(added.requests[0]?.headers["authorization"]).toBeUndefined();
  });

  test("switches a provider off", async () => {
    writeConfig(
      world.postern,
      JSON.stringify({ ...baseConfig(), providers: { openai: { baseUrl: `${world.provider.origin}/v1`, enabled: false } } }),
    );
    await eventually(async () => expect(readError(await ask("@openai/gpt-4o"))?.code).toBe("provider_not_accepted"));
    writeConfig(world.postern, JSON.stringify(baseConfig()));
    await eventually(async () => expect((await ask("@openai/gpt-4o")).status).toBe(200));
  });

  test("lets another web page in, and out again", async () => {
    const origin = "http://localhost:3000";
    const call = (): Promise<RawResult> =>
      rawHttp(world.postern.port, rawRequest(world.postern, "GET /v1/models", { headers: [`Origin: ${origin}`] }));
    expect((await call()).status).toBe(403);
    writeConfig(world.postern, JSON.stringify({ ...baseConfig(), gateway: { allowedOrigins: [origin] } }));
    await eventually(async () => expect((await call()).headers["access-control-allow-origin"]).toBe(origin));
    writeConfig(world.postern, JSON.stringify(baseConfig()));
    await eventually(async () => expect((await call()).status).toBe(403));
  });

  test("takes bringing one's own key away", async () => {
    const headers = ["Authorization: Bearer sk-own-Mx6bE2", "X-Portkey-Provider: openai"];
    const call = (): Promise<RawResult> =>
      rawHttp(world.postern.port, chatCall({ port: world.postern.port }, '{"model":"gpt-4o"}', headers));
    expect((await call()).status).toBe(200);
    writeConfig(world.postern, JSON.stringify({ ...baseConfig(), gateway: { bringYourOwnKey: false } }));
    await eventually(async () => expect((await call()).status).toBe(401));
    writeConfig(world.postern, JSON.stringify(baseConfig()));
    await eventually(async () => expect((await call()).status).toBe(200));
  });

  test("of the limits holds for new calls, and leaves a stream under way alone", async () => {
    const moment = gate();
    world.provider.next(stallAfter({ chunks: 2 }, openAiStream(), { when: moment.opened }));
    const stream = rawHttp(world.postern.port, chatCall(world.postern, '{"model":"@openai/gpt-4o","stream":true}'), { timeoutMs: 20_000 });
    await world.provider.waitForRequest(1);
    const limits = { firstByteTimeoutMs: 100, idleTimeoutMs: 100 };
    writeConfig(
      world.postern,
      JSON.stringify({ ...baseConfig(), gateway: limits, aliases: { limited: { provider: "postern", model: "hello" } } }),
    );
    await eventually(async () => expect((await ask("limited")).headers["x-portkey-provider"]).toBe("postern"));
    world.provider.next(stall());
    expect((await ask("@openai/gpt-4o")).status).toBe(504);
    moment.open();
    expect((await stream).body.toString()).toMatch(/data: \[DONE\]\n\n$/);
    writeConfig(world.postern, JSON.stringify(baseConfig()));
  });
});

describe("a broken config.json", () => {
  const broken: readonly (readonly [string, string, string, string])[] = [
    ["that is no JSON", '{\n  "aliases": {\n    "a" {}\n  }\n}', "3:9", "not JSON"],
    ["that is cut off", '{\n  "aliases": {', "2:15", "not JSON"],
    ["with a name that is not known", '{\n  "gatway": {}\n}', "2:3", "gatway is not known here"],
    ["with a bad value", '{\n  "gateway": { "port": "8787" }\n}', "2:16", "gateway.port"],
    [
      "with a secret in an alias",
      '{\n  "aliases": {\n    "a": { "provider": "openai", "api_key": "sk-in-config-Q8" }\n  }\n}',
      "3:34",
      "aliases.a.api_key",
    ],
    [
      "with a target that names nothing",
      '{\n  "aliases": { "a": { "strategy": { "mode": "fallback" },\n    "targets": [{ "name": "x" }] } }\n}',
      "3:17",
      "aliases.a.targets[0]",
    ],
    ["with the same name twice", '{\n  "aliases": {},\n  "aliases": {}\n}', "3:3", "twice"],
    [
      "with a provider's address that is none",
      '{\n  "providers": { "openai": { "baseUrl": "ftp://x" } }\n}',
      "2:30",
      "providers.openai.baseUrl",
    ],
    [
      "with a provider's address in the cloud's metadata",
      '{\n  "providers": { "openai": { "baseUrl": "http://169.254.169.254/" } }\n}',
      "2:30",
      "providers.openai.baseUrl",
    ],
  ];

  test.each(broken)("%s changes nothing; stderr says line and path", async (_title, text, place, words) => {
    writeConfig(world.postern, JSON.stringify(baseConfig()));
    await eventually(async () => expect((await ask("my-alias")).status).toBe(200));
    const before = world.postern.stderr().length;
    writeConfig(world.postern, text);
    // What was said of the case before may come once more.
    await eventually(() => expect(world.postern.stderr().slice(before)).toContain(`${fileOf(world.postern)}:${place} `));
    const said = world.postern.stderr().slice(before);
    expect(said).toContain("the last good one stays in force");
    expect(said).toContain(words);
    expect(said).not.toContain("sk-in-config");
    expect((await ask("my-alias")).status).toBe(200);
    // The person's text is theirs: it is not mended or replaced.
    expect(readFileSync(fileOf(world.postern), "utf8")).toBe(text);
  });

  test("at the start leaves the last good one in force", async () => {
    const dataFolder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
    try {
      const first = await startPostern({ dataFolder, config: { aliases: { kept: { provider: "postern", model: "hello" } } } });
      await first.stop();
      await using second = await startPostern({ dataFolder, config: { aliases: { a: { provider: "openai", model: 7 } } } });
      expect(second.stderr()).toContain("aliases.a.model");
      expect((await ask("kept", second)).status).toBe(200);
    } finally {
      rmSync(dataFolder, { recursive: true, force: true });
    }
  });

  test("at the first start leaves the defaults in force", async () => {
    await using fresh = await startPostern({ config: { aliases: { a: { provider: "openai", model: 7 } } } });
    expect(fresh.stderr()).toContain("aliases.a.model");
    expect((await ask("@postern/hello", fresh)).status).toBe(200);
  });
});
