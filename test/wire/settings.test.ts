import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { SettingInfo } from "#shared/contract/settings.ts";
import type { AdminClient } from "#shared/contract/client.ts";
import { adminOf } from "../fakes/call-admin.ts";
import { startScriptedProvider } from "../fakes/scripted-provider.ts";
import { openAiAt, startPostern } from "../fakes/start-postern.ts";
import { eventually } from "./eventually.ts";

async function setting(call: AdminClient, section: string, name: string): Promise<SettingInfo> {
  const { settings } = await call("listSettings", {});
  const found = settings.find((candidate) => candidate.section === section && candidate.name === name);
  if (found === undefined) throw new Error(`Cannot find ${section}.${name}`);
  return found;
}

async function status(url: string): Promise<number | null> {
  const answer = await fetch(`${url}/healthz`).catch(() => null);
  await answer?.text();
  return answer?.status ?? null;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("listSettings", () => {
  test("says of each who decides it: the file, a variable, an option or nobody", async () => {
    await using postern = await startPostern({
      config: { gateway: { idleTimeoutMs: 5_000, firstByteTimeoutMs: 6_000 }, appearance: { theme: "dark" } },
      environment: { POSTERN_GATEWAY_IDLE_TIMEOUT_MS: "7000", POSTERN_USAGE_KEEP_BODIES_OF: "codex, claude", POSTERN_CHATS_KEEP: "off" },
      arguments: ["--set", "network.proxyBypass=.lan", "--set", "gateway.idleTimeoutMs=8000"],
    });
    const call = adminOf(postern);
    const who = async (section: string, name: string): Promise<unknown[]> => {
      const { value, source, pinnedBy, isDefault } = await setting(call, section, name);
      return [value, source, pinnedBy, isDefault];
    };
    expect(await who("gateway", "idleTimeoutMs")).toEqual([8_000, "flag", "--set gateway.idleTimeoutMs", false]);
    expect(await who("gateway", "firstByteTimeoutMs")).toEqual([6_000, "file", null, false]);
    expect(await who("gateway", "port")).toEqual([0, "flag", "--port", false]);
    expect(await who("appearance", "theme")).toEqual(["dark", "file", null, false]);
    expect(await who("appearance", "density")).toEqual(["comfortable", "default", null, true]);
    expect(await who("usage", "keepBodiesOf")).toEqual([["codex", "claude"], "environment", "POSTERN_USAGE_KEEP_BODIES_OF", false]);
    expect(await who("chats", "keep")).toEqual([false, "environment", "POSTERN_CHATS_KEEP", false]);
    expect(await who("network", "proxyBypass")).toEqual([[".lan"], "flag", "--set network.proxyBypass", false]);
  });

  test("gives each setting of the window what its row needs, and each a variable of its own", async () => {
    await using postern = await startPostern();
    const { settings, file } = await adminOf(postern)("listSettings", {});
    const choices = settings.filter(({ schema, section }) => section === "appearance" && Array.isArray(schema["enum"]));
    expect(choices.map(({ name, schema, choices: words }) => [name, schema["enum"], Object.keys(words)])).toEqual(
      choices.map(({ name, schema }) => [name, schema["enum"], schema["enum"]]),
    );
    expect(new Set(settings.map(({ environment }) => environment)).size).toBe(settings.length);
    expect(file).toBe(path.join(postern.dataFolder, "config.json"));
  });
});

describe("a pinned setting", () => {
  test("cannot be set or reset, and says what decides it", async () => {
    await using postern = await startPostern({ environment: { POSTERN_GATEWAY_BRING_YOUR_OWN_KEY: "no" } });
    const call = adminOf(postern);
    const parameters = { section: "gateway", name: "bringYourOwnKey" };
    const file = readFileSync(path.join(postern.dataFolder, "config.json"), "utf8");
    const refused = { status: 409, message: expect.stringContaining("POSTERN_GATEWAY_BRING_YOUR_OWN_KEY decides it") as string };
    await expect(call("putSetting", { parameters, body: { value: true } })).rejects.toMatchObject(refused);
    await expect(call("resetSetting", { parameters })).rejects.toMatchObject(refused);
    expect(readFileSync(path.join(postern.dataFolder, "config.json"), "utf8")).toBe(file);
  });

  test("stays what it is when config.json says otherwise", async () => {
    await using postern = await startPostern({ environment: { POSTERN_CATALOG_TTL_SECONDS: "60" } });
    const call = adminOf(postern);
    const config = { discovery: { enabled: false }, catalog: { ttlSeconds: 500 }, appearance: { theme: "light" } };
    writeFileSync(path.join(postern.dataFolder, "config.json"), JSON.stringify(config));
    await eventually(async () => expect((await setting(call, "appearance", "theme")).value).toBe("light"));
    expect((await setting(call, "catalog", "ttlSeconds")).value).toBe(60);
  });

  test.each([
    ["POSTERN_GATEWAY_MAX_BODY_BYTES", "lots"],
    ["POSTERN_APPEARANCE_THEME", "sk-not-a-theme-9f2c"],
    ["POSTERN_GATEWAY_ALLOWED_ORIGINS", "nonsense"],
    ["POSTERN_CHATS_KEEP", "perhaps"],
  ])("%s=%s ends the start, names the variable and not what is in it", async (variable, value) => {
    const failure = await startPostern({ environment: { [variable]: value } }).then(
      async (postern) => {
        await postern.stop();
        return "it started";
      },
      (error: Error) => error.message,
    );
    expect(failure).toContain(`Cannot use ${variable} for `);
    expect(failure).not.toContain(value);
  });

  test.each([
    [["--set", "gateway.nothing=1"], "there is no such setting"],
    [["--set", "gateway.port"], "it takes a setting and its value"],
    [["--set", "usage.retentionDays=0"], "usage.retentionDays"],
  ])("serve %j ends the start with the reason", async (words, reason) => {
    await expect(startPostern({ arguments: words })).rejects.toThrow(reason);
  });
});

describe("gateway.port", () => {
  test("moves the gateway while it runs; a call under way finishes where it came in", async () => {
    await using provider = await startScriptedProvider();
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    provider.always(async (exchange) => {
      await exchange.head(200, { "content-type": "text/event-stream", "transfer-encoding": "chunked" });
      await exchange.body(
        'data: {"id":"1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"one"}}]}\n\n',
      );
      await held;
      await exchange.body(
        'data: {"id":"1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
      );
      await exchange.body("data: [DONE]\n\n");
      await exchange.finish();
    });
    const { config, environment } = openAiAt(provider);
    await using postern = await startPostern({ pinPort: false, config: { ...config, gateway: { port: 0 } }, environment });
    const call = adminOf(postern);
    const answer = await fetch(`${postern.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${postern.key}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "@openai/gpt-4o", stream: true, messages: [{ role: "user", content: "Hi" }] }),
    });
    const port = await freePort();
    await call("putSetting", { parameters: { section: "gateway", name: "port" }, body: { value: port } });
    await eventually(async () => expect(await status(`http://127.0.0.1:${port}`)).toBe(200));
    await eventually(async () => expect(await status(postern.url)).toBe(null));
    finish();
    expect(await answer.text()).toContain("[DONE]");
    expect((await call("getStatus", {})).addresses).toContain(`127.0.0.1:${port}`);
  });

  test("that is taken is refused, and the gateway stays where it is", async () => {
    await using other = await startScriptedProvider();
    await using postern = await startPostern({ pinPort: false, config: { gateway: { port: 0 } } });
    const call = adminOf(postern);
    const parameters = { section: "gateway", name: "port" };
    await expect(call("putSetting", { parameters, body: { value: other.port } })).rejects.toThrow("the port is taken");
    expect(await status(postern.url)).toBe(200);
  });

  test("that is taken when the file says so by hand is told as a problem, until it is another", async () => {
    await using other = await startScriptedProvider();
    await using postern = await startPostern({ pinPort: false, config: { gateway: { port: 0 } } });
    const call = adminOf(postern);
    const write = (port: number): void =>
      writeFileSync(path.join(postern.dataFolder, "config.json"), JSON.stringify({ discovery: { enabled: false }, gateway: { port } }));
    write(other.port);
    await eventually(async () => expect((await setting(call, "gateway", "port")).problem).toContain("the port is taken"));
    expect(await status(postern.url)).toBe(200);
    const port = await freePort();
    write(port);
    await eventually(async () => expect(await status(`http://127.0.0.1:${port}`)).toBe(200));
    expect((await setting(call, "gateway", "port")).problem).toBe(null);
  });

  test("stays when the address changes: every call finds it there before and after", async () => {
    await using postern = await startPostern({ pinPort: false, config: { gateway: { port: 0 } } });
    const call = adminOf(postern);
    const port = await freePort();
    await call("putSetting", { parameters: { section: "gateway", name: "port" }, body: { value: port } });
    await eventually(async () => expect(await status(`http://127.0.0.1:${port}`)).toBe(200));
    await call("putSetting", { parameters: { section: "gateway", name: "host" }, body: { value: "0.0.0.0" } });
    await eventually(async () => expect((await call("getStatus", {})).addresses).toEqual([`0.0.0.0:${port}`]));
    expect(await status(`http://127.0.0.1:${port}`)).toBe(200);
    await call("resetSetting", { parameters: { section: "gateway", name: "host" } });
    await eventually(async () => expect((await call("getStatus", {})).addresses).toContain(`127.0.0.1:${port}`));
  });
});
