import * as z from "zod";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import { debugLog } from "#core/debug.ts";
import type { Clock } from "#core/platform.ts";
import type { Connections } from "#core/upstream/connections.ts";
import { fetchModelList } from "./fetch-model-list.ts";

/** A model as its provider lists it. */
export interface ListedModel {
  readonly id: string;
  readonly createdAtSeconds: number | null;
  readonly ownedBy: string | null;
  readonly contextLength: number | null;
}

/** The model lists of the configured providers, fetched when they are needed and kept for a while. */
export interface ModelLists {
  /** What is known of a provider's models now; fetched first where nothing is known or it is too old. Never throws. */
  list(row: ProviderRow): Promise<readonly ListedModel[]>;
  /** Which provider is known to list this exact id; of several, the model's own maker, then the first in `rows`. */
  servedBy(model: string, rows: readonly ProviderRow[]): string | null;
}

/** What the lists need from outside. */
export interface ModelListsOptions {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly ttlMs: () => number;
  /** The key for a row and the origin that it may go to; null where there is none. */
  readonly findSecret: (row: ProviderRow) => Promise<string | null>;
}

const timeoutMs = 5_000;
/** A provider that failed is asked again after this. */
const failureTtlMs = 60_000;

/** What is read of OpenAI's list, loosely: ids that could not stand in a request are left out. */
const listSchema = z.object({
  data: z.array(
    z.object({
      id: z
        .string()
        .regex(/^[\w.:/@+-]{1,200}$/)
        .nullish()
        .catch(null),
      created: z.number().nullish().catch(null),
      owned_by: z.string().nullish().catch(null),
      context_length: z.number().nullish().catch(null),
      context_window: z.number().nullish().catch(null),
      max_model_len: z.number().nullish().catch(null),
    }),
  ),
});

interface Kept {
  readonly models: readonly ListedModel[];
  readonly ids: ReadonlySet<string>;
  readonly untilMs: number;
}

const log = debugLog("upstream");

/** Opens the lists; nothing is fetched yet. */
export function openModelLists(options: ModelListsOptions): ModelLists {
  const kept = new Map<string, Kept>();
  const underWay = new Map<string, Promise<readonly ListedModel[]>>();

  async function fetchList(row: ProviderRow): Promise<readonly ListedModel[]> {
    const secret = row.auth === "none" ? null : await options.findSecret(row);
    const answer = await fetchModelList(row, { connections: options.connections, secret, timeoutMs });
    // Together answers with the bare list.
    return listSchema.parse(Array.isArray(answer) ? { data: answer } : answer).data.flatMap((model) =>
      model.id === null || model.id === undefined
        ? []
        : [
            {
              id: model.id,
              createdAtSeconds: model.created ?? null,
              ownedBy: model.owned_by ?? null,
              contextLength: model.context_length ?? model.context_window ?? model.max_model_len ?? null,
            },
          ],
    );
  }

  async function refresh(row: ProviderRow): Promise<readonly ListedModel[]> {
    try {
      const models = await fetchList(row);
      kept.set(keyOf(row), {
        models,
        ids: new Set(models.map((model) => model.id)),
        untilMs: options.clock.monotonicMs() + options.ttlMs(),
      });
      return models;
    } catch (error) {
      log("no model list from %s: %s", row.id, (error as Error).message);
      const before = kept.get(keyOf(row));
      kept.set(keyOf(row), {
        models: before?.models ?? [],
        ids: before?.ids ?? new Set(),
        untilMs: options.clock.monotonicMs() + failureTtlMs,
      });
      return before?.models ?? [];
    } finally {
      underWay.delete(keyOf(row));
    }
  }

  return {
    async list(row) {
      if (!row.endpoints.includes("models") || row.dialect !== "openai-chat") return [];
      const known = kept.get(keyOf(row));
      if (known !== undefined && known.untilMs > options.clock.monotonicMs()) return known.models;
      let fetching = underWay.get(keyOf(row));
      if (fetching === undefined) underWay.set(keyOf(row), (fetching = refresh(row)));
      return fetching;
    },
    servedBy(model, rows) {
      const serving = rows.filter((row) => kept.get(keyOf(row))?.ids.has(model) === true);
      const maker = serving.find((row) =>
        kept.get(keyOf(row))?.models.some((listed) => listed.id === model && listed.ownedBy?.toLowerCase() === row.id),
      );
      return (maker ?? serving[0])?.id ?? null;
    },
  };
}

/** A list belongs to the address that it came from: another base URL has other models. */
function keyOf(row: ProviderRow): string {
  return `${row.id} ${row.origin}${row.basePath}`;
}
