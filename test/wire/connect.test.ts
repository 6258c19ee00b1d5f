import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse as parseJsonc } from "jsonc-parser";
import { parse as parseToml } from "smol-toml";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import type { ToolGuide } from "#shared/contract/connect.ts";
import { keyPlaceholder } from "#shared/contract/connect.ts";
import { type Connector, connectorSchema } from "#shared/schema/connector.ts";
import { permissionsSchema } from "#shared/schema/grant.ts";
import { tools } from "#shared/tools.ts";
import { adminOf } from "../fakes/call-admin.ts";
import { type CommandResult, runCommand } from "../fakes/run-command.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";

// A person's own config files are changed only as they were shown, and become what they were, byte for byte.

const folder = path.resolve(import.meta.dirname, "../../assets/connectors");
const connectors: readonly Connector[] = readdirSync(folder)
  .sort()
  .map((file) => connectorSchema.parse(JSON.parse(readFileSync(path.join(folder, file), "utf8"))));
const withFiles = connectors.filter(({ files }) => files.length > 0).map(({ id }) => id);

let postern: RunningPostern;
let home: string;
let call: ReturnType<typeof adminOf>;
let key: string;

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), "postern-home-"));
  postern = await startPostern({ environment: { HOME: home }, config: { aliases: { mine: { provider: "postern", model: "hello" } } } });
  call = adminOf(postern);
  ({ key } = await call("addGrant", { body: { name: "tester", permissions: permissionsSchema.parse({}) } }));
});

beforeEach(() => {
  for (const name of readdirSync(home)) rmSync(path.join(home, name), { recursive: true, force: true });
  rmSync(path.join(postern.dataFolder, "connections"), { recursive: true, force: true });
});

afterAll(async () => {
  await postern.stop();
  rmSync(home, { recursive: true, force: true });
});

const guide = (tool: string): Promise<ToolGuide> => call("getTool", { parameters: { tool }, query: { model: "mine" } });

async function connect(tool: string, model = "mine"): Promise<void> {
  const { plan } = await call("previewConnection", { parameters: { tool }, body: { model } });
  await call("applyConnection", { parameters: { tool }, body: { model, plan, key } });
}

const undo = (tool: string): Promise<unknown> => call("undoConnection", { parameters: { tool } });

/** Every file and folder at home, with what is in it. */
function homeNow(): Record<string, string | null> {
  return Object.fromEntries(
    readdirSync(home, { recursive: true, withFileTypes: true }).map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(home, file), entry.isFile() ? readFileSync(file, "utf8") : null];
    }),
  );
}

function read(file: string, format: string): unknown {
  const text = readFileSync(file, "utf8");
  if (format === "toml") return parseToml(text);
  if (format === "yaml") return parseYaml(text);
  if (format === "json") {
    const errors: unknown[] = [];
    const value: unknown = parseJsonc(text, errors as never[], { allowTrailingComma: true });
    if (errors.length > 0) throw new Error(`Cannot read ${file}: it is not sound`);
    return value;
  }
  return Object.fromEntries(text.split("\n").flatMap((line) => (/^(?:export )?\w+=/.test(line) ? [line.split(/=(.*)/).slice(0, 2)] : [])));
}

/** What a person has in such a file already, with comments, and with members that Postern knows nothing of. */
function existing(format: string, isList: boolean): string {
  if (isList && format === "json") return '[\n\t// mine\n\t{ "name": "Other", "vendor": "ollama" } // keep\n]\n';
  if (isList) return "# mine\n- model_id: other   # keep\n  model_name: other\n";
  const texts: Readonly<Record<string, string>> = {
    json: '{\n    // mine\n    "theme": "dark", // keep\n    "env": { "A_SECRET_TOKEN": "abcdefgh12345678" },\n    "unknown": [1, 2]\n}\n',
    toml: '# mine\nmodel = "gpt-5" # keep\napproval_policy = "on-request"\n\n# servers\n[mcp_servers.docs]\ncommand = "docs" # keep too\n\n[model_providers.other]\nname = "Other"\nenv_key = "OTHER_KEY"\n',
    yaml: "# mine\ndark-mode: true   # keep\nlist:\n- one\n- two\nmodels:\n- name: Other # mine as well\n  provider: ollama\n  model: llama3\n",
    env: "# mine\nexport OTHER=1 # keep\nOPENAI_API_KEY=sk-old-0123456789abcdef\n",
  };
  return texts[format] ?? "";
}

test("each tool's row is whole: what it runs is known, and names are unique", () => {
  expect(new Set(connectors.map(({ id }) => id)).size).toBe(connectors.length);
  expect(connectors.map(({ id }) => `${id}.json`)).toEqual(readdirSync(folder).sort());
  const known = new Map(tools.map((tool) => [tool.name, tool]));
  const running = connectors.filter(({ run }) => run !== null);
  expect(running.map(({ grantName }) => grantName)).toEqual(running.map(({ run }) => run));
  // Whatever "postern run" starts can be connected here as well.
  expect(new Set(connectors.map(({ run }) => run).filter((run) => run !== null))).toEqual(new Set(known.keys()));
});

test.each(connectors.map(({ id }) => id))("%s is described without a key, and with its address", async (id) => {
  const described = await guide(id);
  const text = JSON.stringify(described);
  expect(text).not.toContain(key);
  expect(text).not.toMatch(/\{(?:origin|key|model|port)\}/);
  expect(described.baseUrl).toContain(postern.url);
  const ways = [...described.snippets, ...described.steps, ...described.code, ...described.files].length;
  expect(described.reach.state === "none" ? described.reach.why : ways).toBeTruthy();
});

describe.each(withFiles)("%s", (id) => {
  test("is connected in an empty home, and leaves nothing behind", async () => {
    const { files } = await guide(id);
    await connect(id);
    const written = files.map((file) => [JSON.stringify(read(file.path, file.format)), statSync(file.path).mode & 0o777] as const);
    expect(written.map(([text]) => text).join(" ")).toContain(postern.url);
    for (const [text, mode] of written) expect([text.includes("{"), text.includes(keyPlaceholder), mode]).toEqual([true, false, 0o600]);
    expect((await guide(id)).connection).toMatchObject({ state: "applied", model: "mine", files: files.map((file) => file.path) });
    await undo(id);
    expect(homeNow()).toEqual({});
    expect((await guide(id)).connection).toMatchObject({ state: "none", files: [] });
  });

  test("keeps all that stands in its files, comments among it, and becomes the same bytes again", async () => {
    const { files } = await guide(id);
    const connector = connectors.find((one) => one.id === id) as Connector;
    for (const [index, file] of files.entries()) {
      mkdirSync(path.dirname(file.path), { recursive: true });
      const isList = connector.files[index]?.changes.some(({ at }) => at.length === 0) === true;
      writeFileSync(file.path, existing(file.format, isList));
      chmodSync(file.path, 0o644);
    }
    const before = homeNow();
    const { files: changes } = await call("previewConnection", { parameters: { tool: id }, body: { model: "mine" } });
    const shown = JSON.stringify(changes);
    expect(homeNow()).toEqual(before);
    expect(shown).not.toMatch(/abcdefgh12345678|sk-old-0123456789/);
    await connect(id);
    for (const file of files) {
      const text = readFileSync(file.path, "utf8");
      const kept = existing(file.format, /^(?:\[|- |# mine\n- )/.test(before[path.relative(home, file.path)] ?? ""));
      for (const comment of kept.match(/(?:#|\/\/) .*$/gm) ?? []) expect(text).toContain(comment.trim());
      expect(JSON.stringify(read(file.path, file.format))).toMatch(/Other|other|dark|OTHER/);
      expect(statSync(file.path).mode & 0o777).toBe(0o644);
    }
    await undo(id);
    expect(homeNow()).toEqual(before);
  });
});

test("a second connection keeps what the person had before the first, and changes the model", async () => {
  const file = path.join(home, ".codex/config.toml");
  mkdirSync(path.dirname(file));
  writeFileSync(file, 'model = "gpt-5"\n');
  await connect("codex", "mine");
  await connect("codex", "@postern/hello");
  expect(parseToml(readFileSync(file, "utf8"))).toMatchObject({ model: "@postern/hello", model_provider: "postern" });
  await undo("codex");
  expect(readFileSync(file, "utf8")).toBe('model = "gpt-5"\n');
  await expect(undo("codex")).rejects.toThrow("Postern has changed none of its files");
});

test("the key stands in the file that needs it, and nowhere else", async () => {
  const { needsKey, files } = await call("previewConnection", { parameters: { tool: "codex" }, body: { model: "mine" } });
  expect([needsKey, JSON.stringify(files).includes(key)]).toEqual([true, false]);
  await connect("codex");
  expect(readFileSync(path.join(home, ".codex/config.toml"), "utf8")).not.toContain(key);
  expect(readFileSync(path.join(home, ".codex/.env"), "utf8")).toBe(`POSTERN_KEY=${key}\n`);
});

test("a file that changed after it was shown is not touched", async () => {
  const file = path.join(home, ".aider.conf.yml");
  writeFileSync(file, "dark-mode: true\n");
  const { plan } = await call("previewConnection", { parameters: { tool: "aider" }, body: { model: "mine" } });
  writeFileSync(file, "dark-mode: false\n");
  await expect(call("applyConnection", { parameters: { tool: "aider" }, body: { model: "mine", plan, key } })).rejects.toThrow(
    "one of its files changed since it was shown",
  );
  expect(readFileSync(file, "utf8")).toBe("dark-mode: false\n");
});

test("an undo over somebody's later change is refused and says so; the connection can be forgotten", async () => {
  const file = path.join(home, ".aider.conf.yml");
  await connect("aider");
  writeFileSync(file, `${readFileSync(file, "utf8")}vim: true\n`);
  expect((await guide("aider")).connection.state).toBe("changed");
  await expect(undo("aider")).rejects.toThrow(`${file} was changed since`);
  expect(readFileSync(file, "utf8")).toContain("vim: true");
  expect((await call("forgetConnection", { parameters: { tool: "aider" } })).state).toBe("none");
  expect(readFileSync(file, "utf8")).toContain("vim: true");
});

test("where the second file cannot be written, the first is what it was", async () => {
  const codex = path.join(home, ".codex");
  mkdirSync(codex);
  writeFileSync(path.join(codex, "config.toml"), 'model = "gpt-5"\n');
  const { plan } = await call("previewConnection", { parameters: { tool: "codex" }, body: { model: "mine" } });
  // Its temporary file's name is taken by a folder, which nobody removes.
  mkdirSync(path.join(codex, "..env.postern-tmp"));
  await expect(call("applyConnection", { parameters: { tool: "codex" }, body: { model: "mine", plan, key } })).rejects.toThrow(
    "cannot be written",
  );
  expect(readFileSync(path.join(codex, "config.toml"), "utf8")).toBe('model = "gpt-5"\n');
  expect(existsSync(path.join(codex, ".env"))).toBe(false);
  expect((await guide("codex")).connection.state).toBe("none");
});

test("a broken file is left alone, and what is wrong is said without a word of it", async () => {
  mkdirSync(path.join(home, ".codex"));
  const file = path.join(home, ".codex/config.toml");
  writeFileSync(file, 'model = "gpt-5"\nsecret = sk-broken-0123456789abcdef\n');
  const failure = await connect("codex").catch((error: Error) => error.message);
  expect(failure).toBe(`Cannot change ${file}: it is not sound (line 2); mend it, or change it by hand`);
});

test("a link within the home folder is followed and stays one; one that leads out is refused", async () => {
  mkdirSync(path.join(home, "dotfiles"));
  writeFileSync(path.join(home, "dotfiles/aider.yml"), "dark-mode: true\n");
  symlinkSync(path.join(home, "dotfiles/aider.yml"), path.join(home, ".aider.conf.yml"));
  await connect("aider");
  expect(readFileSync(path.join(home, "dotfiles/aider.yml"), "utf8")).toContain("openai-api-base");
  await undo("aider");
  expect(readFileSync(path.join(home, ".aider.conf.yml"), "utf8")).toBe("dark-mode: true\n");

  const outside = mkdtempSync(path.join(tmpdir(), "postern-outside-"));
  symlinkSync(outside, path.join(home, ".codex"));
  await expect(connect("codex")).rejects.toThrow("it lies outside your home folder");
  expect(readdirSync(outside)).toEqual([]);
  rmSync(outside, { recursive: true });
});

test("line ends and the mark at the beginning stay as they are", async () => {
  const file = path.join(home, ".claude/settings.json");
  mkdirSync(path.dirname(file));
  writeFileSync(file, '\uFEFF{\r\n  "theme": "dark"\r\n}\r\n');
  await connect("claude-code");
  const text = readFileSync(file, "utf8");
  expect([text.startsWith("\uFEFF{\r\n"), /(?<!\r)\n/.test(text)]).toEqual([true, false]);
});

test("a key that no tool has is refused", async () => {
  const { plan } = await call("previewConnection", { parameters: { tool: "aider" }, body: { model: "mine" } });
  const body = { model: "mine", plan, key: "postern_0000000000000000000000000000000000000000000" };
  await expect(call("applyConnection", { parameters: { tool: "aider" }, body })).rejects.toThrow("no tool's grant has it");
  await expect(call("applyConnection", { parameters: { tool: "aider" }, body: { ...body, key: null } })).rejects.toThrow(
    "its key is missing",
  );
});

test("tools are found by their programs and their folders, with the version that their files tell", async () => {
  const bin = path.join(home, ".local/bin");
  const manifest = path.join(home, ".npm-global/lib/node_modules/opencode-ai");
  mkdirSync(bin, { recursive: true });
  mkdirSync(path.join(manifest, "bin"), { recursive: true });
  writeFileSync(
    path.join(manifest, "package.json"),
    JSON.stringify({ name: "opencode-ai", version: "1.2.3", bin: { opencode: "bin/opencode" } }),
  );
  writeFileSync(path.join(manifest, "bin/opencode"), "#!/bin/sh\n");
  chmodSync(path.join(manifest, "bin/opencode"), 0o755);
  symlinkSync(path.join(manifest, "bin/opencode"), path.join(bin, "opencode"));
  mkdirSync(path.join(home, ".vscode/extensions/saoudrizwan.claude-dev-3.9.1"), { recursive: true });
  mkdirSync(path.join(home, ".vscode/extensions/saoudrizwan.claude-dev-3.10.0"), { recursive: true });
  const { tools: listed } = await call("listTools", {});
  const found = Object.fromEntries(listed.map((tool) => [tool.id, tool.found]));
  expect(found).toMatchObject({
    opencode: { path: path.join(bin, "opencode"), version: "1.2.3" },
    cline: { path: path.join(home, ".vscode/extensions/saoudrizwan.claude-dev-3.10.0"), version: "3.10.0" },
    "openai-sdk": null,
    zed: null,
  });
});

test("a variable in a shell's own file is told with its line, never with its value", async () => {
  writeFileSync(path.join(home, ".zshrc"), "# mine\nexport ANTHROPIC_API_KEY=sk-ant-0123456789abcdef\nalias x=y\n");
  const { conflicts } = await guide("claude-code");
  expect(conflicts).toEqual([{ name: "ANTHROPIC_API_KEY", where: `${path.join(home, ".zshrc")}, line 2` }]);
});

test("the command lists, shows the change, changes it once that is agreed to, and undoes it", async () => {
  const file = path.join(home, ".aider.conf.yml");
  writeFileSync(file, "# mine\ndark-mode: true\n");
  const run = (...words: string[]): Promise<CommandResult> => runCommand(["connect", "--data-dir", postern.dataFolder, ...words]);
  expect((await run()).stdout).toMatch(/^cursor +Cursor; cannot call this machine$/m);
  const asked = await run("aider", "--model", "mine");
  expect([asked.code, asked.stderr]).toEqual([1, expect.stringContaining("+ openai-api-key: postern_THE_KEY\n")]);
  expect(readFileSync(file, "utf8")).toBe("# mine\ndark-mode: true\n");
  const done = await run("aider", "--model", "mine", "--yes");
  expect([done.code, done.stdout]).toEqual([0, expect.stringContaining("aider is connected")]);
  const written = /openai-api-key: (\S+)/.exec(readFileSync(file, "utf8"))?.[1] ?? "";
  expect(written).toMatch(/^postern_\w{43}$/);
  expect(done.stdout + done.stderr + asked.stderr).not.toContain(written);
  expect((await fetch(`${postern.url}/v1/models`, { headers: { authorization: `Bearer ${written}` } })).status).toBe(200);
  expect((await run("aider", "--undo")).code).toBe(0);
  expect(readFileSync(file, "utf8")).toBe("# mine\ndark-mode: true\n");
  expect((await run("claude-code", "--print", "fish")).stdout).toContain(`set -gx ANTHROPIC_BASE_URL ${postern.url}\n`);
  expect((await run("claude-code", "--print", "tcsh")).code).toBe(2);
  expect((await run("cursor")).code).toBe(1);
});

test("the grant of a tool's name shows when it was last seen", async () => {
  const { key: claudeKey } = await call("addGrant", { body: { name: "claude", permissions: permissionsSchema.parse({}) } });
  expect((await guide("claude-code")).grant).toMatchObject({ state: "active", lastSeenAtMs: null });
  const startedAtMs = Date.now();
  const answer = await fetch(`${postern.url}/v1/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${claudeKey}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "mine", max_tokens: 50, messages: [{ role: "user", content: "hello" }] }),
  });
  await answer.text();
  expect(answer.status).toBe(200);
  const { grant } = await guide("claude-code");
  expect(grant?.lastSeenAtMs).toBeGreaterThanOrEqual(startedAtMs);
  const { activity } = await call("listGrantActivity", {});
  expect(activity).toMatchObject([{ grantId: grant?.id, callsToday: 1, costTodayMicroUsd: 0 }]);
});
