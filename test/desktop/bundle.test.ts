import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { callControlSocket } from "../../electron/host/control-socket.ts";
import { eventually } from "../wire/eventually.ts";

const repository = path.resolve(import.meta.dirname, "../..");

test.skipIf(process.platform === "win32")(
  "the bundle finds everything that it needs: its worker, its keychain process, its assets (where a signal can end it)",
  async () => {
    const dataFolder = mkdtempSync(path.join(tmpdir(), "postern-bundle-"));
    writeFileSync(path.join(dataFolder, "config.json"), JSON.stringify({ gateway: { port: 0 }, discovery: { enabled: false } }));
    const app = spawn(process.execPath, ["--import", "./test/desktop/electron/register.ts", "dist/desktop/main.js", "--hidden"], {
      cwd: repository,
      env: {
        PATH: process.env["PATH"],
        HOME: dataFolder,
        POSTERN_DATA_DIR: dataFolder,
        POSTERN_STAND_IN_HOME: dataFolder,
        POSTERN_API_KEY: "k".repeat(40),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [app.stdout, app.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (said += text));
    try {
      const call = async (at: string): Promise<unknown> => {
        const answer = await callControlSocket(dataFolder, at, { method: "GET", headers: {} });
        if (answer === null) throw new Error(`Nothing listens yet; so far: ${said}`);
        return answer.json();
      };
      const { addresses } = (await eventually(async () => {
        const status = (await call("/admin/status")) as { addresses: string[] };
        expect(status.addresses.length).toBeGreaterThan(0);
        return status;
      })) as { addresses: string[] };
      const answer = await fetch(`http://${addresses[0]}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${"k".repeat(40)}`, "content-type": "application/json" },
        body: JSON.stringify({ model: "@postern/hello", messages: [{ role: "user", content: "Hi" }] }),
      });
      expect(answer.status).toBe(200);
      const { providers } = (await call("/admin/providers")) as { providers: unknown[] };
      expect(providers.length).toBeGreaterThan(50);
      const usage = (await eventually(async () => {
        const report = (await call("/admin/usage?by=model")) as { total: { calls: number } };
        expect(report.total.calls).toBe(1);
        return report;
      })) as { total: { calls: number } };
      expect(usage.total.calls).toBe(1);
      const exited = once(app, "exit");
      app.kill("SIGTERM");
      expect(await exited).toEqual([0, null]);
      expect(said).toBe("Postern is open\n");
    } finally {
      app.kill("SIGKILL");
      rmSync(dataFolder, { recursive: true, force: true });
    }
  },
);
