import type { ContractReply } from "#shared/contract/endpoint.ts";
import { statusContract } from "#shared/contract/status.ts";
import type { Postern } from "#core/postern.ts";

/** What `GET /admin/status` says. */
export type Status = ContractReply<typeof statusContract.getStatus>;

/** Lines that offer the model servers which were found on this machine and not accepted yet; empty where there are none. */
export function describeLocalServers(status: Status): string {
  return status.localServers
    .filter((server) => !server.accepted)
    .map((server) => `Found ${server.name} at ${server.origin} (${server.models} models). To use it: postern accept ${server.id}\n`)
    .join("");
}

/** What a person should know at the start: where keys cannot be kept or opened, and what was found. Never throws. */
export async function findStartWords(postern: Postern): Promise<string> {
  try {
    const response = await postern.admin(new Request("http://postern/admin/status"));
    const status = statusContract.getStatus.reply.parse(await response.json());
    const isFine = status.vault.status === "ready" || (status.vault.kind !== "environment-only" && status.vault.status === "unknown");
    return (isFine ? "" : `${status.vault.words}\n`) + describeLocalServers(status);
  } catch {
    return "";
  }
}
