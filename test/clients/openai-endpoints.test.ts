import { randomBytes } from "node:crypto";
import OpenAI, { toFile } from "openai";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startWorld, type World } from "../fakes/observe-call.ts";
import { openAiModels } from "../fakes/openai-replies.ts";
import { binary, json, sse } from "../fakes/replies.ts";
import type { RecordedRequest } from "../fakes/scripted-provider.ts";
import { assertClean } from "./assert-clean.ts";
import { readForm } from "./read-form.ts";

// What the `openai` package can ask for beside chat.

const providerKey = "sk-scripted-Kd7nT3bYqH5mW1cJ";

let world: World;
let client: OpenAI;

beforeAll(async () => {
  world = await startWorld({ environment: { OPENAI_API_KEY: providerKey } });
  client = new OpenAI({ baseURL: `${world.postern.url}/v1`, apiKey: world.postern.key, maxRetries: 0 });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(() => world.provider.forget());

afterEach(() => assertClean(world.provider, [world.postern.key]));

const lastRequest = (): RecordedRequest => {
  const request = world.provider.requests.at(-1);
  if (request === undefined) throw new Error("the provider got no request");
  return request;
};

describe("embeddings.create()", () => {
  const floats = [0.5, -0.25, 1.75];
  const packed = Buffer.from(new Float32Array(floats).buffer).toString("base64");
  const answer = (embedding: unknown): unknown => ({
    object: "list",
    data: [{ object: "embedding", index: 0, embedding }],
    model: "text-embedding-3-small",
    usage: { prompt_tokens: 2, total_tokens: 2 },
  });

  test.each([
    // The SDK asks for base64 by itself, and unpacks it.
    ["nothing said", {}, "base64", packed, floats],
    ["float", { encoding_format: "float" }, "float", floats, floats],
    ["base64", { encoding_format: "base64" }, "base64", packed, packed],
  ] as const)("with %s comes back as it was sent", async (_title, options, format, sent, expected) => {
    world.provider.next(json(200, answer(sent)));
    const result = await client.embeddings.create({ model: "@openai/text-embedding-3-small", input: "Hi", ...options });
    expect(result.data[0]?.embedding).toEqual(expected);
    expect(lastRequest().url).toBe("/v1/embeddings");
    expect(lastRequest().json()).toEqual({ model: "text-embedding-3-small", input: "Hi", encoding_format: format });
  });

  test.each([
    ["texts", ["one", "two"]],
    ["tokens", [1, 2, 3]],
    ["lists of tokens", [[1, 2], [3]]],
  ] as const)("takes an array of %s", async (_title, input) => {
    world.provider.next(json(200, answer(floats)));
    await client.embeddings.create({ model: "text-embedding-3-small", input: input as unknown as string[], dimensions: 3 });
    expect(lastRequest().json()).toMatchObject({ input, dimensions: 3 });
  });
});

describe("audio", () => {
  // Big enough for many packets, and with whatever a boundary could be confused with.
  const recording = Buffer.concat([randomBytes(400_000), Buffer.from("\r\n--\r\n------\r\n\r\n"), randomBytes(100_000)]);

  test.each([
    ["the file first", (file: File) => ({ file, model: "@openai/whisper-1", language: "de" })],
    ["the model first", (file: File) => ({ model: "@openai/whisper-1", language: "de", file })],
  ])("transcriptions.create() with %s: the file arrives byte for byte, the model by the provider's name", async (_title, makeBody) => {
    world.provider.next(json(200, { text: "Guten Tag" }));
    const file = await toFile(recording, 'spräch "1".wav', { type: "audio/wav" });
    const result = await client.audio.transcriptions.create(makeBody(file));
    expect(result.text).toBe("Guten Tag");
    expect(lastRequest()).toMatchObject({ url: "/v1/audio/transcriptions", headers: { authorization: `Bearer ${providerKey}` } });
    const form = await readForm(lastRequest());
    expect(form.fields).toEqual({ model: "whisper-1", language: "de" });
    expect(form.files["file"]).toMatchObject({ name: 'spräch "1".wav', type: "audio/wav" });
    expect(form.files["file"]?.bytes.equals(recording)).toBe(true);
  });

  test("transcriptions.create() with routing fields in the form: they pick the provider and go no further", async () => {
    world.provider.next(json(200, { text: "Guten Tag" }));
    const file = await toFile(recording.subarray(0, 70_000), "speech.wav");
    const routing = { provider: "portkey", portkey_provider: "openai", portkey_virtual_key: "environment" };
    await client.audio.transcriptions.create({ ...routing, file, model: "whisper-1" } as OpenAI.Audio.TranscriptionCreateParams);
    const form = await readForm(lastRequest());
    expect(form.fields).toEqual({ model: "whisper-1" });
    expect(form.files["file"]?.bytes.equals(recording.subarray(0, 70_000))).toBe(true);
  });

  test("transcriptions.create() is tried again with the same bytes", async () => {
    world.provider.next(json(503, { error: { message: "Overloaded." } }, { "retry-after": "0" }));
    world.provider.next(json(200, { text: "Guten Tag" }));
    const file = await toFile(recording, "speech.wav");
    expect((await client.audio.transcriptions.create({ file, model: "@openai/whisper-1" })).text).toBe("Guten Tag");
    const [first, second] = world.provider.requests;
    expect(first !== undefined && second?.body.equals(first.body)).toBe(true);
  });

  test("transcriptions.create() streams", async () => {
    world.provider.next(
      sse([
        { event: "transcript.text.delta", data: { type: "transcript.text.delta", delta: "Guten " } },
        { event: "transcript.text.done", data: { type: "transcript.text.done", text: "Guten Tag" } },
      ]),
    );
    const file = await toFile(recording.subarray(0, 1000), "speech.wav");
    const stream = await client.audio.transcriptions.create({ file, model: "gpt-4o-transcribe", stream: true });
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect(types).toEqual(["transcript.text.delta", "transcript.text.done"]);
  });

  test("transcriptions.create() gives text formats as they are", async () => {
    const subtitles = "1\n00:00:00,000 --> 00:00:01,000\nGuten Tag\n";
    world.provider.next(binary(Buffer.from(subtitles), "text/plain; charset=utf-8"));
    const file = await toFile(recording.subarray(0, 1000), "speech.wav");
    expect(await client.audio.transcriptions.create({ file, model: "whisper-1", response_format: "srt" })).toBe(subtitles);
  });

  test("translations.create() goes to its own path", async () => {
    world.provider.next(json(200, { text: "Good day" }));
    const file = await toFile(recording.subarray(0, 1000), "speech.wav");
    expect((await client.audio.translations.create({ file, model: "whisper-1" })).text).toBe("Good day");
    expect(lastRequest().url).toBe("/v1/audio/translations");
  });

  test("speech.create() gives the sound byte for byte", async () => {
    world.provider.next(binary(recording, "audio/mpeg"));
    const response = await client.audio.speech.create({ model: "@openai/tts-1", voice: "alloy", input: "Hi" });
    expect(Buffer.from(await response.arrayBuffer()).equals(recording)).toBe(true);
    expect(response.headers.get("content-type")).toBe("audio/mpeg");
    expect(lastRequest().json()).toEqual({ model: "tts-1", voice: "alloy", input: "Hi" });
  });
});

describe("images", () => {
  const picture = randomBytes(50_000);
  const mask = randomBytes(10_000);
  const answer = { created: 1_741_569_952, data: [{ b64_json: picture.toString("base64") }] };

  test("generate() comes back whole", async () => {
    world.provider.next(json(200, answer));
    const result = await client.images.generate({ model: "@openai/gpt-image-1", prompt: "a fox" });
    expect(result.data?.[0]?.b64_json).toBe(answer.data[0]?.b64_json);
    expect(lastRequest()).toMatchObject({ url: "/v1/images/generations" });
    expect(lastRequest().json()).toEqual({ model: "gpt-image-1", prompt: "a fox" });
  });

  test("generate() of several megabytes comes back whole", async () => {
    const large = randomBytes(4_000_000).toString("base64");
    world.provider.next(json(200, { created: 1, data: [{ b64_json: large }] }));
    const result = await client.images.generate({ model: "gpt-image-1", prompt: "a large fox" });
    expect(result.data?.[0]?.b64_json === large).toBe(true);
  });

  test("edit() sends its pictures and its mask as they are", async () => {
    world.provider.next(json(200, answer));
    await client.images.edit({
      model: "@openai/gpt-image-1",
      prompt: "a red fox",
      image: await toFile(picture, "fox.png", { type: "image/png" }),
      mask: await toFile(mask, "mask.png", { type: "image/png" }),
    });
    expect(lastRequest().url).toBe("/v1/images/edits");
    const form = await readForm(lastRequest());
    expect(form.fields).toEqual({ model: "gpt-image-1", prompt: "a red fox" });
    expect([form.files["image"]?.bytes.equals(picture), form.files["mask"]?.bytes.equals(mask)]).toEqual([true, true]);
  });
});

test("moderations.create() needs no model", async () => {
  world.provider.next(json(200, { id: "modr-1", model: "omni-moderation-latest", results: [{ flagged: false }] }));
  const result = await client.moderations.create({ input: "Hi" });
  expect(result.results[0]?.flagged).toBe(false);
  expect(lastRequest()).toMatchObject({ url: "/v1/moderations" });
  expect(lastRequest().json()).toEqual({ input: "Hi" });
});

describe("completions.create()", () => {
  const answer = (text: string): unknown => ({
    id: "cmpl-1",
    object: "text_completion",
    created: 1,
    model: "gpt-3.5-turbo-instruct",
    choices: [{ index: 0, text, logprobs: null, finish_reason: "stop" }],
  });

  test("answers plainly", async () => {
    world.provider.next(json(200, answer("lo")));
    const result = await client.completions.create({ model: "@openai/gpt-3.5-turbo-instruct", prompt: "Hel" });
    expect(result.choices[0]?.text).toBe("lo");
    expect(lastRequest()).toMatchObject({ url: "/v1/completions" });
    expect(lastRequest().json()).toEqual({ model: "gpt-3.5-turbo-instruct", prompt: "Hel" });
  });

  test("streams", async () => {
    world.provider.next(sse([{ data: answer("l") }, { data: answer("o") }]));
    const texts: string[] = [];
    for await (const part of await client.completions.create({ model: "gpt-3.5-turbo-instruct", prompt: "Hel", stream: true })) {
      texts.push(part.choices[0]?.text ?? "");
    }
    expect(texts).toEqual(["l", "o"]);
  });
});

describe("models", () => {
  test("list() gives aliases first, then the providers' models, the built-in one marked", async () => {
    world.provider.route("GET", "/v1/models", openAiModels(["gpt-4o", "o3"]));
    const models: OpenAI.Model[] = [];
    for await (const model of client.models.list()) models.push(model);
    const ids = models.map((model) => model.id);
    expect(ids).toEqual(expect.arrayContaining(["portkey-gpt4", "@openai/gpt-4o", "@openai/o3", "@postern/hello"]));
    expect(ids.indexOf("portkey-gpt4")).toBeLessThan(ids.indexOf("@openai/gpt-4o"));
    expect(new Set(ids).size).toBe(ids.length);
    expect(models.every((model) => model.object === "model" && Number.isInteger(model.created))).toBe(true);
    expect(models.find((model) => model.id === "@postern/hello")).toMatchObject({ postern: { kind: "built-in" } });
  });

  test.each(["@openai/gpt-4o", "portkey-gpt4", "@postern/hello"])("retrieve(%j) finds what list() names", async (id) => {
    expect(await client.models.retrieve(id)).toMatchObject({ id, object: "model" });
  });

  test("retrieve() of a model that nobody has is a NotFoundError", async () => {
    const error = await client.models.retrieve("nonesuch").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OpenAI.NotFoundError);
    expect(error).toMatchObject({ code: "model_not_found", param: "model" });
  });
});

test("responses.create() is relayed to a provider that has it", async () => {
  const item = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text: "Hello!", annotations: [] }],
  };
  const answer = { id: "resp_1", object: "response", created_at: 1_760_000_000, status: "completed", model: "gpt-4o", output: [item] };
  world.provider.route("POST", "/v1/responses", json(200, answer));
  expect((await client.responses.create({ model: "@openai/gpt-4o", input: "Hi" })).output_text).toBe("Hello!");
  expect(world.provider.requests[0]?.json()).toEqual({ model: "gpt-4o", input: "Hi" });
});
