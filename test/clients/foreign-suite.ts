import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { DialectId } from "#shared/schema/provider.ts";
import type { WriteEvent } from "#core/dialects/chat.ts";
import { callTool, say, think } from "../fakes/dialect-provider.ts";
import { stall } from "../fakes/misbehaviour.ts";
import { gate } from "../fakes/replies.ts";
import type { RecordedRequest } from "../fakes/scripted-provider.ts";
import { assertClean } from "./assert-clean.ts";
import type { Conversation, ForeignClient, JsonSchema, OfferedTool, Said, Setup } from "./foreign-client.ts";
import { type ForeignProvider, foreignProviders, type Json, type SeenThought } from "./foreign-providers.ts";
import { answer, type ForeignWorld, startForeignWorld, upTo } from "./foreign-world.ts";

const weather: OfferedTool = {
  name: "get_weather",
  description: "The weather of a city",
  parameters: {
    type: "object",
    properties: { city: { type: "string", description: "Its name" } },
    required: ["city"],
    additionalProperties: false,
  },
};
const time: OfferedTool = {
  name: "get_time",
  description: "The time here",
  parameters: { type: "object", properties: {}, required: [], additionalProperties: false },
};
const reportSchema: JsonSchema = {
  type: "object",
  properties: { city: { type: "string" }, celsius: { type: "integer" } },
  required: ["city", "celsius"],
  additionalProperties: false,
};
/** One transparent pixel. */
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** Who proves thoughts in a dialect; where nobody does, none is sent. */
const makers: Readonly<Record<DialectId, "anthropic" | "google" | "openai" | null>> = {
  "openai-chat": null,
  "openai-responses": "openai",
  "anthropic-messages": "anthropic",
  "gemini-generate": "google",
  "bedrock-converse": "anthropic",
  "cohere-chat": null,
};

/** Where a call has no arguments, a stream has no piece of them; an answer in one piece, as Google's calls are in streams too, has an empty object. */
function callWithoutArguments(isWhole: boolean): readonly WriteEvent[] {
  if (isWhole) return callTool("get_time", {}, "toolu_B2");
  return [{ type: "tool-call", id: "toolu_B2", name: "get_time" }, { type: "block-end" }];
}

const proof = Buffer.from("proof of a thought").toString("base64");

const thought = "Bern is in the Alps.";

/**
 * What of {@link thinkThenCall} a provider must find in the next turn. Moonshot, which is the one that speaks chat
 * completions here, refuses calls without the thought that they followed from; Cohere can do without.
 *
 * @see https://platform.moonshot.ai/docs/guide/use-kimi-k2-thinking-model
 */
const thoughtsToReturn: Readonly<Record<DialectId, readonly SeenThought[]>> = {
  "openai-chat": [{ text: thought, proof: null }],
  "openai-responses": [{ text: thought, proof }],
  "anthropic-messages": [{ text: thought, proof }],
  "gemini-generate": [{ text: null, proof }],
  "bedrock-converse": [{ text: thought, proof }],
  "cohere-chat": [],
};

/** Thinks, says a word and calls a tool. Google signs the call that follows from a thought, the others the thought. */
function thinkThenCall(maker: "anthropic" | "google" | "openai" | null): readonly WriteEvent[] {
  const call = callTool("get_weather", { city: "Bern" });
  if (maker !== "google") return [...think(thought, maker === null ? undefined : proof, maker ?? undefined), ...say("I look."), ...call];
  const signed = call.map((event): WriteEvent => (event.type === "tool-call" ? { ...event, signature: { maker, value: proof } } : event));
  return [...think(thought), ...say("I look."), ...signed];
}

/** Each client's own words for why an answer ended. */
const endings: Readonly<Record<"stop" | "tools" | "length", readonly string[]>> = {
  stop: ["stop", "end_turn", "STOP", "completed"],
  tools: ["tool_calls", "tool-calls", "tool_use", "STOP", "completed"],
  length: ["length", "max_tokens", "MAX_TOKENS", "max_output_tokens", "incomplete"],
};

/**
 * What every client must be able to do with a provider of every dialect but its own. One gateway serves the whole file.
 *
 * @returns the world, for tests of one client alone
 */
export function describeForeign(clients: readonly ForeignClient[]): () => ForeignWorld {
  let running: ForeignWorld | undefined;
  const world = (): ForeignWorld => {
    if (running === undefined) throw new Error("the world has not started");
    return running;
  };

  beforeAll(async () => {
    running = await startForeignWorld();
  });
  afterAll(async () => {
    await running?.[Symbol.asyncDispose]();
  });
  beforeEach(() => world().provider.forget());
  afterEach(() => assertClean(world().provider, [world().postern.key]));

  const pairs = clients.flatMap((client) =>
    Object.values(foreignProviders).flatMap((provider) =>
      provider.dialect === client.dialect ? [] : [{ client, provider, name: `${client.name} with ${provider.dialect}` }],
    ),
  );
  describe.each(pairs)("$name", ({ client, provider }) => {
    describePair({ client, provider, world });
  });
  const sealing = pairs.flatMap((pair) => [true, false].map((stream) => ({ ...pair, stream, maker: makers[pair.provider.dialect] })));
  test.each(sealing.filter(({ maker }) => maker === "anthropic" || maker === "openai"))(
    "$name, stream $stream: a thought that only its maker can read comes back in the next turn, and is no text",
    async ({ client, provider, stream, maker }) => {
      const signature = { maker: maker ?? "openai", value: proof, ...(maker === "anthropic" ? { isRedacted: true } : {}) };
      const sealed: readonly WriteEvent[] = [{ type: "signature", signature }, { type: "block-end" }];
      world().provider.next(answer(provider, () => [...sealed, ...callTool("get_weather", { city: "Bern" })]));
      world().provider.next(answer(provider, () => say("It snows.")));
      const model = `@${provider.row}/${provider.model}`;
      const conversation = client.open(world().postern, { model, stream, thinks: true, tools: [weather] });
      const first = await conversation.ask({ text: "Weather in Bern?" });
      expect(first).toMatchObject({ text: "", thoughts: "" });
      await conversation.ask({ results: first.calls.map((call) => ({ ...call, text: "Snow" })) });
      const returned = provider.read.thoughts(world().provider.requests[1]?.json());
      expect(returned.map((thought) => thought.proof)).toEqual([proof]);
    },
  );
  return world;
}

interface Pair {
  readonly client: ForeignClient;
  readonly provider: ForeignProvider;
  readonly world: () => ForeignWorld;
}

function describePair({ client, provider, world }: Pair): void {
  const model = `@${provider.row}/${provider.model}`;
  const maker = makers[provider.dialect];
  const open = (setup: Omit<Setup, "model">): Conversation => client.open(world().postern, { model, ...setup });
  const next = (...scripts: readonly (readonly WriteEvent[])[]): void => {
    for (const events of scripts) world().provider.next(answer(provider, () => events));
  };
  const request = (n: number): RecordedRequest => {
    const found = world().provider.requests[n - 1];
    if (found === undefined) throw new Error(`the provider got no request ${n}`);
    return found;
  };
  const body = (n: number): Json => request(n).json();
  const failure = async (answered: Promise<Said>): Promise<unknown> =>
    answered.then(
      (said) => {
        throw new Error(`The client took it for an answer: ${JSON.stringify(said)}`);
      },
      (error: unknown) => error,
    );

  describe.each([
    ["plain", false],
    ["streamed", true],
  ] as const)("%s", (_how, stream) => {
    test("text comes whole, with its end and its usage; the provider gets its own key, its own model's name and the system's words", async () => {
      next(say("Hello from far away, 世界 🦊."));
      const pieces: string[] = [];
      const said = await open({ stream, system: "Be kind." }).ask({ text: "Hi there" }, { onPiece: (piece) => pieces.push(piece) });
      expect(said).toMatchObject({ text: "Hello from far away, 世界 🦊.", calls: [], usage: { input: 21, output: 7 } });
      expect(endings.stop).toContain(said.reason);
      expect(pieces).toEqual(stream ? ["Hello ", "from ", "far ", "away, ", "世界 ", "🦊."] : []);
      const [name, value] = provider.auth;
      expect(request(1).headers[name]).toBe(value);
      expect(`${request(1).url} ${request(1).body.toString()}`).toContain(
        provider.dialect === "bedrock-converse" ? encodeURIComponent(provider.model) : provider.model,
      );
      expect(request(1).body.toString()).not.toContain(`@${provider.row}`);
      expect(provider.read.system(body(1))).toBe("Be kind.");
      expect(request(1).body.toString()).toContain("Hi there");
    });

    test("an answer that was cut at its longest says so", async () => {
      next([...say("Once upon a"), { type: "close", reason: "length", usage: { inputTokens: 21, outputTokens: 7 } }]);
      const said = await open({ stream }).ask({ text: "A story" });
      expect(said.text).toBe("Once upon a");
      expect(endings.length).toContain(said.reason);
    });

    test("tools in two turns: several calls, one of them without arguments; their results find them again", async () => {
      next(
        [
          ...say("Let me look."),
          ...callTool("get_weather", { city: "Bern" }, "toolu_A1"),
          ...callWithoutArguments(!stream || provider.dialect === "gemini-generate"),
        ],
        say("It snows at noon."),
      );
      const conversation = open({ stream, tools: [weather, time] });
      const first = await conversation.ask({ text: "Weather and time in Bern?" });
      expect(endings.tools).toContain(first.reason);
      expect(first.calls).toEqual([
        { id: expect.any(String) as string, name: "get_weather", args: { city: "Bern" } },
        { id: expect.any(String) as string, name: "get_time", args: {} },
      ]);
      expect(first.text).toBe("Let me look.");
      const [one, two] = first.calls as [Said["calls"][number], Said["calls"][number]];
      expect(one.id).not.toBe(two.id);
      // Tools end in whatever order they like.
      const second = await conversation.ask({
        results: [
          { ...two, text: "12:00" },
          { ...one, text: "Snow" },
        ],
      });
      expect(second).toMatchObject({ text: "It snows at noon.", calls: [] });
      const calls = provider.read.calls(body(2));
      expect(calls.map(({ name, args }) => ({ name, args }))).toEqual([
        { name: "get_weather", args: { city: "Bern" } },
        { name: "get_time", args: {} },
      ]);
      const results = provider.read.results(body(2));
      expect(results).toHaveLength(2);
      for (const [index, words] of ["Snow", "12:00"].entries()) {
        const call = calls[index];
        const result = results.find(({ id }) => id === call?.id);
        expect(result?.text).toContain(words);
        expect(result?.name ?? call?.name).toBe(call?.name);
      }
      expect(calls.map(({ id }) => id)).toEqual(["toolu_A1", "toolu_B2"]);
    });

    test("a tool that must be called is named to the provider", async () => {
      next(callTool("get_weather", { city: "Bern" }));
      const said = await open({ stream, tools: [weather], force: "get_weather" }).ask({ text: "Bern?" });
      expect(said.calls).toMatchObject([{ name: "get_weather", args: { city: "Bern" } }]);
      expect(provider.read.forced(body(1))).toBe("get_weather");
    });

    test("an answer in a JSON schema: the provider gets it in its own form, the client parses what comes", async () => {
      next(say('{"city":"Bern","celsius":-3}'));
      const said = await open({ stream, schema: reportSchema }).ask({ text: "Report." });
      expect(said.parsed).toEqual({ city: "Bern", celsius: -3 });
      expect(provider.read.schema(body(1))).toMatchObject({
        type: "object",
        properties: { city: { type: "string" }, celsius: { type: "integer" } },
        required: ["city", "celsius"],
      });
    });

    test("an image reaches the provider byte for byte, in its own form", async () => {
      next(say("A fox."));
      const said = await open({ stream }).ask({ text: "What is this?", image: { mediaType: "image/png", data: pixel } });
      expect(said.text).toBe("A fox.");
      expect(provider.read.images(body(1))).toEqual([`data:image/png;base64,${pixel}`]);
      expect(request(1).body.toString()).toContain("What is this?");
    });

    test("thoughts are shown, and come back with their proof in the next turn", async () => {
      next(thinkThenCall(maker), say("It snows."));
      const conversation = open({ stream, thinks: true, tools: [weather] });
      const first = await conversation.ask({ text: "Weather in Bern?" });
      expect(first.text).toBe("I look.");
      expect(first.thoughts).toBe(client.showsThoughts ? thought : "");
      expect(first.calls).toMatchObject([{ name: "get_weather", args: { city: "Bern" } }]);
      await conversation.ask({ results: first.calls.map((call) => ({ ...call, text: "Snow" })) });
      expect(provider.read.thoughts(body(2))).toEqual(expect.arrayContaining([...thoughtsToReturn[provider.dialect]]));
    });

    test.each([
      [400, "The prompt is malformed."],
      [401, "The key was revoked."],
      [429, "Slow down a little."],
      [503, "We are down for a moment."],
      [529, "Everybody is here today."],
    ])("a provider's %d is the client's own error, with its status and words", async (status, words) => {
      world().provider.next(provider.refuse(status, words, { "retry-after": "7" }));
      const error = client.explain(await failure(open({ stream }).ask({ text: "Hi" })));
      expect(error).toMatchObject({ isOwn: true, status });
      expect(error.message).toContain(words);
      expect(error.retryAfter).toBe(client.showsHeaders ? "7" : null);
      expect(world().provider.requests).toHaveLength(1);
    });

    test("abort() before the first byte closes the provider's socket", async () => {
      world().provider.next(stall());
      const controller = new AbortController();
      const answered = failure(open({ stream }).ask({ text: "Hi" }, { signal: controller.signal }));
      const reached = await world().provider.waitForRequest(1);
      controller.abort();
      await answered;
      await reached.closedEarly;
      expect(world().provider.requests).toHaveLength(1);
    });
  });

  test("a stream comes as it is made: each piece is there before the next one is sent", async () => {
    const seen = gate();
    const script = upTo(
      "Hello ",
      answer(provider, () => say("Hello from far away.")),
      async (exchange) => {
        await Promise.race([seen.opened, exchange.gone]);
        return "go on";
      },
    );
    world().provider.next(script);
    const said = await open({ stream: true }).ask({ text: "Hi" }, { onPiece: () => seen.open() });
    expect(said.text).toBe("Hello from far away.");
  });

  test("an error in the middle of a stream is thrown, in the provider's words", async () => {
    const words = "The engine room is on fire.";
    world().provider.next(
      upTo(
        "from ",
        answer(provider, () => say("Hello from far away.")),
        async (exchange) => {
          await exchange.body(provider.streamError(words));
          await exchange.finish();
          return "stop";
        },
      ),
    );
    const pieces: string[] = [];
    const error = await failure(open({ stream: true }).ask({ text: "Hi" }, { onPiece: (piece) => pieces.push(piece) }));
    expect(client.explain(error).message).toContain(words);
    expect(pieces.join("")).toBe("Hello from ");
  });

  test.each([
    ["ends without its end", "finish"],
    ["is cut off", "close"],
  ] as const)("a stream that %s is an error, not an answer", async (_title, how) => {
    world().provider.next(
      upTo(
        "from ",
        answer(provider, () => say("Hello from far away.")),
        async (exchange) => {
          await exchange[how]();
          return "stop";
        },
      ),
    );
    const pieces: string[] = [];
    await failure(open({ stream: true }).ask({ text: "Hi" }, { onPiece: (piece) => pieces.push(piece) }));
    expect(pieces.join("")).toBe("Hello from ");
  });

  test("a stream that is cut in a tool's call is an error, not a call", async () => {
    const call = callTool("get_weather", { city: "Bern" }, "toolu_cut");
    world().provider.next(
      upTo(
        "toolu_cut",
        answer(provider, () => [...say("I look."), ...call]),
        async (exchange) => {
          exchange.close();
          return "stop";
        },
      ),
    );
    const pieces: string[] = [];
    await failure(open({ stream: true, tools: [weather] }).ask({ text: "Weather?" }, { onPiece: (piece) => pieces.push(piece) }));
    expect(pieces.join("")).toBe("I look.");
  });

  test("abort() in the middle of a stream closes the provider's socket", async () => {
    const script = upTo(
      "Hello ",
      answer(provider, () => say("Hello from far away.")),
      async (exchange) => {
        await exchange.gone;
        return "stop";
      },
    );
    world().provider.next(script);
    const controller = new AbortController();
    await failure(open({ stream: true }).ask({ text: "Hi" }, { signal: controller.signal, onPiece: () => controller.abort() }));
    await request(1).closedEarly;
    expect(world().provider.requests).toHaveLength(1);
  });
}
