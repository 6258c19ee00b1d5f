import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { endpointPaths } from "#shared/schema/endpoint.ts";
import { type Provider, providerSchema, type Quirks } from "#shared/schema/provider.ts";

const folder = path.resolve(import.meta.dirname, "../../assets/providers");
const files = readdirSync(folder).sort();
const raw = new Map(files.map((file) => [file, JSON.parse(readFileSync(path.join(folder, file), "utf8")) as Record<string, unknown>]));
const rows: readonly Provider[] = [...raw.values()].flatMap((row) => providerSchema.safeParse(row).data ?? []);

/** Every name that a row answers to, with the row's id. */
const names: ReadonlyMap<string, string> = new Map(rows.flatMap((row) => [row.id, ...row.synonyms].map((name) => [name, row.id] as const)));

const placeholders = (baseUrl: string): string[] => [...baseUrl.matchAll(/\{([a-z-]+)\}/g)].flatMap((match) => match[1] ?? []).sort();

/** What a row has to say, whatever the defaults are. */
const required = new Set(["id", "name", "dialect", "baseUrl", "auth", "endpoints"]);

const repeated = (values: readonly string[]): string[] => values.filter((value, index) => values.indexOf(value) !== index);

/** Portkey's ids whose models can be called today, and so have a row: its list of 74 without the two tables below. */
const portkeyIds = `
  anthropic azure-openai cohere google vertex-ai mistral-ai openai perplexity-ai reka-ai together-ai deepinfra ncompass ollama ai21 bedrock
  groq jina fireworks-ai workers-ai moonshot openrouter lingyi zhipu novita-ai deepseek voyage azure-ai deepbricks siliconflow huggingface
  cerebras inference-net sambanova lemonfox-ai upstage dashscope x-ai cortex nebius recraft-ai portkey nscale hyperbolic bytez
  github featherless-ai krutrim 302ai cometapi matterai nextbit z-ai oracle iointelligence aibadgr ovhcloud
`;

/** Portkey's ids of services that closed. A row would offer a person something that cannot answer. */
const closed = {
  anyscale: "Anyscale Endpoints closed in August 2024",
  "kluster-ai": "acquired in 2026; api.kluster.ai no longer resolves",
  lambda: "the Lambda Inference API closed on 2025-09-25, https://lambda.ai/inference",
  lepton: "now NVIDIA DGX Cloud Lepton, where each deployment has an address of its own",
  monsterapi: "monsterapi.ai no longer resolves since June 2026",
  palm: "the PaLM API is decommissioned; its successor is google",
};

/** Portkey's ids without one fixed address that speaks a format of ours: a person writes their own row, or none would help. */
const foreign = [
  "meshy",
  "milvus",
  "modal",
  "nomic",
  "predibase",
  "qdrant",
  "replicate",
  "sagemaker",
  "segmind",
  "stability-ai",
  "triton",
  "tripo3d",
];

/** Variables that people set already, following the instructions that this gateway promises to honour. */
const promisedVariables = {
  OPENAI_API_KEY: "openai",
  PROVIDER_OPENAI_API_KEY: "openai",
  ANTHROPIC_API_KEY: "anthropic",
  PROVIDER_ANTHROPIC_API_KEY: "anthropic",
  DEEPINFRA_API_KEY: "deepinfra",
  OPENROUTER_API_KEY: "openrouter",
  PORTKEY_API_KEY: "portkey",
  FEATHERLESS_API_KEY: "featherless",
  CHUTES_API_KEY: "chutes",
  PROVIDER_GOOGLE_AI_KEY: "google-ai",
  PROVIDER_COHERE_API_KEY: "cohere",
  PROVIDER_TOGETHER_AI_KEY: "together-ai",
  AWS_ACCESS_KEY_ID: "bedrock",
};

describe("assets/providers", () => {
  test.each([...raw])("%s is a valid row under its own name", (file, row) => {
    expect(providerSchema.safeParse(row).error?.issues ?? []).toEqual([]);
    expect(file).toBe(`${String(row["id"])}.json`);
  });

  test.each([...raw])("%s says nothing that the schema says by default", (_file, row) => {
    const { id, name, dialect, baseUrl, auth, endpoints } = row;
    const defaults = providerSchema.parse({ id, name, dialect, baseUrl, auth, endpoints });
    const repeats = (said: unknown, value: unknown): boolean => JSON.stringify(said) === JSON.stringify(value);
    const fields = Object.entries(defaults).filter(([field, value]) => !required.has(field) && repeats(row[field], value));
    const quirks = Object.entries(defaults.quirks).filter(([quirk, value]) =>
      repeats((row["quirks"] as Partial<Quirks> | undefined)?.[quirk as keyof Quirks], value),
    );
    expect([...fields, ...quirks]).toEqual([]);
  });

  test("ids and synonyms name one row each", () => {
    expect(repeated(rows.flatMap((row) => [row.id, ...row.synonyms]))).toEqual([]);
  });

  // One variable in two rows would send a person's key to two companies.
  test("environment variables belong to one row each", () => {
    expect(repeated(rows.flatMap((row) => row.environment))).toEqual([]);
  });

  // One that another row's keys begin with as well would give a pasted key to the wrong company.
  test("how keys begin belongs to one row each", () => {
    const prefixes = rows.flatMap((row) => row.keyPrefixes.map((prefix) => [prefix, row.id] as const));
    const clashes = prefixes.filter(([prefix, id]) => prefixes.some(([other, its]) => its !== id && other.startsWith(prefix)));
    expect(clashes).toEqual([]);
  });

  test.each(Object.entries(promisedVariables))("%s holds the key of %s", (variable, id) => {
    expect(rows.find((row) => row.environment.includes(variable))?.id).toBe(id);
  });

  test.each(rows.filter((row) => !row.local))("$id is reached over https with a key that a person can find out how to get", (row) => {
    expect(row.baseUrl).toMatch(/^https:\/\/.*[^/]$/);
    expect(row.auth).not.toBe("none");
    expect(row.environment).not.toEqual([]);
    expect(row.links).toMatchObject({
      site: expect.stringMatching(/^https:/),
      keys: expect.stringMatching(/^https:/),
      docs: expect.stringMatching(/^https:/),
    });
  });

  test("the model servers of this machine are keyless, on loopback, at the ports that they use unless told otherwise", () => {
    const local = rows.filter((row) => row.local);
    expect(local.map((row) => [row.id, row.auth, row.baseUrl])).toEqual([
      ["llama-cpp", "none", "http://127.0.0.1:8080/v1"],
      ["lm-studio", "none", "http://127.0.0.1:1234/v1"],
      ["ollama", "none", "http://127.0.0.1:11434/v1"],
      ["vllm", "none", "http://127.0.0.1:8000/v1"],
    ]);
  });

  test.each(rows.filter((row) => Object.keys(row.options).length > 0 || row.baseUrl.includes("{")))(
    "$id describes what its base URL asks for",
    (row) => {
      expect(Object.keys(row.options).sort()).toEqual(placeholders(row.baseUrl));
    },
  );

  // The environment of a shell is not where a person decides which company gets their key.
  test.each(rows.filter((row) => row.baseUrl.includes("{")))("$id does not let the environment choose the domain", (row) => {
    const host = row.baseUrl.replace(/^https:\/\//, "").split("/")[0] ?? "";
    const filled = host.replaceAll(/\{([a-z-]+)\}/g, (_placeholder, name: string) => {
      const option = row.options[name];
      return option?.environment.length === 0 ? (option.default ?? "") : "chosen";
    });
    expect(filled).toMatch(/(?:^|\.)(?!chosen)[a-z0-9]+\.com$/);
  });

  test.each(rows.filter((row) => Object.keys(row.paths).length > 0))("$id gives other paths only for what it offers", (row) => {
    for (const endpoint of Object.keys(endpointPaths) as (keyof typeof endpointPaths)[]) {
      if (row.paths[endpoint] === undefined) continue;
      expect(row.endpoints).toContain(endpoint);
      expect(row.paths[endpoint]).not.toBe(endpointPaths[endpoint]);
    }
  });

  test("no row carries a credential in its headers", () => {
    const carried = rows.flatMap((row) => Object.keys(row.headers));
    expect(carried.filter((header) => /authorization|cookie|key|token|secret/.test(header))).toEqual([]);
  });

  test("every Portkey id is answered by a row, closed, or foreign", () => {
    const open = portkeyIds.trim().split(/\s+/);
    expect(open.filter((id) => !names.has(id))).toEqual([]);
    expect([...Object.keys(closed), ...foreign].filter((id) => names.has(id))).toEqual([]);
    expect(open.length + Object.keys(closed).length + foreign.length).toBe(74);
  });

  test.each([
    ["gemini", "google-ai"],
    ["together", "together-ai"],
    ["perplexity", "perplexity-ai"],
    ["mistral", "mistral-ai"],
    ["grok", "xai"],
    ["azure", "azure-openai"],
    ["hf", "huggingface"],
    ["kimi", "moonshot"],
    ["llama.cpp", "llama-cpp"],
  ])("%s is short for %s", (synonym, id) => {
    expect(names.get(synonym)).toBe(id);
  });

  test("the providers that the instructions for this gateway name resolve", () => {
    const named =
      "openai anthropic deepinfra google-ai cohere together-ai perplexity-ai mistral-ai groq xai nebius cerebras novita openrouter";
    const also = "huggingface portkey featherless chutes mistral google bedrock pollinations";
    expect(`${named} ${also}`.split(" ").filter((id) => !names.has(id))).toEqual([]);
  });
});
