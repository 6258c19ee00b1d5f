import { PosternError } from "#shared/errors.ts";
import type { ModelLists } from "#core/catalog/model-lists.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import { helloModelId, helloProviderId } from "./hello-model.ts";

/** One entry of `GET /v1/models`, in OpenAI's shape with a little beside it. */
export interface ModelEntry {
  readonly id: string;
  readonly object: "model";
  /** Seconds since 1970; 0 where nobody says. */
  readonly created: number;
  readonly owned_by: string;
  readonly name?: string;
  readonly context_length?: number;
  /** US dollars for a token, as exact decimals. */
  readonly pricing?: { readonly prompt: string | null; readonly completion: string | null };
  /** What Postern adds: whether it is an alias, a provider's model, or the built-in one that is no language model. */
  readonly postern: {
    readonly kind: "alias" | "model" | "built-in";
    readonly provider?: string;
    /** Of an alias: whether it could be asked now, as far as that does not depend on the call. */
    readonly callable?: boolean;
  };
}

/** An alias as it is listed. */
export interface ListedAlias {
  readonly id: string;
  readonly callable: boolean;
}

/**
 * Lists what a call can name: aliases first, then every model of the providers that could be called now, as
 * `@provider/model`, and the built-in one last.
 *
 * @see https://platform.openai.com/docs/api-reference/models/list
 */
export async function listModels(aliases: readonly ListedAlias[], rows: readonly ProviderRow[], lists: ModelLists): Promise<ModelEntry[]> {
  const byProvider = await Promise.all(
    rows.map(async (row) =>
      (await lists.list(row)).map((model): ModelEntry => ({
        id: `@${row.id}/${model.id}`,
        object: "model",
        created: model.createdAtSeconds ?? 0,
        owned_by: model.ownedBy ?? row.id,
        ...(model.name === null ? {} : { name: model.name }),
        ...(model.contextLength === null ? {} : { context_length: model.contextLength }),
        ...(model.prices === null ? {} : { pricing: { prompt: model.prices.input, completion: model.prices.output } }),
        postern: { kind: "model", provider: row.id },
      })),
    ),
  );
  return [
    ...aliases.map(({ id, callable }): ModelEntry => ({
      id,
      object: "model",
      created: 0,
      owned_by: "postern",
      postern: { kind: "alias", callable },
    })),
    ...byProvider.flat(),
    {
      id: `@${helloProviderId}/${helloModelId}`,
      object: "model",
      created: 0,
      owned_by: "postern",
      postern: { kind: "built-in", provider: helloProviderId },
    },
  ];
}

/** Finds one entry by its id. @throws {PosternError} `model_not_found` */
export function findModel(entries: readonly ModelEntry[], id: string): ModelEntry {
  const entry =
    entries.find((candidate) => candidate.id === id) ??
    entries.find((candidate) => candidate.id.endsWith(`/${id}`) && candidate.id === `@${candidate.postern.provider}/${id}`);
  if (entry !== undefined) return entry;
  throw new PosternError(
    "model_not_found",
    `Cannot find model "${id.slice(0, 80)}": no alias or configured provider has it; see "GET /v1/models"`,
    { param: "model" },
  );
}
