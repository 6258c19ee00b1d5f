import type { LiveEvent } from "#shared/contract/events.ts";
import type { Contract } from "#shared/contract/index.ts";
import { onLiveEvent } from "./live.ts";
import { queries, refresh } from "./queries.ts";

/** Which answers an event makes old. Of calls that end there may be hundreds a second: pages that show them listen for themselves. */
const effects: { readonly [Type in LiveEvent["type"]]?: readonly (keyof Contract)[] } = {
  "config-changed": ["getStatus", "listAliases", "listConfigs", "listProviders", "listSettings", "listTargets"],
  "gateway-changed": ["getStatus", "listSettings"],
  "permission-requested": ["listRequests"],
  "grants-changed": ["listGrants", "listRequests"],
  "chats-changed": ["listChats", "searchChats"],
  "catalog-refreshed": ["queryModels", "describeModel", "compareModels", "listModels", "listGateways"],
  "keys-changed": ["listKeys", "listProviders", "getStatus", "listModels", "compareModels"],
};

/** Has everything on the page read again when it is old. @returns ends it */
export function applyLiveEffects(): () => void {
  let isFirst = true;
  return onLiveEvent((event) => {
    if (event.type === "hello") {
      // Events were missed, or a new Postern answers: whatever is here may be old.
      if (!isFirst) void queries.invalidateQueries();
      isFirst = false;
      return;
    }
    const names = effects[event.type];
    if (names !== undefined) void refresh(...names);
  });
}
