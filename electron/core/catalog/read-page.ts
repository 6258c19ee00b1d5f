import { setImmediate as nextTurn } from "node:timers/promises";
import { PosternError } from "#shared/errors.ts";
import type { Lister } from "./sources/lister.ts";
import { NonsenseError } from "./sources/read-fields.ts";
import type { SourceModel } from "./source-model.ts";

/** No list that means well is longer, all its pages together. */
const mostModels = 40_000;
/** So many entries are read before other work gets its turn: about 5 ms. */
const entriesPerTurn = 500;
/** A list with a greater part of impossible entries is not believed at all. */
const mostNonsense = 0.1;

/**
 * Reads a page of a source's list into `models`, each id of a provider once. Impossible entries are left out.
 *
 * @param models by provider, added to in place
 * @throws {PosternError} `upstream_invalid` where it is no list, or more than a tenth of it is impossible
 */
export async function readPage(
  page: unknown,
  { lister, who }: { readonly lister: Lister; readonly who: string },
  models: Map<string, Map<string, SourceModel>>,
): Promise<void> {
  const entries = lister.entries(page);
  if (entries === null) throw new PosternError("upstream_invalid", `Cannot read the model list of ${who}: it is no list of models`);
  let count = entries.length;
  for (const group of models.values()) count += group.size;
  if (count > mostModels)
    throw new PosternError("upstream_too_large", `Cannot read the model list of ${who}: it has more than ${mostModels} models`);
  let nonsense = 0;
  let reason = "";
  for (const [index, entry] of entries.entries()) {
    if (index % entriesPerTurn === entriesPerTurn - 1) await nextTurn();
    try {
      const model = lister.read(entry);
      if (model !== null) add(models, lister.providerOf?.(entry) ?? who, model);
    } catch (error) {
      if (!(error instanceof NonsenseError)) throw error;
      nonsense += 1;
      reason = error.message;
    }
  }
  if (nonsense > entries.length * mostNonsense) {
    throw new PosternError(
      "upstream_invalid",
      `Cannot believe the model list of ${who}: ${nonsense} of ${entries.length} entries are impossible, such as ${reason}`,
    );
  }
}

function add(models: Map<string, Map<string, SourceModel>>, provider: string, model: SourceModel): void {
  let group = models.get(provider);
  if (group === undefined) models.set(provider, (group = new Map()));
  if (!group.has(model.id)) group.set(model.id, model);
}
