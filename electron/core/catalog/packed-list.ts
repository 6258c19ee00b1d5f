import { createHash } from "node:crypto";
import type { ModelListAnswer } from "#shared/schema/model-list.ts";
import type { LiveIndex } from "./live-index.ts";
import type { ModelIndex } from "./model-index.ts";
import { packModelList, type PackParts } from "./pack-model-list.ts";

/** The list of all models as it is sent, packed once for each index. */
export interface PackedList {
  /** @param known the version that whoever asks has. @returns the JSON of a `ModelListAnswer` */
  answer(known: string | null): Promise<string>;
}

interface Packed {
  readonly version: string;
  /** The JSON of the list. */
  readonly text: string;
}

/** Opens the list; nothing is packed before it is asked for. */
export function openPackedList(index: Pick<LiveIndex, "current" | "factsOf">, parts: Omit<PackParts, "rows" | "factsOf">): PackedList {
  let packing: { readonly index: ModelIndex; readonly callable: string; readonly packed: Promise<Packed> } | null = null;

  /** Keys come and go without any list changing. */
  function callableNow(current: ModelIndex): string {
    return current.providers.filter(parts.isCallable).join(" ");
  }

  async function pack(current: ModelIndex): Promise<Packed> {
    const list = await packModelList({ ...parts, rows: current.rows, factsOf: index.factsOf });
    const text = JSON.stringify(list);
    return { version: createHash("sha256").update(text).digest("hex").slice(0, 32), text };
  }

  return {
    async answer(known) {
      const { current } = index;
      const callable = callableNow(current);
      if (packing?.index !== current || packing.callable !== callable) packing = { index: current, callable, packed: pack(current) };
      const { version, text } = await packing.packed;
      const unchanged: ModelListAnswer = { version, list: null };
      return known === version ? JSON.stringify(unchanged) : `{"version":"${version}","list":${text}}`;
    },
  };
}
