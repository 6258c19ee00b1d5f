import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommand } from "../fakes/run-command.ts";
import { openAiModels } from "../fakes/openai-replies.ts";
import { startPostern } from "../fakes/start-postern.ts";
import { startScriptedProvider } from "../fakes/scripted-provider.ts";
import { whyNoStoredKeys } from "../clients/add-key.ts";

const secret = "sk-canary-4f1d9b7c2e8a6035";
const environment = { POSTERN_PASSPHRASE: "correct horse battery staple" };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Every file below a folder, by its path there; what is no file (a socket) is left out. */
function filesIn(root: string): string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

function run(...words: string[]): ReturnType<typeof runCommand> {
  return runCommand([...words, "--data-dir", folder], { environment });
}

describe("postern", () => {
  test.each([
    [["--help"], 0],
    [["serve", "--help"], 0],
    [["--version"], 0],
    [[], 2],
    [["frobnicate"], 2],
    [["serve", "--prot", "1"], 2],
    [["serve", "--port", "x"], 2],
    [["keys", "add"], 2],
    [["owner-key"], 2],
  ])("%j ends with %i and says something", async (words, code) => {
    const result = await runCommand(
      words.length > 0 && words[0] !== "--help" && words[0] !== "--version" ? [...words, "--data-dir", folder] : words,
    );
    expect({ code: result.code, says: (result.stdout + result.stderr).length > 5 }).toEqual({
      code: words.length === 0 ? 2 : code,
      says: true,
    });
  });
});

describe.skipIf(whyNoStoredKeys !== null)(`postern keys (${whyNoStoredKeys ?? "runs here"})`, () => {
  test("adds from standard input, lists without the key, and removes", async () => {
    const added = await runCommand(["keys", "add", "openai", "--name", "work", "--data-dir", folder], {
      input: `${secret}\n`,
      environment,
    });
    const listed = await run("keys", "list", "--json");
    const removed = await run("keys", "remove", "openai", "--name", "work");
    const again = await run("keys", "remove", "openai", "--name", "work");
    expect([added.code, listed.code, removed.code, again.code]).toEqual([0, 0, 0, 1]);
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { provider: "openai", name: "work", lastFour: "6035", origins: ["https://api.openai.com"], source: "file" },
    ]);
    expect([added, listed, removed].map(({ stdout, stderr }) => stdout + stderr).join()).not.toContain(secret);
  });

  test("leaves the key nowhere on the disk in the clear, and everything closed to others", async () => {
    await runCommand(["keys", "add", "openai", "--data-dir", folder], { input: secret, environment });
    const forms = [secret, Buffer.from(secret).toString("base64"), Buffer.from(secret).toString("hex")];
    const files = filesIn(folder);
    expect(files).toContain("vault.json");
    for (const file of files) {
      const content = readFileSync(path.join(folder, file)).toString("latin1");
      expect({ file, found: forms.some((form) => content.includes(form)), mode: statSync(path.join(folder, file)).mode & 0o077 }).toEqual({
        file,
        found: false,
        mode: 0,
      });
    }
  });

  test("refuses an empty key, a key with spaces, an unknown provider and a provider that takes none", async () => {
    const inputs: [string, string][] = [
      ["openai", ""],
      ["openai", "two words"],
      ["nobody", secret],
      ["ollama", secret],
    ];
    for (const [provider, input] of inputs) {
      const { code, stderr } = await runCommand(["keys", "add", provider, "--data-dir", folder], { input, environment });
      expect([provider, code, stderr.includes("Cannot")]).toEqual([provider, 1, true]);
    }
  });

  test("imports what a .env file has, placeholders left out, and says to take the keys out of it", async () => {
    const file = path.join(folder, "mine.env");
    writeFileSync(file, `OPENAI_API_KEY=${secret}\nGROQ_API_KEY=your_groq_key\nPROVIDER_GOOGLE_AI_KEY="AIza-canary-0123456789"\n`);
    const imported = await run("keys", "import", file);
    const listed = await run("keys", "list", "--json");
    expect(imported.stdout).toContain("take them out of it");
    expect((JSON.parse(listed.stdout) as { provider: string }[]).map((key) => key.provider).sort()).toEqual(["google-ai", "openai"]);
  });

  test("tests a key with its provider's model list", async () => {
    await using provider = await startScriptedProvider();
    provider.route("GET", "/v1/models", openAiModels(["gpt-4o"]));
    writeFileSync(path.join(folder, "config.json"), JSON.stringify({ providers: { openai: { baseUrl: `${provider.origin}/v1` } } }));
    await runCommand(["keys", "add", "openai", "--data-dir", folder], { input: secret, environment });
    const tested = await run("keys", "test", "openai");
    expect([tested.code, provider.requests[0]?.headers["authorization"]]).toEqual([0, `Bearer ${secret}`]);
  });
});

describe("postern owner-key", () => {
  test("replaces the key of a running instance at once, and prints the new one alone", async () => {
    await using postern = await startPostern({ key: "", dataFolder: folder });
    const first = /postern_[\w-]+/.exec(postern.stdout())?.[0] ?? "";
    const { stdout } = await run("owner-key", "--replace");
    const statusWith = async (key: string): Promise<number> =>
      (await fetch(`${postern.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status;
    expect(stdout).toMatch(/^postern_[\w-]{43}\n$/);
    expect([await statusWith(first), await statusWith(stdout.trim())]).toEqual([401, 200]);
  });
});

describe("the first start", () => {
  test("shows a key once, whose hash alone is kept, and a curl line that works", async () => {
    await using postern = await startPostern({ key: "", dataFolder: folder });
    const key = /postern_[\w-]+/.exec(postern.stdout())?.[0] ?? "";
    expect(postern.stdout()).toContain("@postern/hello");
    const response = await fetch(`${postern.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "@postern/hello", stream: true, messages: [{ role: "user", content: "Grüezi" }] }),
    });
    const answer = await response.text();
    expect(answer).toContain("Grüezi");
    expect(answer).toMatch(/"finish_reason":"stop"[^\n]*\n\ndata: \[DONE\]\n\n$/);
    for (const file of filesIn(folder)) {
      expect(readFileSync(path.join(folder, file)).includes(key)).toBe(false);
    }
    await postern.stop();
    await using second = await startPostern({ key: "", dataFolder: folder });
    expect(second.stdout()).not.toContain("postern_");
  });
});

describe("model servers on this machine", () => {
  test("are offered, refused until they are accepted, and then answer without a key", async () => {
    await using server = await startScriptedProvider();
    server.route("GET", "/v1/models", openAiModels(["llama3"]));
    const config = {
      discovery: { enabled: true },
      providers: Object.fromEntries(
        ["ollama", "lm-studio", "llama-cpp", "vllm"].map((id) => [
          id,
          { baseUrl: `${id === "ollama" ? server.origin : "http://127.0.0.1:9"}/v1` },
        ]),
      ),
    };
    await using postern = await startPostern({ config, dataFolder: folder });
    const ask = async (): Promise<Response> =>
      fetch(`${postern.url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${postern.key}`, "content-type": "application/json" },
        body: JSON.stringify({ model: "@ollama/llama3", messages: [{ role: "user", content: "Hi" }] }),
      });
    const status = await run("status");
    const before = await ask();
    expect(status.stdout).toContain(`Found Ollama at ${server.origin} (1 models). To use it: postern accept ollama`);
    expect([before.status, ((await before.json()) as { error: { code: string } }).error.code]).toEqual([400, "provider_not_accepted"]);
    expect(server.requests.every((request) => request.method === "GET")).toBe(true);
    const accepted = await run("accept", "ollama");
    server.route("POST", "/v1/chat/completions", openAiModels([]));
    const after = await ask();
    expect([accepted.code, after.status]).toEqual([0, 200]);
    expect(server.requests.at(-1)?.headers["authorization"]).toBeUndefined();
  });

  test("cannot be accepted where the provider is elsewhere", async () => {
    const { code, stderr } = await run("accept", "openai");
    expect([code, stderr.includes("no model server on this machine")]).toEqual([1, true]);
  });
});
