import type { ModelFigures } from "#shared/schema/model-list.ts";
import type { Clock } from "#core/platform.ts";
import type { Store } from "#core/store/store.ts";
import type { GatewayLists } from "./gateway-lists.ts";
import { measureOffers } from "./measure-offers.ts";
import type { ModelDetails } from "./model-details.ts";
import type { ModelRow } from "./model-index.ts";
import type { ModelNames } from "./model-names.ts";
import { firstKnown } from "./row-facts.ts";
import { viewHost } from "./view-model.ts";

/** What figures are gathered from. */
export interface FigureParts {
  readonly details: Pick<ModelDetails, "hostsOf" | "metricsOf">;
  readonly lists: Pick<GatewayLists, "find">;
  readonly names: Pick<ModelNames, "linksOf">;
  readonly store: Pick<Store, "all">;
  readonly clock: Pick<Clock, "nowMs">;
}

/** What is known of one model beyond its lists: counted at Hugging Face, told by gateways, and measured by this machine's own calls. */
export async function readModelFigures(row: ModelRow, parts: FigureParts): Promise<ModelFigures> {
  const huggingFace = firstKnown(row, "huggingFaceId");
  const [metrics, hosted, measured] = await Promise.all([
    huggingFace === null ? null : parts.details.metricsOf(huggingFace),
    readHosts(row, parts),
    measureOffers(
      parts.store,
      row.endpoints.map(({ provider, facts }) => ({ provider, id: facts.id })),
      parts.clock.nowMs(),
    ),
  ]);
  return {
    slug: row.key,
    site: row.maker === null ? null : parts.names.linksOf(row.maker).site,
    hugging_face: metrics,
    hosted,
    measured,
  };
}

async function readHosts(row: ModelRow, { lists, details }: FigureParts): Promise<ModelFigures["hosted"]> {
  const offers = row.endpoints.flatMap(({ provider, facts, sources }) => {
    const source = lists.find(provider);
    // An offer that only a public list knows is nothing that the gateway could tell about.
    return source === undefined || !sources.includes(source.id) ? [] : [{ source, id: facts.id }];
  });
  const asked = await Promise.all(
    offers.map(async ({ source, id }) => ({ gateway: source.id, id, hosts: (await details.hostsOf(source, id)).map(viewHost) })),
  );
  return asked.filter(({ hosts }) => hosts.length > 0);
}
