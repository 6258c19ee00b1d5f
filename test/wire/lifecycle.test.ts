import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stallAfter } from "../fakes/misbehaviour.ts";
import { chatCall, startWorld, type World } from "../fakes/observe-call.ts";
import { openAiStream } from "../fakes/openai-replies.ts";
import { type RawResult, rawHttp } from "../fakes/raw-http.ts";
import { gate } from "../fakes/replies.ts";
import { startPostern } from "../fakes/start-postern.ts";
import { eventually } from "./eventually.ts";

// How an instance starts, makes room and ends.

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === "::1"));
const streamed = '{"model":"gpt-4o","stream":true}';

describe("serve exits with 3", () => {
  test("where another instance has the data folder, and names its process", async () => {
    await using first = await startPostern();
    const refusal = await startPostern({ dataFolder: first.dataFolder }).catch((error: unknown) => String(error));
    expect(refusal).toMatch(/ended with code 3\b/);
    expect(refusal).toContain(first.dataFolder);
    expect(refusal).toMatch(new RegExp(`\\bpid ${first.pid}\\b`));
    expect(
      (await rawHttp(first.port, chatCall(first, '{"model":"@postern/hello","messages":[{"role":"user","content":"Hi"}]}'))).status,
    ).toBe(200);
  });

  test.each([["127.0.0.1", true] as const, ["::1", hasIpv6] as const].flatMap(([host, isThere]) => (isThere ? [host] : [])))(
    "where the port is taken on %s, and names the address and who holds it",
    async (host) => {
      const squatter = createServer();
      const { port } = await listen(squatter, host);
      const refusal = await startPostern({ arguments: ["--port", String(port)] }).catch((error: unknown) => String(error));
      squatter.close();
      expect(refusal).toMatch(/ended with code 3\b/);
      expect(refusal).toContain(`${host.includes(":") ? `[${host}]` : host}:${port}`);
      // Linux tells any process about its own user's; elsewhere it may stay "another program".
      expect(refusal).toContain(process.platform === "linux" ? `(pid ${process.pid})` : `${port}`);
      expect(refusal).not.toContain("Postern is listening");
    },
  );

  test("not where the one before was killed: its folder is free", async () => {
    const dataFolder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
    try {
      const first = await startPostern({ dataFolder });
      first.kill("SIGKILL");
      expect((await first.exited).code).not.toBe(0);
      await using second = await startPostern({ dataFolder });
      expect(second.isAlive).toBe(true);
    } finally {
      rmSync(dataFolder, { recursive: true, force: true });
    }
  });
});

describe("serve exits with 2", () => {
  test.each([
    ["--port", "abc"],
    ["--port", "65536"],
    ["--nonesuch", "1"],
  ])("for %s %s", async (...words) => {
    const refusal = await startPostern({ arguments: words }).catch((error: unknown) => String(error));
    expect(refusal).toMatch(/ended with code 2\b/);
    expect(refusal).toMatch(/Cannot .*(abc|65536|nonesuch)/);
  });
});

test("POSTERN_API_KEY that is too short is not taken, and that is said without it", async () => {
  await using postern = await startPostern({ key: "short-Zp8" });
  expect(postern.stderr()).toMatch(/POSTERN_API_KEY.*32/);
  expect(postern.stderr() + postern.stdout()).not.toContain("short-Zp8");
  expect((await rawHttp(postern.port, chatCall(postern, streamed))).status).toBe(401);
});

describe.skipIf(process.platform === "win32")("a signal", () => {
  let world: World;

  beforeEach(async () => {
    world = await startWorld();
  });

  afterEach(async () => {
    world.postern.kill("SIGKILL");
    await world.postern.exited;
    await world.provider.close();
  });

  /** A stream that has begun and waits for its moment. */
  async function openStream(): Promise<{ readonly result: Promise<RawResult>; goOn(): void }> {
    const moment = gate();
    world.provider.next(stallAfter({ chunks: 2 }, openAiStream(), { when: moment.opened }));
    const bytes = chatCall(world.postern, streamed, ["Connection: close"]);
    const begun = Promise.withResolvers<void>();
    const result = readToEnd(world.postern.port, bytes, begun.resolve);
    await begun.promise;
    return { result, goOn: () => moment.open() };
  }

  /** Waits until new connections are no longer taken. */
  const untilDraining = async (): Promise<void> =>
    eventually(async () => {
      const answer = await rawHttp(world.postern.port, chatCall(world.postern)).catch(() => null);
      if (answer !== null && answer.status !== 503) throw new Error(`it still answers ${answer.status}`);
    });

  test.each(["SIGTERM", "SIGINT"] as const)("%s ends it with 0 when nothing is under way", async (signal) => {
    world.postern.kill(signal);
    expect(await world.postern.exited).toEqual({ code: 0, signal: null });
  });

  test("SIGTERM lets a stream under way finish, takes no new calls, and ends with 0", async () => {
    const stream = await openStream();
    world.postern.kill("SIGTERM");
    await untilDraining();
    stream.goOn();
    const result = await stream.result;
    expect(result.status).toBe(200);
    expect(result.body.toString()).toMatch(/"finish_reason":"stop"[\s\S]*data: \[DONE\]\n\n$/);
    expect(await world.postern.exited).toEqual({ code: 0, signal: null });
  });

  test("SIGTERM closes connections that only wait", async () => {
    const stream = await openStream();
    const idle = connect(world.postern.port, "127.0.0.1");
    await once(idle, "connect");
    const closed = once(idle, "close");
    idle.resume();
    world.postern.kill("SIGTERM");
    await closed;
    stream.goOn();
    await stream.result;
    expect(await world.postern.exited).toEqual({ code: 0, signal: null });
  });

  test("a second SIGTERM ends it at once", async () => {
    const stream = await openStream();
    world.postern.kill("SIGTERM");
    await untilDraining();
    world.postern.kill("SIGTERM");
    const exit = await world.postern.exited;
    expect(exit.code === 0).toBe(false);
    expect((await stream.result).body.toString()).not.toContain("[DONE]");
  });

  test("SIGTERM waits for no stream longer than its ten seconds: it ends with an error, and Postern with 0", async () => {
    const stream = await openStream();
    world.postern.kill("SIGTERM");
    const text = (await stream.result).body.toString();
    expect(text).toContain('"code":"shutting_down"');
    expect(text).not.toMatch(/\[DONE\]|"finish_reason":"/);
    expect(await world.postern.exited).toEqual({ code: 0, signal: null });
  });
});

async function listen(server: Server, host: string): Promise<{ readonly port: number }> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, resolve);
  });
  return server.address() as { port: number };
}

/** A raw call that says when the first frame has come, and gives everything at the end of the connection. */
async function readToEnd(port: number, bytes: Buffer, onFirstFrame: () => void): Promise<RawResult> {
  return rawHttp(port, bytes, {
    untilClosed: true,
    timeoutMs: 20_000,
    whileWaiting: (socket) => socket.on("data", (piece: Buffer) => (piece.includes('"Hel"') ? onFirstFrame() : undefined)),
  });
}
