import { type AdminClient, createClient } from "#shared/contract/client.ts";
import { callControlSocket } from "../../electron/host/control-socket.ts";

/** The admin API of a running instance, as its owner's commands call it. */
export function adminOf({ dataFolder }: { readonly dataFolder: string }): AdminClient {
  return createClient(async (path, init) => {
    const answer = await callControlSocket(dataFolder, path, init);
    if (answer === null) throw new Error(`Cannot call the admin API: nothing listens in ${dataFolder}`);
    return answer;
  });
}
