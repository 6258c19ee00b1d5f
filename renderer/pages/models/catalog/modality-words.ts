import { useCallback } from "react";
import { useText } from "../../../text/texts.ts";

const known = {
  text: "kindText",
  image: "kindImage",
  audio: "kindAudio",
  video: "kindVideo",
  file: "kindFile",
  embedding: "kindEmbedding",
} as const;

/** What a modality is called; one that is not known, as the list spells it. */
export function useModalityWords(): (kind: string) => string {
  const say = useText("models");
  return useCallback((kind) => (Object.hasOwn(known, kind) ? say(known[kind as keyof typeof known]) : kind), [say]);
}

/** The words of bits: null where nobody says. */
export function kindsOf(bits: number, modalities: readonly string[]): readonly string[] | null {
  return bits < 0 ? null : modalities.filter((_, place) => (bits & (1 << place)) !== 0);
}
