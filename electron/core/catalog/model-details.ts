import path from "node:path";
import * as z from "zod";
import { type HuggingFaceMetrics, huggingFaceMetricsSchema } from "#shared/schema/model.ts";
import type { Config } from "#core/config/live-config.ts";
import type { Clock } from "#core/platform.ts";
import type { Connections } from "#core/upstream/connections.ts";
import { fetchFreshJson } from "#core/upstream/fetch-fresh-json.ts";
import type { Signer } from "#core/upstream/sign-outgoing.ts";
import type { HostedModel } from "./hosted-model.ts";
import { openKeyedCache } from "./keyed-cache.ts";
import { addressOf, huggingFaceId, type ListSource, settingsOf, splitUrl } from "./list-sources.ts";
import { huggingFacePath, readHuggingFaceModel } from "./sources/hugging-face.ts";
import { openRouterHostsPath, openRouterList, readOpenRouterHosts } from "./sources/openrouter.ts";

/** What is asked about single models, when one of them is looked at. */
export interface ModelDetails {
  /** Who serves a model behind OpenRouter; empty elsewhere. Never rejects. */
  hostsOf(source: ListSource, id: string): Promise<readonly HostedModel[]>;
  /** What Hugging Face counts; null where it is switched off, or nothing is known. Never rejects. */
  metricsOf(model: string): Promise<HuggingFaceMetrics | null>;
  /** Forgets what came from a source. Resolves with whether it is one that is asked about single models. */
  forget(id: string): Promise<boolean>;
  close(): Promise<void>;
}

/** What the details need from outside. */
export interface ModelDetailsOptions {
  /** The catalog's folder. */
  readonly folder: string;
  readonly config: () => Config;
  readonly connections: Pick<Connections, "to">;
  readonly clock: Clock;
  readonly sign: Signer;
  readonly findSecret: (source: ListSource) => Promise<string | null>;
}

const timeoutMs = 5_000;
const maxBytes = 2_097_152;
/** How long an answer waits for what only adorns it. */
const patienceMs = 3_000;
const plainHeaders: readonly string[] = ["accept", "application/json", "accept-encoding", "identity", "user-agent", "postern"];

const price = z.string().nullable();
const measure = z.number().nullable();

/** What the file of hosts holds: {@link HostedModel}. */
const hostsSchema = z.array(
  z.object({
    name: z.string(),
    providerName: z.string().nullable(),
    contextTokens: measure,
    maxOutputTokens: measure,
    quantization: z.string().nullable(),
    prices: z
      .object({
        input: price,
        output: price,
        cacheRead: price,
        cacheWrite: price,
        reasoning: price,
        audio: price,
        request: price,
        image: price,
      })
      .nullable(),
    uptimePercent: measure,
    latencyMs: measure,
    tokensPerSecond: measure,
  }),
);

/** Opens the details' caches; nothing is read yet. */
export function openModelDetails(options: ModelDetailsOptions): ModelDetails {
  const { clock, connections } = options;
  const metrics = openKeyedCache<HuggingFaceMetrics>(path.join(options.folder, "huggingface.json"), {
    clock,
    patienceMs,
    check: (value) => huggingFaceMetricsSchema.safeParse(value).data ?? null,
  });
  const hosts = openKeyedCache<readonly HostedModel[]>(path.join(options.folder, "hosts.json"), {
    clock,
    patienceMs,
    check: (value) => hostsSchema.safeParse(value).data ?? null,
  });

  async function fetchHosts(source: ListSource, id: string): Promise<readonly HostedModel[] | null> {
    const secret = await options.findSecret(source).catch(() => null);
    const path = openRouterHostsPath(source.basePath, id);
    const headers = [...plainHeaders];
    if (secret !== null && source.row !== null)
      await options.sign({ method: "GET", origin: source.origin, path, headers, body: null }, source.row, secret, "person");
    const answer = await fetchFreshJson(connections.to(source.origin), {
      who: source.id,
      origin: source.origin,
      path,
      headers,
      timeoutMs,
      maxBytes,
    });
    if (answer.kind !== "new") throw new Error(`${source.id} did not say who serves a model`);
    return readOpenRouterHosts(answer.value);
  }

  return {
    async hostsOf(source, id) {
      // The list's own form says whether its models have hosts behind them: only OpenRouter tells.
      if (source.lister !== openRouterList || !source.enabled) return [];
      return (await hosts.get(`${addressOf(source)} ${id}`, source.ttlMs, () => fetchHosts(source, id))) ?? [];
    },
    async metricsOf(model) {
      const settings = settingsOf(options.config(), huggingFaceId);
      if (!settings.enabled) return null;
      // The provider of this name has an address of its own, for calls.
      const { origin, basePath } = splitUrl(settings.baseUrl ?? "https://huggingface.co/api");
      return metrics.get(`${origin}${basePath} ${model}`, settings.ttlMs, async () => {
        const answer = await fetchFreshJson(connections.to(origin), {
          who: huggingFaceId,
          origin,
          path: huggingFacePath(basePath, model),
          headers: plainHeaders,
          timeoutMs,
          maxBytes,
        });
        // That there is no such model is worth remembering too; a failure is not.
        if (answer.kind === "refused" && (answer.status === 404 || answer.status === 401)) return null;
        if (answer.kind !== "new") throw new Error("Hugging Face did not answer");
        return readHuggingFaceModel(answer.value);
      });
    },
    async forget(id) {
      if (id === huggingFaceId) await metrics.clear();
      if (id === "openrouter") await hosts.clear();
      return id === huggingFaceId;
    },
    async close() {
      await Promise.all([metrics.close(), hosts.close()]);
    },
  };
}
