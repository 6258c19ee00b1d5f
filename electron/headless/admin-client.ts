import { type AdminClient, AdminError, type AdminFetch, createClient } from "#shared/contract/client.ts";
import { createPostern, FolderInUseError } from "#core/postern.ts";
import { callControlSocket } from "../host/control-socket.ts";
import { ExitError } from "./exit-error.ts";
import { createNodePlatform } from "./node-platform.ts";

export type { AdminClient } from "#shared/contract/client.ts";

/**
 * Runs `use` with the admin API of the instance on this data folder: the running one's, through its socket, else of one
 * that is opened for the occasion and closed again.
 *
 * @throws {ExitError} with the API's own words where a call fails
 */
export async function withAdmin<Result>(dataFolder: string, use: (call: AdminClient) => Promise<Result>): Promise<Result> {
  const running = await withRunning(dataFolder, async (call) => ({ result: await use(call) }));
  return running === null ? withOwn(dataFolder, use).catch(explain) : running.result;
}

/** The same, of a running instance only; null where none runs. */
export async function withRunning<Result>(dataFolder: string, use: (call: AdminClient) => Promise<Result>): Promise<Result | null> {
  const send: AdminFetch = async (path, init) => {
    const answer = await callControlSocket(dataFolder, path, init);
    if (answer === null) throw new ExitError(1, "Cannot reach Postern: it has just stopped; try again");
    return answer;
  };
  const probe = await callControlSocket(dataFolder, "/admin/keys", { method: "GET", headers: {} });
  if (probe === null) return null;
  await probe.body?.cancel();
  return use(createClient(send)).catch(explain);
}

function explain(error: unknown): never {
  throw error instanceof AdminError ? new ExitError(1, error.message, { cause: error }) : error;
}

async function withOwn<Result>(dataFolder: string, use: (call: AdminClient) => Promise<Result>): Promise<Result> {
  const postern = await createPostern(createNodePlatform(dataFolder)).catch((error: unknown) => {
    if (error instanceof FolderInUseError)
      throw new ExitError(3, `${error.message}, but it cannot be spoken to; stop it first`, { cause: error });
    throw error;
  });
  try {
    return await use(createClient((path, init) => postern.admin(new Request(`http://postern${path}`, init))));
  } finally {
    await postern.stop({ graceMs: 0 });
  }
}
