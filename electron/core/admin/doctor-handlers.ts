import { whyNotRouted } from "#core/routing/why-not-routed.ts";
import { reachOrigin } from "#core/upstream/reach-origin.ts";
import type { doctorContract, Finding } from "#shared/contract/doctor.ts";
import { PosternError } from "#shared/errors.ts";
import type { HandlersOf } from "./handlers-of.ts";
import { listKeys } from "./list-keys.ts";
import type { AdminParts } from "./parts.ts";

type Parts = Pick<AdminParts, "clock" | "store" | "config" | "vault" | "connections" | "world">;

const timeoutMs = 5_000;
/** Amazon refuses signatures that are more than five minutes off; certificates and budgets suffer later. */
const mostClockDriftMs = 120_000;

/** Answers what stands in `shared/contract/doctor.ts`: looks at everything that this process can see of itself. */
export function createDoctorHandlers(parts: Parts): HandlersOf<typeof doctorContract> {
  return {
    examine: async () => {
      const [database, providers] = await Promise.all([examineDatabase(parts), examineProviders(parts)]);
      return {
        findings: [database, ...examineConfig(parts), examineVault(parts), ...examineKeys(parts), ...providers, ...examineAliases(parts)],
      };
    },
  };
}

async function examineDatabase({ store }: Parts): Promise<Finding> {
  const subject = "database";
  try {
    const [finding] = await store.all<{ quick_check: string }>("PRAGMA quick_check(1)");
    if (finding?.quick_check !== "ok")
      return wrong(subject, `It is damaged (${finding?.quick_check ?? "no finding"}). Restore a backup: postern backups`);
    const [calls] = await store.all<{ count: number }>("SELECT count(*) AS count FROM calls");
    return fine(subject, `It is sound; ${calls?.count ?? 0} calls are in it.`);
  } catch (error) {
    return wrong(subject, (error as Error).message);
  }
}

function examineConfig({ config }: Parts): Finding[] {
  if (config.problems.length === 0) return [fine("config.json", `${config.file} is in force.`)];
  return config.problems.map(({ line, path, message }) =>
    wrong("config.json", `${config.file}:${line} ${path === "" ? "the file" : path} ${message}. The last good one stays in force.`),
  );
}

function examineVault({ vault }: Parts): Finding {
  const { kind, status, words } = vault.state();
  if (status === "ready" || (status === "unknown" && kind !== "environment-only")) return fine("key storage", words);
  return kind === "environment-only" ? warn("key storage", words) : wrong("key storage", words);
}

function examineKeys({ vault, config }: Parts): Finding[] {
  const keys = listKeys(vault, config.current.rows);
  const waiting = keys
    .filter((key) => key.waits)
    .map((key) =>
      warn(
        `key ${key.provider} "${key.name}"`,
        `It waits: it may go to ${key.origins.join(", ") || "nowhere"}, and its provider is elsewhere now. To let it go there: postern keys bind ${key.provider}`,
      ),
    );
  if (keys.length === 0) return [warn("keys", "No provider has a key yet. Add one: postern keys add openai")];
  return waiting.length > 0 ? waiting : [fine("keys", `${keys.length} can be used.`)];
}

/** Asks whoever a call could go to whether it answers at all. No key is sent. */
async function examineProviders({ config, vault, connections, clock }: Parts): Promise<Finding[]> {
  const rows = config.current.rows.all.filter(
    (row) =>
      row.enabled &&
      row.missingOptions.length === 0 &&
      (row.auth === "none" ? row.local || Object.hasOwn(config.current.providers, row.id) : vault.has(row.id)),
  );
  const driftsMs: number[] = [];
  const findings = await Promise.all(
    rows.map(async (row): Promise<Finding> => {
      try {
        const { dateMs } = await reachOrigin(connections, { who: row.id, origin: row.origin, timeoutMs });
        if (dateMs !== null) driftsMs.push(clock.nowMs() - dateMs);
        return fine(`provider ${row.id}`, `${row.origin} answers.`);
      } catch (error) {
        return wrong(`provider ${row.id}`, error instanceof PosternError ? error.message : `Cannot reach ${row.id}`);
      }
    }),
  );
  return [...findings, ...examineClock(driftsMs)];
}

/** The median of what the providers' clocks say: one of them may be wrong itself. */
function examineClock(driftsMs: number[]): Finding[] {
  const drift = driftsMs.sort((one, other) => one - other)[Math.floor(driftsMs.length / 2)];
  if (drift === undefined) return [];
  const seconds = Math.round(Math.abs(drift) / 1_000);
  if (Math.abs(drift) <= mostClockDriftMs) return [fine("clock", "It agrees with the providers'.")];
  return [
    wrong(
      "clock",
      `It is ${seconds} s ${drift > 0 ? "ahead of" : "behind"} the providers'. Set it: signed calls fail, budgets and expiry are off.`,
    ),
  ];
}

/** An alias that ships and finds no key is no fault; one of the person's own is worth a word. */
function examineAliases({ config, world }: Parts): Finding[] {
  const findings: Finding[] = [];
  for (const name of Object.keys(config.current.aliases)) {
    const refusal = whyNotRouted(name, world);
    if (refusal !== null) findings.push(warn(`alias ${name}`, refusal.message));
  }
  return findings;
}

function fine(subject: string, words: string): Finding {
  return { subject, verdict: "ok", words };
}

function warn(subject: string, words: string): Finding {
  return { subject, verdict: "warn", words };
}

function wrong(subject: string, words: string): Finding {
  return { subject, verdict: "wrong", words };
}
