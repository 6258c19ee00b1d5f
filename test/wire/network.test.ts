import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { adminOf } from "../fakes/call-admin.ts";
import { authorityFile, startForwardProxy, startTlsFront } from "../fakes/forward-proxy.ts";
import { json } from "../fakes/replies.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";

// A provider that only a proxy can reach: its name is known nowhere, and its certificate is an authority's of its own.

let provider: ScriptedProvider;
let front: Awaited<ReturnType<typeof startTlsFront>>;
const providers = { openai: { baseUrl: "https://provider.test/v1" } };
const environment = { OPENAI_API_KEY: "sk-scripted-7c2e41d09b5a" };
const answer = { id: "1", object: "chat.completion", model: "gpt-4o", choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } };

beforeAll(async () => {
  provider = await startScriptedProvider();
  provider.always(json(200, answer));
  front = await startTlsFront(provider.port);
});

afterAll(async () => {
  await front[Symbol.asyncDispose]();
  await provider.close();
});

beforeEach(() => provider.forget());

async function ask(postern: RunningPostern): Promise<{ readonly status: number; readonly words: string }> {
  const response = await fetch(`${postern.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${postern.key}`, "content-type": "application/json", "x-portkey-retry": "0" },
    body: JSON.stringify({ model: "@openai/gpt-4o", messages: [{ role: "user", content: "Hi" }] }),
  });
  const body = (await response.json()) as { error?: { message: string } };
  return { status: response.status, words: body.error?.message ?? "" };
}

describe.each(["http", "socks5"] as const)("a proxy over %s", (kind) => {
  test("carries calls and asks by name, with the credentials that the environment has", async () => {
    const credentials = "somebody:pa55:word";
    await using proxy = await startForwardProxy({ kind, target: front.port, credentials });
    const network = { proxy: `${kind}://127.0.0.1:${proxy.port}`, caFile: authorityFile };
    await using postern = await startPostern({
      config: { providers, network },
      environment: { ...environment, POSTERN_PROXY_CREDENTIALS: credentials },
    });
    expect(await ask(postern)).toEqual({ status: 200, words: "" });
    expect(proxy.asked).toEqual([`provider.test:443 ${credentials}`]);
    expect(provider.requests[0]?.headers["proxy-authorization"]).toBeUndefined();
  });

  test("that wants a password is told apart from a provider that does, and no secret is in the words", async () => {
    await using proxy = await startForwardProxy({ kind, target: front.port, credentials: "somebody:right" });
    const network = { proxy: `${kind}://127.0.0.1:${proxy.port}`, caFile: authorityFile };
    await using postern = await startPostern({
      config: { providers, network },
      environment: { ...environment, POSTERN_PROXY_CREDENTIALS: "somebody:wrong-one" },
    });
    const { status, words } = await ask(postern);
    expect(status).toBe(502);
    expect(words).toContain(`through the proxy 127.0.0.1:${proxy.port}`);
    expect(words).toContain("POSTERN_PROXY_CREDENTIALS");
    expect(words).not.toContain("wrong-one");
    expect(provider.requests).toEqual([]);
  });
});

test("settings of the network take effect at once, in both directions", async () => {
  await using proxy = await startForwardProxy({ kind: "http", target: front.port });
  await using postern = await startPostern({ config: { providers }, environment });
  const call = adminOf(postern);
  const set = (name: string, value: unknown): Promise<unknown> =>
    call("putSetting", { parameters: { section: "network", name }, body: { value } });
  expect((await ask(postern)).status).toBe(502);
  await set("proxy", `http://127.0.0.1:${proxy.port}`);
  const untrusted = await ask(postern);
  expect(untrusted.words).toContain("Cannot trust the connection");
  await set("caFile", authorityFile);
  expect((await ask(postern)).status).toBe(200);
  await set("proxyBypass", ["*.test"]);
  expect((await ask(postern)).words).toContain("its name is not known here");
  expect(proxy.asked).toEqual(["provider.test:443", "provider.test:443"]);
});

test("a provider on this machine is never asked through the proxy", async () => {
  await using proxy = await startForwardProxy({ kind: "http", target: front.port });
  const config = { providers: { openai: { baseUrl: `${provider.origin}/v1` } }, network: { proxy: `http://127.0.0.1:${proxy.port}` } };
  await using postern = await startPostern({ config, environment });
  expect([(await ask(postern)).status, proxy.asked]).toEqual([200, []]);
});

test("certificates that cannot be used are refused when they are set, and told of when they are found in the file", async () => {
  await using postern = await startPostern({ config: { providers, network: { caFile: "/nowhere/authority.pem" } }, environment });
  const call = adminOf(postern);
  const parameters = { section: "network", name: "caFile" };
  const text = path.join(postern.dataFolder, "notes.pem");
  writeFileSync(text, "no certificate");
  const damaged = path.join(postern.dataFolder, "damaged.pem");
  writeFileSync(damaged, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  for (const [file, words] of [
    ["/nowhere/authority.pem", "there is no such file"],
    [text, "it holds none"],
    [damaged, "number 1 in it is damaged"],
  ] as const) {
    if (file === "/nowhere/authority.pem") await call("resetSetting", { parameters });
    await expect(call("putSetting", { parameters, body: { value: file } })).rejects.toThrow(words);
  }
  await call("putSetting", { parameters, body: { value: authorityFile } });
});
