import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { adminOf } from "../fakes/call-admin.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { eventually } from "./eventually.ts";

async function ask(postern: RunningPostern, model: string): Promise<void> {
  const response = await fetch(`${postern.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${postern.key}`, "content-type": "application/json", "user-agent": "canary-agent" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "canary-prompt" }] }),
  });
  await response.text();
}

describe("GET /metrics", () => {
  test("counts calls for whoever has a local key, in Prometheus' format", async () => {
    await using postern = await startPostern();
    await ask(postern, "@postern/hello");
    await ask(postern, '@groq/"quoted"');
    const headers = { authorization: `Bearer ${postern.key}` };
    const [stranger, poster, head] = await Promise.all([
      fetch(`${postern.url}/metrics`),
      fetch(`${postern.url}/metrics`, { method: "POST", headers }),
      fetch(`${postern.url}/metrics`, { method: "HEAD", headers }),
    ]);
    expect([stranger.status, poster.status, head.status]).toEqual([401, 405, 200]);
    const response = await fetch(`${postern.url}/metrics`, { headers });
    const lines = (await response.text()).split("\n");
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(lines).toEqual(
      expect.arrayContaining([
        'postern_calls_total{endpoint="chat",provider="postern",ending="finished",status="200"} 1',
        'postern_call_duration_seconds_bucket{endpoint="chat",provider="postern",le="+Inf"} 1',
        "postern_calls_under_way 0",
      ]),
    );
    // Each line is a comment or a sample, each family is announced, and nothing quotes a prompt.
    const sample = /^[a-z_]+(\{([a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})? -?[\d.e+-]+$/;
    expect(lines.filter((line) => line !== "" && !line.startsWith("# ") && !sample.test(line))).toEqual([]);
    expect(lines.join()).not.toContain("canary-prompt");
  });
});

describe("logs/postern.log", () => {
  test("says what the level asks for, in allowed fields only, and nobody else may read it", async () => {
    await using postern = await startPostern({ config: { observability: { logLevel: "info" } } });
    const file = path.join(postern.dataFolder, "logs", "postern.log");
    const lines = (): Record<string, unknown>[] =>
      readFileSync(file, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    await ask(postern, "@postern/hello");
    await ask(postern, "@groq/none");
    await eventually(() => expect(lines().map(({ msg }) => msg)).toEqual(["listening", "call"]));
    expect(lines()[1]).toMatchObject({ level: "warn", status: 401, errorCode: "provider_key_missing", ending: "refused" });
    await adminOf(postern)("putSetting", { parameters: { section: "observability", name: "logLevel" }, body: { value: "debug" } });
    await ask(postern, "@postern/hello");
    await eventually(() => expect(lines().at(-1)).toMatchObject({ level: "debug", msg: "call", provider: "postern", status: 200 }));
    const all = readFileSync(file, "utf8");
    expect(["canary-prompt", postern.key].filter((secret) => all.includes(secret))).toEqual([]);
    expect(statSync(file).mode & (process.platform === "win32" ? 0 : 0o077)).toBe(0);
  });
});

describe("traces and metrics", () => {
  test("go to the collector that is set and nowhere before, with the GenAI names and without a prompt", async () => {
    const received: { readonly path: string; readonly body: string }[] = [];
    const collector = createServer((request, response) => {
      void text(request).then((body) => {
        received.push({ path: request.url ?? "", body });
        response.writeHead(200, { "content-type": "application/json" }).end("{}");
      });
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => collector.once("listening", resolve));
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    try {
      const postern = await startPostern({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } });
      await ask(postern, "@postern/hello");
      await adminOf(postern)("putSetting", { parameters: { section: "observability", name: "otlpEndpoint" }, body: { value: endpoint } });
      const log = path.join(postern.dataFolder, "logs", "postern.log");
      await eventually(() => expect(readFileSync(log, "utf8")).toContain("collector-set"));
      expect(received).toEqual([]);
      await ask(postern, "@postern/hello");
      await postern.stop();
      expect([...new Set(received.map((one) => one.path))].sort()).toEqual(["/v1/metrics", "/v1/traces"]);
      const all = received.map(({ body }) => body).join();
      for (const name of ["gen_ai.provider.name", "gen_ai.client.operation.duration", "gen_ai.client.token.usage", "chat hello"]) {
        expect(all).toContain(name);
      }
      expect(all).not.toContain("canary-prompt");
    } finally {
      collector.closeAllConnections();
      collector.close();
    }
  });

  test("do not keep Postern from ending where the collector is gone", async () => {
    const postern = await startPostern({ config: { observability: { otlpEndpoint: "http://127.0.0.1:9" } } });
    await ask(postern, "@postern/hello");
    expect((await postern.stop()).code).toBe(0);
  });
});
