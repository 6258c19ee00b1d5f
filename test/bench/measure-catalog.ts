import { rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { openListingFiles } from "#core/catalog/listing-file.ts";
import { type LiveIndex, openLiveIndex } from "#core/catalog/live-index.ts";
import { openFactBook } from "#core/catalog/model-facts.ts";
import { type ModelNames, readModelNames } from "#core/catalog/model-names.ts";
import { queryModels } from "#core/catalog/query-models.ts";
import { modelFilterSchema } from "#shared/schema/model.ts";
import { catalogSources, writeCatalogFiles } from "./catalog-lists.ts";
import type { MicroResult } from "./micro.ts";
import { median } from "./statistics.ts";

const assetsFolder = path.resolve(import.meta.dirname, "../../assets");

/** Measures the model catalog at 10,000 models with 25,000 endpoints: from the disk, a look-up, a page, and its memory. */
export async function measureCatalog(time: (calls: number, action: () => void) => number): Promise<readonly MicroResult[]> {
  const folder = await writeCatalogFiles();
  const names = readModelNames(assetsFolder);
  const before = heapBytes();
  const loads: number[] = [];
  let index = await loadCatalog(folder, names, loads);
  const heapMegabytes = (heapBytes() - before) / 1e6;
  for (let load = 0; load < 4; load++) index = await loadCatalog(folder, names, loads);
  rmSync(folder, { recursive: true });
  // What a first list waits for is computed behind the load.
  await wait(300);

  const title = `Catalog of ${index.current.rows.length} models, ${index.current.endpoints} endpoints`;
  const book = openFactBook(
    index,
    () => ({ all: [], find: () => undefined }),
    () => null,
  );
  const ids = index.current.endpointsOf("deepinfra").map(({ facts }) => facts.id);
  const filter = modelFilterSchema.parse({ text: "maker model", capabilities: ["tools"], min_context: 16_384, sort: "price" });
  const world = { rows: index.current.rows, factsOf: index.factsOf, isCallable: () => true };
  let turn = 0;
  return [
    { title: `${title}: first load from the disk (${heapMegabytes.toFixed(0)} MB of heap)`, microseconds: loads[0] as number },
    { title: `${title}: load from the disk`, microseconds: median(loads) },
    { title: `${title}: what the planner asks`, microseconds: time(50_000, () => book.find("deepinfra", ids[turn++ % 1_000] as string)) },
    { title: `${title}: a model by its name`, microseconds: time(50_000, () => index.current.find(ids[turn++ % ids.length] as string)) },
    { title: `${title}: a filtered and sorted page`, microseconds: time(20, () => queryModels(filter, world)) },
  ];
}

async function loadCatalog(folder: string, names: ModelNames, loads: number[]): Promise<LiveIndex> {
  const startedAtMs = performance.now();
  const files = openListingFiles(folder);
  const listings = await Promise.all(
    catalogSources.map(async (source) => {
      const listing = await files.read(source);
      if (listing === null) throw new Error(`Cannot measure the catalog: its list of ${source} cannot be read`);
      return { source, listing };
    }),
  );
  const index = openLiveIndex(() => listings, names);
  index.touch();
  await index.settled();
  loads.push((performance.now() - startedAtMs) * 1000);
  return index;
}

function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}
