import type { Run, runsContract } from "#shared/contract/runs.ts";
import { PosternError } from "#shared/errors.ts";
import { defaultAliases } from "#shared/schema/default-aliases.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";

/** Answers what stands in `shared/contract/runs.ts`. */
export function createRunHandlers(parts: Pick<AdminParts, "runKeys" | "config" | "addresses">): HandlersOf<typeof runsContract> {
  return {
    startRun: async ({ body }) => {
      const addresses = parts.addresses();
      const address = addresses.find((candidate) => candidate.startsWith("127.")) ?? addresses[0];
      if (address === undefined)
        throw new PosternError("not_found", `Cannot run ${body.tool}: no Postern is running; start one with "postern serve"`);
      const before = body.key === undefined ? undefined : { key: body.key, grantId: body.grantId ?? null };
      const { key, grantId, release } = parts.runKeys.issue(body.tool, before);
      const aliases = [...new Set([...Object.keys(parts.config.current.aliases), ...Object.keys(defaultAliases)])];
      const run: Run = { key, grantId, origin: `http://${address}`, aliases };
      return new ReadableStream<Uint8Array>({
        // Never closed from here: the reader's end of it is what the key lives by.
        start: (controller) => controller.enqueue(new TextEncoder().encode(`event: run\ndata: ${JSON.stringify(run)}\n\n`)),
        cancel: release,
      });
    },
  };
}
