import { execFile } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isFree, roomOf, rooms } from "./rooms.js";

const repository = path.resolve(import.meta.dirname, "../..");
const oxlintProgram = path.join(repository, "node_modules/oxlint/bin/oxlint");
const boundaries = "postern(boundaries)";
const rawFetch = "postern(no-raw-fetch)";
const slowImport = "postern(slow-import)";

/** What must be refused, and by which rule. A file called `x.ts` or `ring.ts` stands beside each of them. */
const refused = {
  "wire imports shared": [boundaries, "electron/core/wire/bad.ts", 'import "#shared/errors.ts";'],
  "wire imports a package": [boundaries, "electron/core/wire/bad.ts", 'import "zod";'],
  "wire imports the platform": [
    boundaries,
    "electron/core/wire/bad.ts",
    'import type { Clock } from "#core/platform.ts";\nexport type X = Clock;',
  ],
  "a dialect imports wire's code": [boundaries, "electron/core/dialects/bad.ts", 'import { x } from "#core/wire/x.ts";\nx();'],
  "a dialect imports a package": [boundaries, "electron/core/dialects/bad.ts", 'import "node:crypto";'],
  "routing imports the vault": [boundaries, "electron/core/routing/bad.ts", 'import { x } from "#core/vault/x.ts";\nx();'],
  "routing imports the vault's types": [
    boundaries,
    "electron/core/routing/bad.ts",
    'import type { X } from "#core/vault/x.ts";\nexport type Y = X;',
  ],
  "routing names the vault in a type": [boundaries, "electron/core/routing/bad.ts", 'export type Y = import("#core/vault/x.ts").X;'],
  "endpoints export from the gateway": [boundaries, "electron/core/endpoints/bad.ts", 'export { x } from "#core/gateway/x.ts";'],
  "endpoints export all of the gateway": [boundaries, "electron/core/endpoints/bad.ts", 'export * from "#core/gateway/x.ts";'],
  "the vault loads the gateway late": [boundaries, "electron/core/vault/bad.ts", 'export const x = await import("#core/gateway/x.ts");'],
  "the vault computes an import": [boundaries, "electron/core/vault/bad.ts", "export const x = (name: string) => import(name);"],
  "a dialect loads a package at once": [
    boundaries,
    "electron/core/dialects/bad.ts",
    'export const { hash } = process.getBuiltinModule("node:crypto");',
  ],
  "the vault loads by require": [
    boundaries,
    "electron/core/vault/bad.ts",
    'import { createRequire } from "node:module";\nexport const load = createRequire(import.meta.url);',
  ],
  "usage reaches an allowed room by a relative path": [
    boundaries,
    "electron/core/usage/bad.ts",
    'import { x } from "../store/x.ts";\nx();',
  ],
  "the gateway imports admin": [boundaries, "electron/core/gateway/bad.ts", 'import { x } from "#core/admin/x.ts";\nx();'],
  "the store imports the vault": [boundaries, "electron/core/store/bad.ts", 'import { x } from "#core/vault/x.ts";\nx();'],
  "core imports electron": [boundaries, "electron/core/vault/bad.ts", 'import "electron";'],
  "core imports headless": [boundaries, "electron/core/debug.ts", 'import { x } from "../headless/x.ts";\nx();'],
  "headless reaches into a room": [boundaries, "electron/headless/bad.ts", 'import { x } from "#core/vault/x.ts";\nx();'],
  "headless imports electron": [boundaries, "electron/headless/bad.ts", 'import "electron";'],
  "shared imports core": [boundaries, "shared/bad.ts", 'import type { Clock } from "#core/platform.ts";\nexport type X = Clock;'],
  "shared imports node": [boundaries, "shared/bad.ts", 'import "node:fs";'],
  "the renderer imports core": [boundaries, "renderer/bad.ts", 'import { x } from "#core/postern.ts";\nx();'],
  "the renderer imports node": [boundaries, "renderer/bad.ts", 'import "node:fs";'],
  "the renderer imports electron": [boundaries, "renderer/bad.ts", 'import "electron";'],
  "core imports a fake": [boundaries, "electron/core/vault/bad.ts", 'import { x } from "../../../test/fakes/x.ts";\nx();'],
  "a new folder has no row": [boundaries, "electron/elsewhere/bad.ts", "export const x = 1;"],
  "a room of core has no row": [boundaries, "electron/core/elsewhere/bad.ts", "export const x = 1;"],

  "the gateway fetches": [rawFetch, "electron/core/gateway/bad.ts", 'export const x = () => fetch("http://127.0.0.1");'],
  "the gateway hands fetch on": [rawFetch, "electron/core/gateway/bad.ts", "export const send = fetch;"],
  "the gateway fetches by globalThis": [
    rawFetch,
    "electron/core/gateway/bad.ts",
    'export const x = () => globalThis.fetch("http://127.0.0.1");',
  ],
  "the catalog imports undici": [rawFetch, "electron/core/catalog/bad.ts", 'import { request } from "undici";\nexport const x = request;'],
  "the gateway opens a pool": [rawFetch, "electron/core/gateway/bad.ts", 'import { Pool } from "undici";\nexport const x = Pool;'],
  "the gateway requests by node:http": [
    rawFetch,
    "electron/core/gateway/bad.ts",
    'const { request } = process.getBuiltinModule("node:http");\nexport const x = request;',
  ],
  "the gateway takes all of node:http": [
    boundaries,
    "electron/core/gateway/bad.ts",
    'const http = process.getBuiltinModule("node:http");\nexport const x = http.createServer;',
  ],
  "the gateway calls what it takes at once": [
    boundaries,
    "electron/core/gateway/bad.ts",
    'export const x = () => process.getBuiltinModule("node:http").get("http://127.0.0.1");',
  ],
  "the gateway takes the rest of node:http": [
    boundaries,
    "electron/core/gateway/bad.ts",
    'const { createServer, ...rest } = process.getBuiltinModule("node:http");\nexport const x = [createServer, rest];',
  ],
  "the gateway takes a name in quotes": [
    boundaries,
    "electron/core/gateway/bad.ts",
    'const { "request": x } = process.getBuiltinModule("node:http");\nexport const y = x;',
  ],
  "the gateway keeps the loader": [
    boundaries,
    "electron/core/gateway/bad.ts",
    'const { getBuiltinModule } = process;\nexport const x = getBuiltinModule("node:fs");',
  ],
  "the gateway finds the loader by its name": [
    boundaries,
    "electron/core/gateway/bad.ts",
    'export const x = process["getBuiltinModule"]("node:fs");',
  ],
  "headless takes node:http2": [
    rawFetch,
    "electron/headless/bad.ts",
    'const { connect } = process.getBuiltinModule("node:http2");\nexport const x = connect;',
  ],
  "the gateway exports from node:http": [slowImport, "electron/core/gateway/bad.ts", 'export { createServer } from "node:http";'],
  "the gateway imports node:http late": [
    slowImport,
    "electron/core/gateway/bad.ts",
    'export const x = async (): Promise<unknown> => await import("node:http");',
  ],
  "the gateway requests by node:https": [
    rawFetch,
    "electron/core/gateway/bad.ts",
    'import { request } from "node:https";\nexport const x = request;',
  ],
  "the gateway requests by a namespace": [
    rawFetch,
    "electron/core/gateway/bad.ts",
    'import https from "node:https";\nexport const x = https.get;',
  ],
  "the catalog opens a web socket": [rawFetch, "electron/core/catalog/bad.ts", 'export const x = new WebSocket("ws://127.0.0.1");'],
  "the gateway imports node:http": [
    slowImport,
    "electron/core/gateway/bad.ts",
    'import { createServer } from "node:http";\nexport const x = createServer;',
  ],
  "headless fetches": [rawFetch, "electron/headless/bad.ts", 'export const x = () => fetch("http://127.0.0.1");'],

  "a promise is left floating": [
    "typescript(no-floating-promises)",
    "electron/core/wire/bad.ts",
    "export function x(): void {\n  Promise.resolve(1);\n}",
  ],
  "a promise is taken for a condition": [
    "typescript(no-misused-promises)",
    "electron/core/wire/bad.ts",
    "export const x = (y: Promise<boolean>): number => {\n  if (y) return 1;\n  return 2;\n};",
  ],
  "a switch forgets a case": [
    "typescript(switch-exhaustiveness-check)",
    "electron/core/wire/bad.ts",
    'export function x(y: "a" | "b"): number {\n  switch (y) {\n    case "a":\n      return 1;\n  }\n  return 2;\n}',
  ],
  "a string is thrown": ["typescript(only-throw-error)", "electron/core/wire/bad.ts", 'export function x(): never {\n  throw "no";\n}'],
  "a type is any": ["typescript(no-explicit-any)", "electron/core/wire/bad.ts", "export const x = (y: any): unknown => y;"],
  "a type is imported as a value": [
    "typescript(consistent-type-imports)",
    "electron/core/wire/bad.ts",
    'import { X } from "./x.ts";\nexport type Y = X;',
  ],
  "core prints": ["eslint(no-console)", "electron/core/wire/bad.ts", 'console.log("here");\nexport {};'],
  "an export has no name": ["import(no-default-export)", "electron/core/wire/bad.ts", "export default 1;"],
  "two files import each other": [
    "import(no-cycle)",
    "electron/core/gateway/cycle.ts",
    'import { ring } from "./ring.ts";\nexport const cycle = (): unknown => ring;',
  ],
} as const satisfies Record<string, readonly [rule: string, file: string, code: string]>;

/** What must pass without a word. */
const accepted = {
  "shared uses zod and itself": [
    "shared/good.ts",
    'import * as z from "zod";\nimport { x } from "./x.ts";\nexport const y = z.literal(x());',
  ],
  "wire uses node and itself": [
    "electron/core/wire/good.ts",
    'import { Buffer } from "node:buffer";\nimport { x } from "./x.ts";\nexport const y = Buffer.from([x()]);',
  ],
  "a dialect uses wire's types": ["electron/core/dialects/good.ts", 'import type { X } from "#core/wire/x.ts";\nexport type Y = X;'],
  "the gateway uses its neighbours": [
    "electron/core/gateway/good.ts",
    'import { x } from "#core/vault/x.ts";\nimport type { Server } from "node:http";\nconst { createServer } = process.getBuiltinModule("node:http");\nexport const y = (): [number, Server] => [x(), createServer()];',
  ],
  "an injected fetch is called": ["electron/core/catalog/good.ts", "export const y = (fetch: typeof globalThis.fetch): unknown => fetch;"],
  "the gateway extends undici's base class": [
    "electron/core/gateway/hello.ts",
    'import { Dispatcher } from "undici";\nexport class Hello extends Dispatcher {}',
  ],
  "upstream dispatches": ["electron/core/upstream/good.ts", 'import { Pool } from "undici";\nexport const y = [Pool, fetch];'],
  "postern.ts wires all of core": [
    "electron/core/postern.ts",
    'import { x } from "./vault/x.ts";\nimport { x as z } from "#core/gateway/x.ts";\nexport const y = [x(), z()];',
  ],
  "headless starts postern": [
    "electron/headless/good.ts",
    'import { y } from "#core/postern.ts";\nconst { request } = process.getBuiltinModule("node:http");\nexport const z = [y, request];',
  ],
  "the vault loads keytar late": [
    "electron/core/vault/good.ts",
    'export const load = async (): Promise<unknown> => await import("keytar");',
  ],
  "a test imports what it likes": [
    "electron/core/wire/good.test.ts",
    'import { x } from "#core/vault/x.ts";\nexport const y = [x(), fetch];',
  ],
} as const satisfies Record<string, readonly [file: string, code: string]>;

interface Finding {
  readonly code: string;
  readonly filename: string;
  readonly message: string;
}

let root = "";
let findings: readonly Finding[] = [];
let fileCount = 0;

const refusedCases = Object.entries(refused).map(([name, [rule, file, code]], index) => ({
  name,
  rule,
  file: file.replace("bad.ts", `bad-${index}.ts`),
  code,
}));
const acceptedCases = Object.entries(accepted).map(([name, [file, code]]) => ({ name, file, code }));
const snippets = [...refusedCases, ...acceptedCases];

// One run over a tree of its own, with the repository's config and plugin: what is proved is what `npm run ok` uses.
beforeAll(async () => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), "postern-lint-")));
  for (const name of [".oxlintrc.json", "package.json", "test/lint/boundaries.js", "test/lint/rooms.js"]) {
    cpSync(path.join(repository, name), path.join(root, name));
  }
  symlinkSync(path.join(repository, "node_modules"), path.join(root, "node_modules"), "junction");
  write(
    "tsconfig.json",
    '{ "compilerOptions": { "strict": true, "target": "es2024", "module": "nodenext", "types": ["node"], "noEmit": true, "allowImportingTsExtensions": true } }',
  );
  for (const room of ["electron/core/wire", "electron/core/vault", "electron/core/store", "electron/core/gateway", "shared"]) {
    write(`${room}/x.ts`, "export interface X {\n  readonly y: number;\n}\nexport const x = (): number => 1;");
  }
  write("electron/core/gateway/ring.ts", 'import { cycle } from "./cycle.ts";\nexport const ring = (): unknown => cycle;');
  for (const { file, code } of snippets) write(file, code);

  const files = snippets.map(({ file }) => file);
  const report = JSON.parse(await oxlint(["--format=json", ...files])) as { diagnostics: Finding[]; number_of_files: number };
  findings = report.diagnostics.map((finding) => ({ ...finding, filename: finding.filename.replaceAll("\\", "/") }));
  fileCount = report.number_of_files;
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(root, file), `${text}\n`);
}

/** Runs the repository's oxlint in the tree. It exits with 1 where it finds something, which is no failure here. */
async function oxlint(options: readonly string[], cwd = root): Promise<string> {
  return await new Promise((resolve, reject) => {
    execFile(process.execPath, [oxlintProgram, ...options], { cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null && error.code !== 1) reject(new Error(`Cannot lint: ${stderr}`, { cause: error }));
      else resolve(stdout);
    });
  });
}

describe("the lint rules", () => {
  it("see every snippet, so that silence means something", () => {
    expect(fileCount).toBe(snippets.length);
  });

  it.each(refusedCases)("refuse that $name", ({ rule, file }) => {
    expect(findings.filter(({ filename }) => filename === file).map(({ code }) => code)).toContain(rule);
  });

  it.each(acceptedCases)("accept that $name", ({ file }) => {
    expect(findings.filter(({ filename }) => filename === file)).toEqual([]);
  });
});

describe("boundaries", () => {
  it("names the spelling that would work", () => {
    const [finding] = findings.filter(({ message }) => message.includes('"../store/x.ts"'));
    expect(finding?.message).toBe(
      'Cannot import "../store/x.ts": a relative path may not leave electron/core/usage; write "#core/store/x.ts"',
    );
  });
});

describe("the table of rooms", () => {
  const files = globSync("{shared,electron,renderer}/**/*.{ts,tsx,mjs}", {
    cwd: repository,
    exclude: (name) => name.includes(".types"),
  }).map((file) => file.replaceAll(path.sep, "/"));

  it("holds every source file", () => {
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !isFree(file) && roomOf(file) === undefined)).toEqual([]);
  });

  it("names only rooms that exist", () => {
    const named = Object.values(rooms).flatMap(({ folders }) => folders.map((folder) => folder.replace(" (types)", "")));
    expect(named.filter((folder) => folder !== "electron/core" && roomOf(folder) !== folder)).toEqual([]);
  });

  it("is asked about every source file when the repository is linted", async () => {
    const linted = await oxlint(["--debug=files"], repository);
    const seen = new Set(
      linted.split("\n").map((line) => path.relative(repository, path.resolve(repository, line.trim())).replaceAll(path.sep, "/")),
    );
    expect(files.filter((file) => !seen.has(file))).toEqual([]);
  });
});
