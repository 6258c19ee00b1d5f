import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { expect, test } from "vitest";
import { json } from "../fakes/replies.ts";
import { startScriptedProvider } from "../fakes/scripted-provider.ts";
import { eventually } from "../wire/eventually.ts";
import { type StartedApp, startApp } from "./start-app.ts";

const imageOf = (app: StartedApp): string => path.basename([...app.world.trays][0]!.image.file).replace(/(Template)?\.(png|ico)$/, "");
const shows = (app: StartedApp, state: RegExp): Promise<void> => eventually(() => expect(app.state()).toMatch(state));
const addressOf = (app: StartedApp): string => `http://${app.state().replace(/^.* · /, "")}`;
const key = (): string => process.env["POSTERN_API_KEY"] ?? "";

function ask(app: StartedApp, model: string, token = key()): Promise<Response> {
  return fetch(`${addressOf(app)}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "user-agent": "claude-cli/2.0.1" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }] }),
  });
}

test("stops, starts, pauses and resumes the gateway, and says how it stands by words and by shape", async () => {
  await using app = await startApp({
    args: ["--hidden"],
    config: { desktop: { startGateway: false } },
    environment: { OPENAI_API_KEY: "sk-made-up-for-this-test-0001" },
  });
  await eventually(() => expect([app.state(), imageOf(app)]).toEqual(["○ Stopped", "stopped"]));
  app.tools.press(app.menu(), "Start gateway");
  await shows(app, /^● Running/);
  await eventually(() => expect(imageOf(app)).toBe("running"));
  const address = addressOf(app);
  app.tools.press(app.menu(), "Pause for 1 hour");
  await shows(app, /^‖ Paused until \d/);
  expect(imageOf(app)).toBe("paused");
  const refused = await fetch(`${address}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key()}`, "content-type": "application/json" },
    body: '{"model":"@postern/hello","messages":[]}',
  });
  expect([
    refused.status,
    ((await refused.json()) as { error: { code: string } }).error.code,
    Number(refused.headers.get("retry-after")) > 3_000,
  ]).toEqual([503, "paused", true]);
  app.tools.press(app.menu(), "Resume now");
  await shows(app, /^● Running/);
  expect((await ask(app, "@postern/hello")).status).toBe(200);
  await eventually(() => expect(app.menu().items.some(({ label }) => label === "Today: $0 · 1 request")).toBe(true));
  app.tools.press(app.menu(), "Stop gateway");
  await shows(app, /^○ Stopped/);
  await expect(fetch(`${address}/healthz`)).rejects.toThrow("fetch failed");
});

test("a port that is taken names its holder, and another one is a press away", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  try {
    await using app = await startApp({ args: ["--hidden"], config: { gateway: { port } } });
    await shows(app, new RegExp(`^▲ Port ${port} is in use by .*pid ${process.pid}`));
    expect(imageOf(app)).toBe("problem");
    app.tools.press(app.menu(), `Use port ${port + 1} instead`);
    await shows(app, new RegExp(`^● Running · 127\\.0\\.0\\.1:${port + 1}$`));
  } finally {
    other.close();
  }
});

test("copies addresses without a key, for each kind of client", async () => {
  await using app = await startApp({ args: ["--hidden"] });
  await shows(app, /^● Running/);
  app.tools.press(app.menu(), "Copy base URL", "OpenAI");
  await eventually(() => expect(app.world.clipboard).toBe(`${addressOf(app)}/v1`));
  app.tools.press(app.menu(), "Copy base URL", "Anthropic");
  await eventually(() => expect(app.world.clipboard).toBe(addressOf(app)));
  app.tools.press(app.menu(), "Copy base URL", "curl");
  await eventually(() => expect(app.world.clipboard).toMatch(/^curl -N .*\$POSTERN_API_KEY/));
  expect(app.world.clipboard).not.toContain(key());
});

test("a tool that asks is shown, told and let in from the tray", async () => {
  await using app = await startApp({ args: ["--hidden"] });
  await shows(app, /^● Running/);
  await eventually(() => expect(app.menu().items.some(({ label }) => label?.startsWith("Default model"))).toBe(true));
  const token = "a-credential-that-nobody-knows-0123456789";
  expect((await ask(app, "@postern/hello", token)).status).toBe(401);
  await eventually(() => expect(imageOf(app)).toBe("asking"));
  await eventually(() => expect(app.world.notifications.map(({ title }) => title)).toEqual(["A tool asks to be let in"]));
  app.tools.press(app.menu(), "? claude", "Allow always");
  await eventually(async () => expect((await ask(app, "@postern/hello", token)).status).toBe(200));
  await eventually(() => expect(imageOf(app)).not.toBe("asking"));
  app.world.notifications[0]!.click();
  await app.page();
});

test("the default alias is what the model name 'default' stands for", async () => {
  await using provider = await startScriptedProvider();
  provider.always(json(200, { id: "x", object: "chat.completion", created: 0, model: "gpt-4o", choices: [] }));
  await using app = await startApp({
    args: ["--hidden"],
    config: { providers: { openai: { baseUrl: `${provider.origin}/v1` } }, aliases: { steady: { provider: "openai", model: "gpt-4o" } } },
    environment: { OPENAI_API_KEY: "sk-made-up-for-this-test-0001" },
  });
  await shows(app, /^● Running/);
  await eventually(() => expect(app.menu().items.some(({ label }) => label === "Default model: none")).toBe(true));
  app.tools.press(app.menu(), "Default model", "steady");
  await eventually(() => expect(app.menu().items.some(({ label }) => label === "Default model: steady")).toBe(true));
  await ask(app, "default");
  const { body } = await provider.waitForRequest(1);
  expect((JSON.parse(body.toString()) as { model: string }).model).toBe("gpt-4o");
  const models = (await (await fetch(`${addressOf(app)}/v1/models`, { headers: { authorization: `Bearer ${key()}` } })).json()) as {
    data: { id: string }[];
  };
  expect(models.data[0]?.id).toBe("default");
});

test("locked keys serve nobody until they are unlocked", async () => {
  await using app = await startApp({
    args: ["--hidden"],
    environment: { OPENAI_API_KEY: "sk-made-up-for-this-test-0001" },
    config: { desktop: { lockKeysWithScreen: true } },
  });
  await shows(app, /^● Running/);
  await eventually(() => expect(imageOf(app)).toBe("running"));
  app.world.power.emit("lock-screen");
  await eventually(() => expect(imageOf(app)).toBe("no-key"));
  const refused = await ask(app, "@openai/gpt-4o");
  expect([refused.status, ((await refused.json()) as { error: { code: string } }).error.code]).toEqual([503, "keychain_locked"]);
  app.world.power.emit("unlock-screen");
  app.tools.press(app.menu(), "Unlock keys");
  await eventually(() => expect(imageOf(app)).toBe("running"));
});

test("launch at login is written where this system looks for it, and taken away again", async () => {
  await using app = await startApp({ args: ["--hidden"] });
  await shows(app, /^● Running/);
  const isOn = (): boolean | undefined => app.menu().items.find(({ label }) => label === "Launch at login")?.checked;
  await eventually(() => expect(isOn()).toBe(false));
  app.tools.press(app.menu(), "Launch at login");
  await eventually(() => expect(isOn()).toBe(true));
  expect(
    (await app.admin("listSettings", {})).settings.find(({ section, name }) => section === "desktop" && name === "launchAtLogin")?.value,
  ).toBe(true);
  app.tools.press(app.menu(), "Launch at login");
  await eventually(() => expect(isOn()).toBe(false));
});

test("a port that is changed in the settings is the one that is shown, copied and called", async () => {
  await using app = await startApp({ args: ["--hidden"] });
  await shows(app, /^● Running/);
  const before = app.state();
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, "127.0.0.1", resolve));
  const { port } = free.address() as AddressInfo;
  await new Promise((resolve) => free.close(resolve));
  await app.admin("putSetting", { parameters: { section: "gateway", name: "port" }, body: { value: port } });
  await shows(app, new RegExp(`^● Running · 127\\.0\\.0\\.1:${port}$`));
  expect(app.state()).not.toBe(before);
  expect((await ask(app, "@postern/hello")).status).toBe(200);
});

test("a provider that fails over, and a machine that wakes", async () => {
  await using first = await startScriptedProvider();
  await using second = await startScriptedProvider();
  first.always(json(500, { error: { message: "broken" } }));
  second.always(json(200, { id: "x", object: "chat.completion", created: 0, model: "gpt-4o", choices: [] }));
  await using app = await startApp({
    args: ["--hidden"],
    config: {
      providers: { openai: { baseUrl: `${first.origin}/v1` }, groq: { baseUrl: `${second.origin}/v1` } },
      aliases: {
        steady: {
          strategy: { mode: "fallback" },
          retry: { attempts: 0 },
          targets: [
            { provider: "openai", model: "gpt-4o" },
            { provider: "groq", model: "llama" },
          ],
        },
      },
    },
    environment: { OPENAI_API_KEY: "sk-made-up-for-this-test-0001", GROQ_API_KEY: "gsk-made-up-for-this-test-0001" },
  });
  await shows(app, /^● Running/);
  await eventually(() => expect(app.menu().items.some(({ label }) => label?.startsWith("Default model"))).toBe(true));
  await ask(app, "steady");
  await ask(app, "steady");
  await eventually(() =>
    expect(app.world.notifications.map(({ title, body }) => `${title}: ${body}`)).toEqual([
      "A provider failed over: steady was answered by groq instead.",
    ]),
  );
  const connections = second.connectionCount;
  app.world.power.emit("suspend");
  app.world.power.emit("resume");
  await ask(app, "steady");
  expect(second.connectionCount).toBe(connections + 1);
});

test("another network makes open connections old, as the page is told of it", async () => {
  await using provider = await startScriptedProvider();
  provider.always(json(200, { id: "x", object: "chat.completion", created: 0, model: "gpt-4o", choices: [] }));
  await using app = await startApp({
    config: { providers: { openai: { baseUrl: `${provider.origin}/v1` } } },
    environment: { OPENAI_API_KEY: "sk-made-up-for-this-test-0001" },
  });
  await shows(app, /^● Running/);
  const page = await app.page();
  await ask(app, "@openai/gpt-4o");
  await ask(app, "@openai/gpt-4o");
  const before = provider.connectionCount;
  await page.context().setOffline(true);
  await page.context().setOffline(false);
  await eventually(async () => {
    await ask(app, "@openai/gpt-4o");
    expect(provider.connectionCount).toBeGreaterThan(before);
  });
  for (const window of app.world.windows) window.webContents.complaints.length = 0;
});
