import { expect, it } from "vitest";
import { permissionsSchema } from "#shared/schema/grant.ts";
import type { Grants, ToolGrant } from "./grants.ts";
import { openRunKeys } from "./run-keys.ts";

const clock = { nowMs: () => 1 };

function toolGrant(id: string, name: string): ToolGrant {
  const permissions = permissionsSchema.parse({ models: ["cheap"] });
  return { id, name, kind: "tool", permissions, keyHint: "abcd", createdAtMs: 0, once: null, state: { ended: null } };
}

function grantsWith(owners: string): Grants {
  return {
    find: (credential) => (credential === owners ? { id: "owner", name: "owner", kind: "owner" } : null),
    hasOwnerKey: true,
    replaceOwnerKey: async () => owners,
  };
}

it("openRunKeys() gives a run the grant of its name as it is at each call, and nothing once that is ended", () => {
  let tools: ToolGrant[] = [toolGrant("1", "claude")];
  const keys = openRunKeys(
    {
      get tools() {
        return tools;
      },
    },
    clock,
  );
  const grants = keys.among(grantsWith("postern_owner"));
  const { key } = keys.issue("claude");
  expect(grants.find(key)).toBe(tools[0]);
  tools = [{ ...toolGrant("1", "claude"), permissions: permissionsSchema.parse({ paused: true }) }];
  expect(grants.find(key)).toBe(tools[0]);
  // Revoked, and another made under the same name: the run does not get that one's rights.
  tools = [toolGrant("2", "claude")];
  expect(grants.find(key)).toBeNull();
});

it("openRunKeys() gives a tool without a grant a key that ends with its run, and leaves every other key alone", () => {
  const keys = openRunKeys({ tools: [] }, clock);
  const grants = keys.among(grantsWith("postern_owner"));
  const [one, other] = [keys.issue("codex"), keys.issue("codex")];
  const held = grants.find(one.key);
  expect(held).toMatchObject({ kind: "tool", name: "codex", permissions: { endpoints: null, models: null } });
  one.release();
  expect(held).toMatchObject({ state: { ended: { code: "invalid_api_key" } } });
  expect([grants.find(one.key), grants.find(other.key)?.name, grants.find("postern_owner")?.kind, grants.hasOwnerKey]).toEqual([
    null,
    "codex",
    "owner",
    true,
  ]);
});

it("openRunKeys() takes a key back that a run brings after a restart", () => {
  const before = openRunKeys({ tools: [] }, clock).issue("codex");
  const keys = openRunKeys({ tools: [] }, clock);
  expect(keys.among(grantsWith("x")).find(before.key)).toBeNull();
  keys.issue("codex", before);
  expect(keys.among(grantsWith("x")).find(before.key)?.name).toBe("codex");
});

it("openRunKeys() gives a run whose grant was revoked no other rights after a restart", () => {
  const before = openRunKeys({ tools: [toolGrant("1", "codex")] }, clock).issue("codex");
  const keys = openRunKeys({ tools: [toolGrant("2", "codex")] }, clock);
  expect(() => keys.issue("codex", before)).toThrow(/has ended/);
  expect(keys.among(grantsWith("x")).find(before.key)).toBeNull();
});
