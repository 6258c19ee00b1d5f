import { readdirSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dialects } from "../fakes/dialects.ts";
import { say, speak } from "../fakes/dialect-provider.ts";
import type { Exchange } from "../fakes/exchange.ts";
import { chatCall } from "../fakes/observe-call.ts";
import { openAiChat, openAiStream } from "../fakes/openai-replies.ts";
import { type RawResult, rawHttp } from "../fakes/raw-http.ts";
import { type Gate, gate } from "../fakes/replies.ts";
import type { Script } from "../fakes/scripted-provider.ts";
import { type Phase, phases, startToxicProxy, type Toxic, toxics, type ToxicProxy } from "../fakes/toxic-proxy.ts";
import { eventually } from "./eventually.ts";
import { type LoggedCall, readCalls, type RoutingWorld, startRoutingWorld, theCall } from "./routing-world.ts";

// Eight faults, at the provider's side or the client's, in four phases, streamed or not, relayed or translated: each call
// ends with the right status and a closed row in the log, and no socket stays behind.

const providers = ["openai", "anthropic"] as const;
const content = "One MID three";

let world: RoutingWorld;
let client: ToxicProxy;
const upstream: Partial<Record<(typeof providers)[number], ToxicProxy>> = {};
let baseline = 0;
let held: Gate = gate();

beforeAll(async () => {
  for (const id of providers) upstream[id] = await startToxicProxy({ target: () => world.at(id).port, victim: "caller" });
  world = await startRoutingWorld(providers, {
    config: {
      gateway: { firstByteTimeoutMs: 250, idleTimeoutMs: 250 },
      providers: Object.fromEntries(providers.map((id) => [id, { baseUrl: `${proxyOf(id).origin}/v1` }])),
    },
  });
  client = await startToxicProxy({ target: () => world.postern.port, victim: "callee" });
  world.at("openai").always(scripted("openai"));
  world.at("anthropic").always(scripted("anthropic"));
  held.open();
  // What is opened once and kept, such as the log's files, is open before anything is counted.
  for (const provider of providers) for (const streamed of [false, true]) await call({ provider, streamed, traceId: "warm-up" });
  await settle();
  await wait(200);
  baseline = countDescriptors();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  for (const proxy of [client, ...Object.values(upstream)]) await proxy[Symbol.asyncDispose]();
});

function proxyOf(id: (typeof providers)[number]): ToxicProxy {
  const proxy = upstream[id];
  if (proxy === undefined) throw new Error(`Cannot find the proxy before ${id}`);
  return proxy;
}

/** Waits for its turn, then answers word by word with a pause between. */
function scripted(id: (typeof providers)[number]): Script {
  const answer: Script = (exchange) => {
    if (id === "anthropic") return speak(dialects["anthropic-messages"], () => say(content))(exchange);
    const { stream } = exchange.request.json() as { stream?: boolean };
    return (stream === true ? openAiStream({ deltas: ["One ", "MID ", "three"] }) : openAiChat({ content }))(exchange);
  };
  return async (exchange) => {
    await Promise.race([held.opened, exchange.gone]);
    const slow: Exchange = {
      ...exchange,
      get isOpen() {
        return exchange.isOpen;
      },
      async body(piece) {
        await Promise.race([wait(8), exchange.gone]);
        await exchange.body(piece);
      },
    };
    if (exchange.isOpen) await answer(slow);
  };
}

interface Call {
  readonly provider: (typeof providers)[number];
  readonly streamed: boolean;
  readonly traceId: string;
}

function call({ provider, streamed, traceId }: Call): Promise<RawResult> {
  const body = JSON.stringify({ model: `@${provider}/m`, stream: streamed, max_tokens: 50, messages: [{ role: "user", content: "Hi" }] });
  const headers = [`X-Portkey-Trace-Id: ${traceId}`, "X-Portkey-Retry: 0"];
  return rawHttp(client.port, chatCall(world.postern, body, headers), { timeoutMs: 8_000 });
}

async function settle(): Promise<void> {
  client.closeAll();
  for (const id of providers) proxyOf(id).closeAll();
  await wait(0);
}

/** Linux tells; elsewhere nobody counts. */
function countDescriptors(): number {
  return process.platform === "linux" ? readdirSync(`/proc/${world.postern.pid}/fd`).length : 0;
}

interface Cell {
  readonly side: "provider" | "client";
  readonly provider: (typeof providers)[number];
  readonly toxic: Toxic;
  readonly phase: Phase;
  readonly streamed: boolean;
}

/** What a cell ends with: the row, and what the client has at the end. */
interface End {
  /** null: nobody called. */
  readonly row: Partial<LoggedCall> | null;
  readonly sees: "the answer" | "an error" | "a broken stream" | "nothing that counts";
}

const finished: End = { row: { status: 200, ending: "finished", error_code: null }, sees: "the answer" };
const fatal = (toxic: Toxic): boolean => toxic === "down" || toxic === "reset_peer" || toxic === "limit_data";

function failed(status: number, error_code: string): End {
  return { row: { status, ending: "failed", error_code }, sees: "an error" };
}

function broken(error_code: string): End {
  return { row: { status: 200, ending: "truncated", error_code }, sees: "a broken stream" };
}

/** Why a cell makes no sense; null where it does. */
function whySenseless({ toxic, phase }: Cell): string | null {
  return toxic === "slow_close" && phase !== "end" ? "no connection is closed before the end" : null;
}

function expected({ side, toxic, phase, streamed }: Cell): End {
  if (!fatal(toxic) && toxic !== "timeout") return finished;
  if (side === "provider") {
    const code = toxic === "timeout" ? "upstream_timeout" : "upstream_truncated";
    // Of a stream the words are all there, its own end among them, and only the framing's last byte is missing.
    if (phase === "end" && (toxic !== "limit_data" || streamed)) return finished;
    if (streamed && phase === "mid") return broken(code);
    return failed(toxic === "timeout" ? 504 : 502, code);
  }
  const unseen: End["sees"] = "nothing that counts";
  if (phase === "connect") return { row: null, sees: unseen };
  // A client that only stops reading has room for so short an answer.
  if (toxic === "timeout" || phase === "end") return { ...finished, sees: unseen };
  if (phase === "ttft") return { row: { status: null, ending: "client_closed" }, sees: unseen };
  // A plain answer is out as a whole before the client can leave in its middle.
  return streamed ? { row: { status: 200, ending: "client_closed" }, sees: unseen } : { ...finished, sees: unseen };
}

function whatIsSeen(result: RawResult | null, streamed: boolean): End["sees"] {
  if (result === null) return "nothing that counts";
  const text = result.body.toString();
  if (result.status >= 400) return "an error";
  const isWhole = streamed
    ? /"finish_reason":"stop"/.test(text) && text.includes("data: [DONE]") && result.text.endsWith("\r\n0\r\n\r\n")
    : text.includes(content) && text.endsWith("}");
  if (isWhole) return "the answer";
  return /"error":\{/.test(text) && !result.text.endsWith("\r\n0\r\n\r\n") ? "a broken stream" : "nothing that counts";
}

const cells: readonly Cell[] = providers.flatMap((provider) =>
  (["provider", "client"] as const).flatMap((side) =>
    toxics.flatMap((toxic) =>
      phases.flatMap((phase) => [false, true].map((streamed) => ({ side, provider, toxic, phase, streamed }) satisfies Cell)),
    ),
  ),
);

const titleOf = ({ provider, side, toxic, phase, streamed }: Cell): string =>
  `${toxic} at the ${side}'s side, ${phase}, ${streamed ? "streamed" : "plain"}, ${provider === "openai" ? "relayed" : "translated"}`;

const traceOf = (cell: Cell): string => titleOf(cell).replaceAll(/[^a-z]+/g, "-");
const named = cells.map((cell) => [titleOf(cell), cell] as const);
const senseful = named.filter(([, cell]) => whySenseless(cell) === null);

describe("the client and the sockets", () => {
  test.each(senseful)("%s", async (_title, cell) => {
    const { side, provider, toxic, phase, streamed } = cell;
    const end = expected(cell);
    const traceId = traceOf(cell);
    const { requests } = world.at(provider);
    const before = requests.length;
    const hurt = side === "client" ? client : proxyOf(provider);
    const isHeld = side === "client" && phase === "ttft";
    held = gate();
    if (!isHeld) held.open();
    hurt.poison({ toxic, phase });
    const calling = call({ provider, streamed, traceId }).catch(() => null);
    if (isHeld) {
      await world.at(provider).waitForRequest(before + 1);
      hurt.strike();
      // The provider is told that nobody waits any more, before it has said a word.
      if (fatal(toxic)) await requests[before]?.closedEarly;
      held.open();
    }
    if (side === "client" && toxic === "timeout") {
      // A client that is silent leaves in the end.
      if (phase === "connect") await wait(30);
      else await theCall(world.postern.dataFolder, traceId);
      client.closeAll();
    }
    const result = await calling;
    hurt.poison(null);
    // Else the provider's connection, which this test closes in the end, might be seen to go first.
    if (side === "client" && fatal(toxic) && phase === "mid" && streamed) await requests[before]?.closedEarly;
    expect(end.sees === "nothing that counts" ? end.sees : whatIsSeen(result, streamed)).toBe(end.sees);
    expect(end.sees === "an error" ? result?.status : end.row?.status).toBe(end.row?.status);
    expect(end.row === null && requests.length > before).toBe(false);
    await settle();
    await eventually(() => expect(countDescriptors()).toBeLessThanOrEqual(baseline));
    expect(world.postern.isAlive).toBe(true);
  });
});

describe.each(named.filter(([, cell]) => whySenseless(cell) !== null))("%s", (_title, cell) => {
  const why = whySenseless(cell);
  test.skipIf(why !== null)(`makes no sense (${why})`, () => expect(why).toBeNull());
});

describe("the log", () => {
  test.each(senseful)("%s", async (_title, cell) => {
    const { row: wanted } = expected(cell);
    const rows = await eventually(() => {
      const found = readCalls(world.postern.dataFolder, traceOf(cell));
      expect(found).toHaveLength(wanted === null ? 0 : 1);
      return found;
    });
    expect(rows).toMatchObject(wanted === null ? [] : [{ ...wanted, provider: cell.provider }]);
    expect(rows.every(({ total_ms, attempts }) => total_ms !== null && attempts.length === 1)).toBe(true);
  });
});

test("a good call is as good as ever", async () => {
  const results = await Promise.all(providers.map((provider) => call({ provider, streamed: true, traceId: `last-${provider}` })));
  expect(results.map((result) => whatIsSeen(result, true))).toEqual(["the answer", "the answer"]);
  expect(world.postern.stderr()).toBe("");
});
