import { aliasesContract } from "./aliases.ts";
import { backupsContract } from "./backups.ts";
import { callsContract } from "./calls.ts";
import { catalogContract } from "./catalog.ts";
import { chatsContract } from "./chats.ts";
import { connectContract } from "./connect.ts";
import { dataContract } from "./data.ts";
import { doctorContract } from "./doctor.ts";
import { eventsContract } from "./events.ts";
import { explainContract } from "./explain.ts";
import { grantsContract } from "./grants.ts";
import { keyFindsContract } from "./key-finds.ts";
import { keysContract } from "./keys.ts";
import { providersContract } from "./providers.ts";
import { requestsContract } from "./requests.ts";
import { runsContract } from "./runs.ts";
import { settingsContract } from "./settings.ts";
import { statusContract } from "./status.ts";
import { usageContract } from "./usage.ts";

/** {@link contract}'s type, by its parts: written out, it would name the schemas' library by paths of its own. */
export type Contract = typeof aliasesContract &
  typeof backupsContract &
  typeof callsContract &
  typeof catalogContract &
  typeof chatsContract &
  typeof connectContract &
  typeof dataContract &
  typeof doctorContract &
  typeof eventsContract &
  typeof explainContract &
  typeof grantsContract &
  typeof keyFindsContract &
  typeof keysContract &
  typeof providersContract &
  typeof requestsContract &
  typeof runsContract &
  typeof settingsContract &
  typeof statusContract &
  typeof usageContract;

/** The whole admin API. It does not compile until a handler answers each entry. */
export const contract: Contract = {
  ...aliasesContract,
  ...backupsContract,
  ...callsContract,
  ...catalogContract,
  ...chatsContract,
  ...connectContract,
  ...dataContract,
  ...doctorContract,
  ...eventsContract,
  ...explainContract,
  ...grantsContract,
  ...keyFindsContract,
  ...keysContract,
  ...providersContract,
  ...requestsContract,
  ...runsContract,
  ...settingsContract,
  ...statusContract,
  ...usageContract,
};
