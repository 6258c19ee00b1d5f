import type { Frame } from "#core/wire/frame.ts";

/** Frames as one JSON array, which grows as they come. */
export interface JsonArrayEncoder {
  /** The text of the next element. */
  encode(frame: Frame): string;
  /** What ends the array. A stream that broke ends in its error as the last element. */
  end(): string;
}

/**
 * Begins the body of `:streamGenerateContent` without `alt=sse`: Google answers it with `application/json`, an array of
 * the same objects.
 *
 * @see https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 */
export function openJsonArray(): JsonArrayEncoder {
  let isEmpty = true;
  return {
    encode(frame) {
      const separator = isEmpty ? "[" : ",\r\n";
      isEmpty = false;
      return separator + frame.data;
    },
    end: () => (isEmpty ? "[]" : "]"),
  };
}
