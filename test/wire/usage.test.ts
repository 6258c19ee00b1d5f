import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { LoggedCall } from "#shared/contract/calls.ts";
import type { UsageReport } from "#shared/contract/usage.ts";
import { adminOf } from "../fakes/call-admin.ts";
import { startWorld, type World } from "../fakes/observe-call.ts";
import { openAiChatBody } from "../fakes/openai-replies.ts";
import { stall } from "../fakes/misbehaviour.ts";
import { json, status } from "../fakes/replies.ts";
import { runCommand } from "../fakes/run-command.ts";
import { startPostern } from "../fakes/start-postern.ts";
import { eventually } from "./eventually.ts";

// What a call leaves in the log, seen through the admin API and the command, as its person sees it.

const prices = { "openai/gpt-4o": { input: 2.5, output: 10, cacheRead: 1.25 } };
const usage = { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100, prompt_tokens_details: { cached_tokens: 400 } };

let world: World;

beforeAll(async () => {
  world = await startWorld({
    config: {
      prices,
      usage: { keepBodiesOf: ["spy"], bodyMaxBytes: 1_024 },
      aliases: {
        steady: {
          strategy: { mode: "fallback" },
          targets: [
            { provider: "openai", model: "gpt-4o" },
            { provider: "openai", model: "gpt-4o-mini" },
          ],
        },
      },
    },
  });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(() => world.provider.always(json(200, openAiChatBody({ usage }))));

async function ask(body: object, headers: Readonly<Record<string, string>> = {}, at: string = world.postern.url): Promise<Response> {
  const response = await fetch(`${at}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${world.postern.key}`, "content-type": "application/json", ...headers },
    body: JSON.stringify({ model: "@openai/gpt-4o", messages: [{ role: "user", content: "Hi" }], ...body }),
  });
  await response.clone().arrayBuffer();
  return response;
}

async function lastCall(): Promise<LoggedCall> {
  const { calls } = await adminOf(world.postern)("listCalls", { query: { limit: 1 } });
  if (calls[0] === undefined) throw new Error("the log is empty");
  return calls[0];
}

describe("the log", () => {
  test("says of a plain call who made it, where it went, what it took and what it cost", async () => {
    const response = await ask(
      {},
      { "user-agent": "codex_cli_rs/0.60.1", "x-portkey-metadata": '{"team":"a"}', "x-portkey-trace-id": "t1" },
    );
    // 600 at 2.5, 400 at 1.25, 100 at 10, in millionths.
    expect(response.headers.get("x-postern-cost-usd")).toBe("0.003");
    expect(await lastCall()).toMatchObject({
      endpoint: "chat",
      grantId: "environment",
      tool: "codex",
      provider: "openai",
      modelAsked: "@openai/gpt-4o",
      modelServed: "gpt-4o",
      clientDialect: "openai-chat",
      providerDialect: "openai-chat",
      status: 200,
      ending: "finished",
      streamed: false,
      uncachedInputTokens: 600,
      cacheReadTokens: 400,
      outputTokens: 100,
      costMicroUsd: 3_000,
      costSource: "estimated",
      price: { inputUsdPerMillion: 2.5, outputUsdPerMillion: 10, source: "person" },
      cacheStatus: "DISABLED",
      traceId: "t1",
      metadata: { team: "a" },
      hasBodies: false,
    });
  });

  test("takes a cost that the provider reports before its own estimate", async () => {
    world.provider.always(json(200, openAiChatBody({ usage: { ...usage, cost: 0.0042 } as typeof usage })));
    expect((await ask({})).headers.get("x-postern-cost-usd")).toBe("0.0042");
    expect(await lastCall()).toMatchObject({ costSource: "reported", price: null });
  });

  test("knows no cost where there is no price, and says so", async () => {
    world.provider.always(json(200, openAiChatBody({ usage })));
    const response = await ask({ model: "@openai/unheard-of-9" });
    expect(response.headers.has("x-postern-cost-usd")).toBe(false);
    expect(await lastCall()).toMatchObject({ costMicroUsd: null, costSource: null, uncachedInputTokens: 600 });
  });

  test("tells every try with what became of it", async () => {
    world.provider.next(status(503));
    await ask({ model: "steady" });
    const { alias, attempts, modelServed } = await lastCall();
    expect([alias, modelServed, attempts.map((attempt) => [attempt.model, attempt.status, attempt.why])]).toEqual([
      "steady",
      "gpt-4o-mini",
      [
        ["gpt-4o", 503, expect.stringContaining("went on to")],
        ["gpt-4o-mini", 200, undefined],
      ],
    ]);
  });

  test("names what a provider of another API could not be told", async () => {
    await fetch(`${world.postern.url}/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": world.postern.key, "content-type": "application/json" },
      body: JSON.stringify({ model: "@openai/gpt-4o", max_tokens: 9, top_k: 5, messages: [{ role: "user", content: "Hi" }] }),
    });
    expect(await lastCall()).toMatchObject({ clientDialect: "anthropic-messages", providerDialect: "openai-chat", dropped: ["top_k"] });
  });

  test("keeps bodies only of a tool that was named, cut and without keys", async () => {
    await ask({ user: "sk-abcdefghijklmnopqrstuvwx" }, { "user-agent": "spy/1.0" });
    const { id, hasBodies } = await lastCall();
    expect(hasBodies).toBe(true);
    const bodies = await adminOf(world.postern)("getCallBodies", { parameters: { id: String(id) } });
    expect(bodies.request).toContain('"content":"Hi"');
    expect(bodies.request).toContain("[key removed]");
    expect(bodies.response).toContain("chat.completion");
    await ask({}, { "user-agent": "other/1.0" });
    const { id: other } = await lastCall();
    await expect(adminOf(world.postern)("getCallBodies", { parameters: { id: String(other) } })).rejects.toThrow("are not kept");
  });

  test("of a range can be deleted for good", async () => {
    const admin = adminOf(world.postern);
    await ask({}, { "user-agent": "short-lived/1" });
    const { startedAtMs } = await lastCall();
    const before = (await admin("getUsage", { query: { by: "tool" } })).total.calls;
    expect(await admin("deleteCalls", { query: { since: startedAtMs, until: startedAtMs + 1 } })).toEqual({ deleted: 1 });
    const { groups, total } = await admin("getUsage", { query: { by: "tool" } });
    expect([total.calls, groups.some(({ key }) => key === "short-lived")]).toEqual([before - 1, false]);
    await expect(admin("deleteCalls", { query: { since: 5, until: 5 } })).rejects.toThrow('"until" must be later');
  });
});

describe("postern usage", () => {
  test("sums up by what it is asked for, and exports every call", async () => {
    await ask({}, { "user-agent": "exporter/1" });
    const run = (...words: string[]) => runCommand(["usage", "--data-dir", world.postern.dataFolder, ...words]);
    const table = await run("--since", "7d", "--by", "tool");
    expect(table.stdout).toMatch(/^tool +calls/);
    expect(table.stdout).toMatch(/^exporter +1 +0 +1\.00k +400 +100 +\$0\.0030 /m);
    const report = JSON.parse((await run("--by", "model", "--json")).stdout) as UsageReport;
    expect(report.groups.map(({ key }) => key)).toContain("gpt-4o");
    const csv = (await run("--csv")).stdout.trimEnd().split("\r\n");
    expect(csv[0]).toContain("costMicroUsd");
    expect(csv).toHaveLength(1 + report.total.calls);
    expect(JSON.parse((await run("--csv", "--json")).stdout)).toHaveLength(report.total.calls);
    expect(await run("--by", "mood")).toMatchObject({ code: 2, stderr: expect.stringContaining("one of day, tool") });
    expect(await run("--since", "yesterday")).toMatchObject({ code: 2 });
  });
});

describe("a gateway that is killed", () => {
  test("leaves a row of the call that was under way, as interrupted, and counts it once", async () => {
    const dataFolder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
    try {
      const first = await startPostern({
        dataFolder,
        key: world.postern.key,
        config: { providers: { openai: { baseUrl: `${world.provider.origin}/v1` } } },
        environment: { OPENAI_API_KEY: "sk-scripted-interrupted-0123456789" },
      });
      world.provider.next(stall());
      const call = ask({ stream: true }, {}, first.url).catch(() => null);
      await eventually(() => {
        using database = new DatabaseSync(path.join(dataFolder, "postern.db"), { readOnly: true });
        expect(database.prepare("SELECT provider, model_served FROM open_calls").all()).toEqual([
          { provider: "openai", model_served: "gpt-4o" },
        ]);
      });
      first.kill("SIGKILL");
      await first.exited;
      await call;
      await using again = await startPostern({ dataFolder, key: world.postern.key });
      const { calls } = await adminOf(again)("listCalls", {});
      expect(calls.map(({ ending, provider, tool }) => [ending, provider, tool])).toEqual([["interrupted", "openai", "node"]]);
      expect((await adminOf(again)("getUsage", {})).total).toMatchObject({ calls: 1, errors: 1, costMicroUsd: null });
    } finally {
      rmSync(dataFolder, { recursive: true, force: true });
    }
  });
});

describe("a gateway whose database is damaged", () => {
  test("says so, keeps what it could not read, and goes on with what the last copy knows", async () => {
    const dataFolder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
    try {
      let owner: string;
      {
        await using sound = await startPostern({ dataFolder, key: "" });
        owner = (await adminOf(sound)("replaceOwnerKey", {})).key;
        await adminOf(sound)("createBackup", {});
      }
      writeFileSync(path.join(dataFolder, "postern.db"), "damaged ".repeat(2_000));
      await using again = await startPostern({ dataFolder, key: "" });
      expect(again.stderr()).toMatch(/The database was damaged and is kept as \S+\.corrupt-\d+; \S+\.db took its place/);
      expect((await fetch(`${again.url}/v1/models`, { headers: { authorization: `Bearer ${owner}` } })).status).toBe(200);
      const [kept = ""] = readdirSync(dataFolder).filter((name) => name.includes(".corrupt-"));
      expect(readFileSync(path.join(dataFolder, kept), "utf8")).toBe("damaged ".repeat(2_000));
    } finally {
      rmSync(dataFolder, { recursive: true, force: true });
    }
  });
});
