import { useQuery } from "@tanstack/react-query";
import * as z from "zod";
import { perMillion } from "./per-million.ts";
import { fetchOwn } from "./session.ts";

const listSchema = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      name: z.string().optional(),
      context_length: z.number().optional(),
      pricing: z.object({ prompt: z.string().nullable(), completion: z.string().nullable() }).optional(),
      postern: z.object({
        kind: z.enum(["alias", "model", "built-in"]),
        provider: z.string().optional(),
        callable: z.boolean().optional(),
      }),
    }),
  ),
});

/** A model or an alias that can be asked. */
export interface CallableModel {
  /** As a call names it: `steady`, `@openai/gpt-5`. */
  readonly id: string;
  readonly name: string;
  readonly kind: "alias" | "model" | "built-in";
  /** The provider's id; null for an alias. */
  readonly provider: string | null;
  /** Whether it would be answered now: an alias may wait for a key, or for a provider that is not accepted. */
  readonly isReady: boolean;
  readonly contextLength: number | null;
  /** US dollars for a million tokens; null is unknown. */
  readonly inputPrice: number | null;
  readonly outputPrice: number | null;
}

/** What the gateway would let this window call: aliases first, as tools see it. */
export function useModels(): {
  readonly models: readonly CallableModel[];
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
} {
  const { data, isLoading, error, refetch } = useQuery({
    queryKey: ["listProviders", "callable"],
    queryFn: ({ signal }) => readModels(signal),
  });
  return { models: data ?? none, isLoading, error, retry: () => void refetch() };
}

const none: readonly CallableModel[] = [];

async function readModels(signal: AbortSignal): Promise<CallableModel[]> {
  const response = await fetchOwn("/v1/models", { signal });
  if (!response.ok) throw new Error(await wordsOfRefusal(response));
  return listSchema.parse(await response.json()).data.map(({ id, name, context_length, pricing, postern }) => ({
    id,
    name: name ?? (postern.provider === undefined ? id : id.replace(`@${postern.provider}/`, "")),
    kind: postern.kind,
    provider: postern.kind === "alias" ? null : (postern.provider ?? null),
    isReady: postern.callable ?? true,
    contextLength: context_length ?? null,
    inputPrice: perMillion(pricing?.prompt ?? null),
    outputPrice: perMillion(pricing?.completion ?? null),
  }));
}

async function wordsOfRefusal(response: Response): Promise<string> {
  const body = z.object({ error: z.object({ message: z.string() }) }).safeParse(await response.json().catch(() => null));
  return body.data?.error.message ?? `Cannot list the models: the gateway answered with status ${String(response.status)}`;
}
