import { createInterface } from "node:readline";
import type { AdminClient } from "#shared/contract/client.ts";
import type { PermissionRequest } from "#shared/contract/requests.ts";

/** Where the questions are asked and answered. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

const checkMs = 500;

/**
 * Asks on the terminal about each tool that asks to be let in, one after the other: y for its next call, n, or always. No
 * call waits for the answer: it was refused already, and the tool's next one is let in.
 *
 * @returns what ends it
 */
export function askPermissions(call: AdminClient, { input, output }: Terminal): () => void {
  const asked = new Set<string>();
  const lines = createInterface({ input });
  const timer = setInterval(() => void look(), checkMs).unref();
  let current: PermissionRequest | null = null;
  let isBusy = false;

  const say = (words: string): void => void output.write(`${words}\n`);

  async function look(): Promise<void> {
    if (current !== null || isBusy) return;
    isBusy = true;
    try {
      const { requests } = await call("listRequests", {});
      // What the first call was for may be known a moment later.
      const next = requests.findLast(({ id, firstSeenAtMs }) => !asked.has(id) && Date.now() - firstSeenAtMs >= checkMs);
      if (next !== undefined) {
        asked.add(next.id);
        current = next;
        output.write(question(next));
      }
    } catch {
      // It is asked again at the next look.
    } finally {
      isBusy = false;
    }
  }

  async function answer(request: PermissionRequest, text: string): Promise<void> {
    const parameters = { id: request.id };
    const word = text.trim().toLowerCase();
    if (word === "y" || word === "yes") {
      await call("allowRequest", { parameters, body: { mode: "once" } });
      say("Its next call is let in, for a minute.");
    } else if (word === "a" || word === "always") {
      const { grant, key } = await call("allowRequest", { parameters, body: { mode: "always" } });
      const name = grant?.name ?? request.proposal.name;
      say(key === null ? `Allowed as "${name}". See "postern grants".` : `Its key, as "${name}", shown this once:\n\n  ${key}\n`);
    } else {
      await call("denyRequest", { parameters, body: { forget: false } });
      say("Denied. It is not asked about again until Postern is started anew.");
    }
  }

  lines.on("line", (text) => {
    const request = current;
    if (request === null) return;
    answer(request, text)
      .catch((error: unknown) => say(error instanceof Error ? error.message : "That did not work."))
      .finally(() => {
        current = null;
        void look();
      });
  });
  return () => {
    clearInterval(timer);
    lines.close();
  };
}

/** What is asked, in one line. Everything that the tool said of itself is a claim. */
function question({ tool, origin, model, endpoint, grant, hasCredential, proposal }: PermissionRequest): string {
  const who =
    grant !== null
      ? `"${grant}", which has a key,`
      : origin !== null
        ? `The web page ${origin}`
        : `A tool that ${tool === null ? "does not say its name" : `calls itself "${tool}"`}`;
  const what = model ?? endpoint ?? "Postern";
  const always = proposal.permissions.models === null ? "for any model" : `for ${proposal.permissions.models.join(", ")}`;
  const once = hasCredential ? "y = its next call, " : "";
  return `${who} asked for ${what} and was refused. Allow it? [${once}n = no, always = ${always}] `;
}
