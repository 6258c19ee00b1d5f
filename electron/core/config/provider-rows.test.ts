import { describe, expect, it } from "vitest";
import { fillRow, mergeProviderRows, type ProviderRow } from "./provider-rows.ts";
import { readConfig } from "./read-config.ts";

const builtIn = new Map<string, Record<string, unknown>>([
  [
    "openai",
    {
      id: "openai",
      name: "OpenAI",
      dialect: "openai-chat",
      baseUrl: "https://api.openai.com/v1",
      auth: "bearer",
      endpoints: ["chat"],
      environment: ["OPENAI_API_KEY"],
    },
  ],
  [
    "azure-openai",
    {
      id: "azure-openai",
      name: "Azure",
      synonyms: ["azure"],
      dialect: "openai-chat",
      baseUrl: "https://{resource}.openai.azure.com/openai/v1",
      options: { resource: { title: "Resource", environment: ["AZURE_RESOURCE"] } },
      auth: "api-key",
      endpoints: ["chat"],
    },
  ],
  [
    "ollama",
    {
      id: "ollama",
      name: "Ollama",
      dialect: "openai-chat",
      baseUrl: "http://127.0.0.1:11434/v1",
      auth: "none",
      endpoints: ["chat"],
      local: true,
    },
  ],
]);

function merge(providers: object, environment: Record<string, string> = {}): ReturnType<typeof mergeProviderRows> {
  const reading = readConfig(JSON.stringify({ providers }));
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return mergeProviderRows(builtIn, reading.config, { environment, locate: reading.locate });
}

function row(id: string, ...from: Parameters<typeof merge>): ProviderRow | undefined {
  return merge(...from).rows.find(id);
}

describe("mergeProviderRows()", () => {
  it("changes one field of a built-in row and keeps the others", () => {
    expect(row("openai", { openai: { baseUrl: "http://127.0.0.1:9200/v1/" } })).toMatchObject({
      origin: "http://127.0.0.1:9200",
      basePath: "/v1",
      auth: "bearer",
      environment: ["OPENAI_API_KEY"],
    });
  });

  it("takes a row of the person's own with what the contract's example says and no more", () => {
    expect(row("my-vllm", { "my-vllm": { dialect: "openai-chat", baseUrl: "http://127.0.0.1:8000/v1", auth: "none" } })).toMatchObject({
      enabled: true,
      auth: "none",
    });
  });

  it("fills placeholders from config.json before the environment, and names those that nobody filled", () => {
    expect(row("azure", {})).toMatchObject({ missingOptions: ["resource"] });
    expect(row("azure", {}, { AZURE_RESOURCE: "mine" })).toMatchObject({ origin: "https://mine.openai.azure.com", missingOptions: [] });
    expect(row("azure", { "azure-openai": { values: { resource: "yours" } } }, { AZURE_RESOURCE: "mine" })?.origin).toBe(
      "https://yours.openai.azure.com",
    );
  });

  it("lets no environment variable choose another host through a placeholder", () => {
    expect(row("azure", {}, { AZURE_RESOURCE: "evil.example/x#" })).toMatchObject({ missingOptions: ["resource"] });
  });

  it("lets no value lead out of the path that it stands in", () => {
    const mine = { dialect: "openai-chat", auth: "bearer", baseUrl: "https://a.example/accounts/{account}/v1" };
    const found = row("mine", { mine: { ...mine, options: { account: { title: "Account" } }, values: { account: "one" } } });
    const filled = ["two", "..", ".", "a/b"].map((account) => found && fillRow(found, { account })?.basePath);
    expect(filled).toEqual(["/accounts/two/v1", undefined, undefined, undefined]);
  });

  it("leaves out a variable that would make the address no URL", () => {
    const options = { host: { title: "Host", environment: ["MY_HOST"] } };
    const mine = { dialect: "openai-chat", auth: "none", baseUrl: "http://{host}/v1", options };
    expect(row("mine", { mine }, { MY_HOST: "1.2.3.999" })).toMatchObject({ missingOptions: ["host"] });
  });

  it("names the base URL, and throws nothing, where a placeholder's value makes it no URL", () => {
    const mine = { dialect: "openai-chat", auth: "none", baseUrl: "http://{host}/v1", options: { host: { title: "Host" } } };
    expect(merge({ mine: { ...mine, values: { host: "1.2.3.999" } } }).problems).toMatchObject([
      { path: "providers.mine.baseUrl", line: 1 },
    ]);
  });

  it("takes a model server on this machine only after it was accepted", () => {
    expect([row("ollama", {})?.enabled, row("ollama", { ollama: { enabled: true } })?.enabled]).toEqual([false, true]);
  });

  it.each<[string, object, string]>([
    ["an unknown field", { openai: { baseURL: "x" } }, "providers.openai.baseURL"],
    ["a row without an address", { mine: { dialect: "openai-chat", auth: "none" } }, "providers.mine.baseUrl"],
    ["another scheme", { openai: { baseUrl: "file:///etc/passwd" } }, "providers.openai.baseUrl"],
    ["a user name in the address", { openai: { baseUrl: "https://a@b.example/v1" } }, "providers.openai.baseUrl"],
    ["a fragment in the address", { openai: { baseUrl: "https://b.example/v1#x" } }, "providers.openai.baseUrl"],
    ["a metadata address", { openai: { baseUrl: "http://169.254.169.254/v1" } }, "providers.openai.baseUrl"],
    ["a metadata address as a number", { openai: { baseUrl: "http://2852039166/v1" } }, "providers.openai.baseUrl"],
    ["a metadata address as IPv6", { openai: { baseUrl: "http://[::ffff:169.254.169.254]/v1" } }, "providers.openai.baseUrl"],
    ["an unknown dialect", { openai: { dialect: "morse" } }, "providers.openai.dialect"],
  ])("refuses %s", (_name, providers, path) => {
    expect(merge(providers).problems.map((problem) => problem.path)).toContain(path);
  });
});
