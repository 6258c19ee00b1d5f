import { createServer } from "node:net";
import type { Finding } from "#shared/contract/doctor.ts";
import { describeHolder } from "../../host/port-holder.ts";

const { get } = process.getBuiltinModule("node:http");

const subject = "gateway";
const timeoutMs = 3_000;
const longestAnswer = 80;

/** Asks each address of the running instance, and `localhost` as a tool would, whether Postern answers there. */
export async function examineAddresses(addresses: readonly string[]): Promise<Finding[]> {
  const port = addresses[0]?.split(":").at(-1) ?? "";
  const asked = [...addresses, ...(addresses.some((address) => address.startsWith("127.")) ? [`localhost:${port}`] : [])];
  return Promise.all(
    asked.map(async (address): Promise<Finding> => {
      const answer = await ask(`http://${address}/healthz`);
      if (answer === '{"status":"ok"}') return { subject, verdict: "ok", words: `http://${address} answers.` };
      return { subject, verdict: "wrong", words: `http://${address} does not answer as Postern does: ${answer ?? "no answer"}` };
    }),
  );
}

/** Whether the port that the next start would take is free. */
export async function examinePort(port: number): Promise<Finding> {
  const state = await new Promise<string | null>((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => server.close(() => resolve(null)));
  });
  if (state === null) return { subject, verdict: "ok", words: `No Postern runs on this data folder; its port ${port} is free.` };
  if (state !== "EADDRINUSE") return { subject, verdict: "wrong", words: `No Postern could listen on port ${port}: ${state}` };
  const holder = await describeHolder(port);
  return { subject, verdict: "wrong", words: `Port ${port} is taken by ${holder}; stop that, or choose another port with --port.` };
}

/** The first bytes of an answer; null where none came in time. Whoever holds the port may never end it. */
function ask(url: string): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get(url, { signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        body += text;
        if (body.length >= longestAnswer) response.destroy();
      });
      response.on("error", () => undefined);
      response.once("close", () => resolve(body === "" ? null : body.slice(0, longestAnswer)));
    });
    request.on("error", () => resolve(null));
  });
}
