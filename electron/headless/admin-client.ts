import type { ContractCall, ContractEntry, ContractReply } from "#shared/contract/endpoint.ts";
import { type Contract, contract } from "#shared/contract/index.ts";
import { createPostern, FolderInUseError } from "#core/postern.ts";
import { callControlSocket } from "./control-socket.ts";
import { ExitError } from "./exit-error.ts";
import { createNodePlatform } from "./node-platform.ts";

/** The admin API, called by name. */
export type AdminClient = <Name extends keyof Contract>(
  name: Name,
  input: ContractCall<Contract[Name]>,
) => Promise<ContractReply<Contract[Name]>>;

/**
 * Runs `use` with the admin API of the instance on this data folder: the running one's, through its socket, else of one
 * that is opened for the occasion and closed again.
 *
 * @throws {ExitError} with the API's own words where a call fails
 */
export async function withAdmin<Result>(dataFolder: string, use: (call: AdminClient) => Promise<Result>): Promise<Result> {
  const probe = await callControlSocket(dataFolder, { method: "GET", path: "/admin/keys", body: null });
  if (probe !== null) {
    return use(
      clientOver(async (request) => {
        const answer = await callControlSocket(dataFolder, request);
        if (answer === null) throw new ExitError(1, "Cannot reach Postern: it has just stopped; try again");
        return answer;
      }),
    );
  }
  const postern = await createPostern(createNodePlatform(dataFolder)).catch((error: unknown) => {
    if (error instanceof FolderInUseError)
      throw new ExitError(3, `${error.message}, but it cannot be spoken to; stop it first`, { cause: error });
    throw error;
  });
  try {
    return await use(
      clientOver(async ({ method, path, body }) => {
        const response = await postern.admin(new Request(`http://postern${path}`, body === null ? { method } : { method, body }));
        return { status: response.status, body: await response.text() };
      }),
    );
  } finally {
    await postern.stop({ graceMs: 0 });
  }
}

type Send = (request: {
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
}) => Promise<{ readonly status: number; readonly body: string }>;

function clientOver(send: Send): AdminClient {
  return async (name, input) => {
    const entry: ContractEntry = contract[name];
    const parameters: Readonly<Record<string, string>> = input.parameters ?? {};
    const path = entry.path.replaceAll(/:(\w+)/g, (_, parameter: string) => encodeURIComponent(parameters[parameter] ?? ""));
    const answer = await send({ method: entry.method, path, body: input.body === undefined ? null : JSON.stringify(input.body) });
    const value = JSON.parse(answer.body) as { error?: { message?: string } };
    if (answer.status !== 200) throw new ExitError(1, value.error?.message ?? `Postern answered ${answer.status}`);
    return value as never;
  };
}
