import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrations } from "#core/store/migrations.ts";
import { openStore } from "#core/store/open-store.ts";
import { isRefusedValue } from "#core/store/store-error.ts";
import type { Store } from "#core/store/store.ts";
import { openCallLog } from "#core/usage/call-log.ts";
import { callStatements, newCall, type OpenCall } from "#core/usage/call-record.ts";
import { localDay } from "#core/usage/local-day.ts";

const insertGrant =
  "INSERT INTO grants (id, name, key_hash, key_hint, kind, permissions, created_at_ms) VALUES (?, ?, ?, 'abcd', 'tool', '{}', 0)";

const price = {
  inputUsdPerMillion: 2.5,
  outputUsdPerMillion: 10,
  cacheReadUsdPerMillion: 1.25,
  cacheWriteUsdPerMillion: null,
  requestUsd: null,
  source: "catalog",
} as const;

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "postern-store-"));
  file = path.join(folder, "postern.db");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("openStore()", () => {
  test("makes a missing file, and keeps what was written for the next opening", async () => {
    const first = await openStore(file);
    expect(await first.run(insertGrant, ["1", "aider", hash(1)])).toBe(1);
    await first.close();
    const second = await openStore(file);
    const rows = await second.all<{ name: string; key_hash: Uint8Array }>("SELECT name, key_hash FROM grants WHERE id = ?", ["1"]);
    expect(rows).toEqual([{ name: "aider", key_hash: hash(1) }]);
    await second.close();
  });

  test("commits durably: WAL with synchronous FULL, foreign keys on, schema not trusted", async () => {
    const store = await openStore(file);
    const settings: Record<string, unknown> = {};
    for (const name of ["journal_mode", "synchronous", "foreign_keys", "trusted_schema", "user_version"]) {
      settings[name] = Object.values((await store.all<Record<string, unknown>>(`PRAGMA ${name}`))[0] ?? {})[0];
    }
    expect(settings).toEqual({ journal_mode: "wal", synchronous: 2, foreign_keys: 1, trusted_schema: 0, user_version: migrations.length });
    await store.close();
  });

  test("opens an empty file as a new database", async () => {
    writeFileSync(file, "");
    const store = await openStore(file);
    expect(await store.all("SELECT * FROM calls")).toEqual([]);
    await store.close();
  });

  test("takes over a database of version 0 with a copy of what it held", async () => {
    writeDatabase("CREATE TABLE older (value TEXT); INSERT INTO older VALUES ('kept')");
    const store = await openStore(file);
    expect(await store.all("SELECT * FROM older")).toEqual([{ value: "kept" }]);
    expect(await store.all("SELECT * FROM calls")).toEqual([]);
    await store.close();
    using copy = new DatabaseSync(`${file}.before-v${migrations.length}`, { readOnly: true });
    expect(copy.prepare("SELECT name FROM sqlite_schema").all()).toEqual([{ name: "older" }]);
  });

  test.skipIf(process.platform === "win32")("leaves no file that others may read, not even one that was readable before", async () => {
    writeDatabase("CREATE TABLE older (value TEXT)");
    chmodSync(file, 0o644);
    const store = await openStore(file);
    await store.run(insertGrant, ["1", "aider", hash(1)]);
    const modes = Object.fromEntries(
      readdirSync(folder).map((name) => [name, (statSync(path.join(folder, name)).mode & 0o777).toString(8)]),
    );
    expect(modes).toEqual({
      "postern.db": "600",
      "postern.db-shm": "600",
      "postern.db-wal": "600",
      [`postern.db.before-v${migrations.length}`]: "600",
    });
    await store.close();
  });

  test("is whole for six openers of one new file at once", async () => {
    const stores = await Promise.all(Array.from({ length: 6 }, () => openStore(file)));
    const writes = stores.flatMap((store, opener) =>
      Array.from({ length: 10 }, (_, index) =>
        store.run(insertGrant, [`${opener}-${index}`, `tool ${opener}-${index}`, hash(opener * 10 + index)]),
      ),
    );
    await Promise.all(writes);
    expect(await stores[0]?.all("SELECT count(*) AS count FROM grants")).toEqual([{ count: 60 }]);
    await Promise.all(stores.map((store) => store.close()));
  });
});

describe("openStore() refuses and leaves untouched", () => {
  test("a database of a newer version, even with a left-over WAL", async () => {
    writeDatabase("PRAGMA journal_mode = WAL; CREATE TABLE later (value TEXT); PRAGMA user_version = 700");
    // A copy of a database that is in use has a WAL that was never put in its place, as after a power cut.
    using writer = new DatabaseSync(file);
    writer.exec("INSERT INTO later VALUES ('in the WAL'); PRAGMA user_version = 800");
    const copy = path.join(folder, "copy.db");
    for (const suffix of ["", "-wal"]) writeFileSync(copy + suffix, readFileSync(file + suffix));
    const before = [readFileSync(copy), readFileSync(`${copy}-wal`)];
    expect(before[1]?.length).toBeGreaterThan(0);

    await expect(openStore(copy)).rejects.toThrow(
      `Cannot open the database ${copy}: it has version 800 and this Postern knows versions up to ${migrations.length}; update Postern, or choose another data folder`,
    );
    expect([readFileSync(copy), readFileSync(`${copy}-wal`)]).toEqual(before);
  });

  test("a file that is no database", async () => {
    const bytes = Buffer.from("# Notes\n".repeat(600));
    writeFileSync(file, bytes, { mode: 0o640 });
    const { mode } = statSync(file);
    await expect(openStore(file)).rejects.toMatchObject({
      message: `Cannot open the database ${file}: file is not a database; nothing was changed; move the file away to start anew, or put a copy of it in its place`,
      cause: { errcode: 26 },
    });
    expect(readFileSync(file)).toEqual(bytes);
    expect(statSync(file).mode).toBe(mode);
    expect(readdirSync(folder)).toEqual(["postern.db"]);
  });

  test.each([
    ["its schema", 100, 3000],
    ["a page of rows", -3 * 4096, 4096],
  ])("a database with damage in %s", async (_where, offset, length) => {
    const store = await openStore(file);
    await store.transaction(Array.from({ length: 500 }, (_, index) => callStatements(call(`${index}`))).flat());
    await store.close();
    const bytes = readFileSync(file);
    const start = offset < 0 ? bytes.length + offset : offset;
    bytes.fill(0xa5, start, start + length);
    writeFileSync(file, bytes);

    await expect(openStore(file)).rejects.toMatchObject({
      message: expect.stringContaining(`Cannot open the database ${file}: database disk image is malformed`),
      cause: { errcode: 11 },
    });
    expect(readFileSync(file)).toEqual(bytes);
  });

  test("a path in a folder that does not exist", async () => {
    const nowhere = path.join(folder, "missing", "postern.db");
    await expect(openStore(nowhere)).rejects.toMatchObject({
      message: expect.stringContaining(`Cannot open the database ${nowhere}`),
      cause: { code: "ENOENT" },
    });
  });
});

describe("Store", () => {
  let store: Store;

  beforeEach(async () => {
    store = await openStore(file);
  });

  afterEach(() => store.close());

  test("transaction() does all or nothing, and the store goes on", async () => {
    const twice = [
      { sql: insertGrant, parameters: ["1", "aider", hash(1)] },
      { sql: insertGrant, parameters: ["2", "aider", hash(2)] },
    ];
    await expect(store.transaction(twice)).rejects.toMatchObject({
      message: expect.stringContaining("UNIQUE constraint failed: grants.name"),
      cause: { errcode: 2067 },
    });
    expect(await store.all("SELECT id FROM grants")).toEqual([]);
    expect(await store.run(insertGrant, ["1", "aider", hash(1)])).toBe(1);
  });

  test("insertMany() writes every row or none", async () => {
    expect(
      await store.insertMany(insertGrant, [
        ["1", "aider", hash(1)],
        ["2", "codex", hash(2)],
      ]),
    ).toBe(2);
    await expect(
      store.insertMany(insertGrant, [
        ["3", "claude", hash(3)],
        ["4", "short", new Uint8Array(31)],
      ]),
    ).rejects.toMatchObject({ cause: { errcode: 275 } });
    expect(await store.all("SELECT id FROM grants ORDER BY id")).toEqual([{ id: "1" }, { id: "2" }]);
  });

  test("never says a value in an error, and tells a refused value from a failing database", async () => {
    const secret = "postern_0123456789abcdef";
    const refusals = [
      store.run(insertGrant, ["1", "aider", secret]),
      store.run(insertGrant, ["1", "aider", { secret } as unknown as string]),
      store.run("INSERT INTO calls (started_at_ms, ending, attempts) VALUES (?, 'finished', '[]')", [secret]),
    ];
    for (const { reason } of (await Promise.allSettled(refusals)) as PromiseRejectedResult[]) {
      expect(`${reason.message} ${reason.cause.message}`).not.toContain(secret);
      expect(isRefusedValue(reason)).toBe(true);
    }
    await expect(store.run("INSERT INTO nowhere VALUES (1)")).rejects.toSatisfy((error) => !isRefusedValue(error));
  });

  test("rejects what cannot be sent to its thread, and the store goes on", async () => {
    await expect(store.run(insertGrant, [(() => 1) as unknown as string])).rejects.toThrow("could not be cloned");
    expect(await store.all("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  test("close() finishes what was asked for before, and refuses what comes after", async () => {
    const writes = Array.from({ length: 50 }, (_, index) => store.run(insertGrant, [`${index}`, `tool ${index}`, hash(index)]));
    const closed = store.close();
    await expect(store.all("SELECT 1")).rejects.toThrow(`Cannot use the database ${file}: it is closed; open it again`);
    expect(await Promise.all(writes)).toHaveLength(50);
    await closed;
    expect(readdirSync(folder)).toEqual(["postern.db"]);
  });

  test("takes the call log's records with every field", async () => {
    const log = openCallLog(store, {
      clock: { nowMs: Date.now, monotonicMs: () => performance.now(), wait: () => Promise.resolve() },
      onError: (error) => expect.unreachable(error.message),
    });
    log.record({
      ...call("trace"),
      userAgent: "x".repeat(300),
      firstByteMs: 12.5,
      streamed: true,
      attempts: [
        {
          provider: "groq",
          model: "gpt-oss",
          keyName: null,
          status: 429,
          errorCode: null,
          startMs: 0.2,
          connectMs: 0.6,
          headMs: 3.1,
          firstByteMs: null,
          totalMs: 3.2,
          why: "went on to $.targets[1]",
        },
        {
          provider: "openai",
          model: "gpt-4o",
          keyName: "work",
          status: 200,
          errorCode: null,
          startMs: 3.6,
          connectMs: 3.9,
          headMs: 12.1,
          firstByteMs: 12.2,
          totalMs: 16.4,
        },
      ],
      costMicroUsd: 12.5,
      costSource: "estimated",
      price: { ...price },
      cacheStatus: "MISS",
      metadata: '{"team":"a"}',
      dropped: ["seed"],
    });
    await log.flush();
    expect(await store.all("SELECT * FROM calls")).toEqual([
      {
        id: 1,
        started_at_ms: 1_790_000_000_000,
        day: localDay(1_790_000_000_000),
        endpoint: "chat",
        grant_id: "grant",
        tool: "openai-js",
        client_dialect: "openai-chat",
        provider_dialect: "openai-chat",
        user_agent: "x".repeat(200),
        alias: "fast",
        provider: "openai",
        model_asked: "fast",
        model_served: "gpt-4o",
        key_name: "work",
        status: 200,
        error_code: null,
        ending: "finished",
        streamed: 1,
        attempts:
          '[{"ms":[0,1,3,null,3],"provider":"groq","model":"gpt-oss","keyName":null,"status":429,"why":"went on to $.targets[1]"},{"ms":[4,4,12,12,16]}]',
        first_byte_ms: 13,
        total_ms: 20,
        input_tokens: 10,
        cached_input_tokens: 2,
        cache_write_tokens: 1,
        output_tokens: 3,
        reasoning_tokens: 4,
        cost_micro_usd: 12.5,
        cost_source: "estimated",
        price_id: 212_542_747_487_393,
        cache_status: "MISS",
        request_bytes: 5,
        response_bytes: 6,
        trace_id: "trace",
        metadata: '{"team":"a"}',
        dropped: '["seed"]',
        body_id: null,
        saved_micro_usd: null,
      },
    ]);
    expect(await store.all("SELECT * FROM prices")).toEqual([{ id: 212_542_747_487_393, text: JSON.stringify(price) }]);
  });
});

describe("the store's thread", () => {
  test("keeps no process alive by itself, but lives until a write has its answer", async () => {
    const script = `
      const { openStore } = await import(${JSON.stringify(new URL("../../../electron/core/store/open-store.ts", import.meta.url).href)});
      const store = await openStore(process.argv[1]);
      store.run("INSERT INTO calls (started_at_ms, ending, attempts) VALUES (1, 'finished', '[]')").then((rows) => console.log("committed", rows));
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script, file], { timeout: 20_000 });
    expect(stdout).toBe("committed 1\n");
  });
});

function writeDatabase(sql: string): void {
  using database = new DatabaseSync(file);
  database.exec(sql);
}

/** 32 bytes that differ for each number. */
function hash(seed: number): Uint8Array {
  return new Uint8Array(32).fill(seed);
}

function call(traceId: string): OpenCall {
  return {
    ...newCall(1_790_000_000_000),
    endpoint: "chat",
    grantId: "grant",
    tool: "openai-js",
    userAgent: "OpenAI/JS 7",
    alias: "fast",
    provider: "openai",
    modelAsked: "fast",
    modelServed: "gpt-4o",
    keyName: "work",
    clientDialect: "openai-chat",
    providerDialect: "openai-chat",
    status: 200,
    ending: "finished",
    streamed: false,
    firstByteMs: 10,
    totalMs: 20,
    inputTokens: 10,
    cachedInputTokens: 2,
    cacheWriteTokens: 1,
    outputTokens: 3,
    reasoningTokens: 4,
    requestBytes: 5,
    responseBytes: 6,
    traceId,
  };
}
