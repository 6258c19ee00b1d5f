import type { Contract } from "#shared/contract/index.ts";
import { createAliasHandlers } from "./alias-handlers.ts";
import { createBackupHandlers } from "./backup-handlers.ts";
import { createCallHandlers } from "./call-handlers.ts";
import { createCatalogHandlers } from "./catalog-handlers.ts";
import { createChatsHandlers } from "./chats-handlers.ts";
import { createConnectHandlers } from "./connect-handlers.ts";
import { createDataHandlers } from "./data-handlers.ts";
import { createDoctorHandlers } from "./doctor-handlers.ts";
import { createEventHandlers } from "./event-handlers.ts";
import { createExplainHandlers } from "./explain-handlers.ts";
import { createGrantHandlers } from "./grant-handlers.ts";
import type { HandlersOf } from "./handlers-of.ts";
import { createKeyFindHandlers } from "./key-find-handlers.ts";
import { createKeyHandlers } from "./key-handlers.ts";
import type { AdminParts } from "./parts.ts";
import { createProviderHandlers } from "./provider-handlers.ts";
import { createRequestHandlers } from "./request-handlers.ts";
import { createRunHandlers } from "./run-handlers.ts";
import { createSettingHandlers } from "./setting-handlers.ts";
import { createStatusHandlers } from "./status-handlers.ts";
import { createUsageHandlers } from "./usage-handlers.ts";

/** Answers every entry of the contract: each resource has a file of its own, and its line here. */
export function createHandlers(parts: AdminParts): HandlersOf<Contract> {
  return {
    ...createAliasHandlers(parts),
    ...createBackupHandlers(parts),
    ...createCallHandlers(parts),
    ...createCatalogHandlers(parts),
    ...createChatsHandlers(parts),
    ...createConnectHandlers(parts),
    ...createDataHandlers(parts),
    ...createDoctorHandlers(parts),
    ...createEventHandlers(parts),
    ...createExplainHandlers(parts),
    ...createGrantHandlers(parts),
    ...createKeyFindHandlers(parts),
    ...createKeyHandlers(parts),
    ...createProviderHandlers(parts),
    ...createRequestHandlers(parts),
    ...createRunHandlers(parts),
    ...createSettingHandlers(parts),
    ...createStatusHandlers(parts),
    ...createUsageHandlers(parts),
  };
}
