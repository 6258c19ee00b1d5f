import { afterEach, expect, test } from "vitest";
import { scriptKeychain, type Script } from "../../../test/wire/vault/scripted-keychain.ts";
import { createTestPlatform } from "../../../test/wire/vault/test-platform.ts";
import { KeychainClient } from "./keychain-client.ts";

const get = (account: string) => ({ kind: "get", service: "Postern", account }) as const;
const clients: KeychainClient[] = [];

function createClient(script: Script, speed = 1): { client: KeychainClient; keychain: ReturnType<typeof scriptKeychain> } {
  const keychain = scriptKeychain(script);
  const client = new KeychainClient(keychain.start, createTestPlatform({ speed }).clock);
  clients.push(client);
  return { client, keychain };
}

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

test("KeychainClient starts no process before the first question", () => {
  expect(createClient(() => undefined).keychain.counts.starts).toBe(0);
});

test("KeychainClient asks one question at a time, in order", async () => {
  let open = 0;
  const { client, keychain } = createClient((request, { reply }) => {
    open++;
    setImmediate(() => {
      expect(open--).toBe(1);
      reply({ id: request.id, ok: true, value: request.kind === "get" ? request.account : true });
    });
  });
  const answers = await Promise.all(["a", "b", "c"].map((account) => client.ask(get(account))));
  expect(answers).toMatchObject([{ value: "a" }, { value: "b" }, { value: "c" }]);
  expect(keychain.counts).toEqual({ starts: 1, kills: 0 });
});

test("KeychainClient kills a process that hangs, fails who waited behind it, and starts another for the next", async () => {
  let hangs = true;
  const { client, keychain } = createClient(
    (request, { reply }) => void (hangs || reply({ id: request.id, ok: true, value: "secret" })),
    1_000,
  );
  const waiting = [client.ask(get("a")), client.ask(get("b")), client.ask(get("c"))];
  expect((await Promise.all(waiting)).map((answer) => !answer.ok && answer.failure)).toEqual(["hung", "hung", "hung"]);
  expect(keychain.requests).toHaveLength(1);
  expect(keychain.counts).toEqual({ starts: 1, kills: 1 });
  hangs = false;
  expect(await client.ask(get("b"))).toMatchObject({ ok: true, value: "secret" });
  expect(keychain.counts.starts).toBe(2);
});

test("KeychainClient takes no other question's reply, and nothing that is no reply", async () => {
  const { client } = createClient((request, { reply }) => {
    for (const message of [
      null,
      "x",
      { id: request.id },
      { id: request.id, ok: true, value: 5 },
      { id: request.id + 1, ok: true, value: "wrong" },
    ])
      reply(message);
    reply({ id: request.id, ok: true, value: "right" });
  });
  expect(await client.ask(get("a"))).toMatchObject({ value: "right" });
});

test("KeychainClient answers failing when its process dies, and starts another for the next", async () => {
  let dies = true;
  const { client, keychain } = createClient((request, { reply, die }) => (dies ? die() : reply({ id: request.id, ok: true, value: null })));
  expect(await client.ask(get("a"))).toMatchObject({ ok: false, failure: "failing" });
  dies = false;
  expect(await client.ask(get("a"))).toMatchObject({ ok: true, value: null });
  expect(keychain.counts.starts).toBe(2);
});

test("KeychainClient keeps its process after locked and denied, and replaces it after failing", async () => {
  const failures = ["locked", "denied", "failing", "absent"];
  const { client, keychain } = createClient((request, { reply }) =>
    reply({ id: request.id, ok: false, failure: failures.shift(), words: "" }),
  );
  for (let times = 0; times < 4; times++) await client.ask(get("a"));
  expect(keychain.counts).toEqual({ starts: 2, kills: 2 });
});

test("KeychainClient.close() answers what is being asked, and starts nothing after it", async () => {
  const { client, keychain } = createClient(() => undefined);
  const asked = client.ask(get("a"));
  await Promise.resolve();
  const behind = client.ask(get("b"));
  client.close();
  expect([await asked, await behind, await client.ask(get("c"))]).toMatchObject([
    { failure: "failing" },
    { failure: "failing" },
    { failure: "failing" },
  ]);
  expect(keychain.counts).toEqual({ starts: 1, kills: 1 });
});

test("KeychainClient ends a process that nobody asks any more: it had secrets in memory", async () => {
  const keychain = scriptKeychain((request, { reply }) => reply({ id: request.id, ok: true, value: "secret" }));
  const client = new KeychainClient(keychain.start, createTestPlatform().clock, { idleMs: 1 });
  await client.ask(get("a"));
  await expect.poll(() => keychain.counts.kills).toBe(1);
});
