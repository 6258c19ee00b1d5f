import type { ReplyReader } from "../dialect.ts";
import { parseJsonObject } from "../json.ts";
import { openAnswer } from "./read-answer.ts";

/** Begins to read a provider's stream: every frame is a `GenerateContentResponse`, and nothing says the end. */
export function openReader(): ReplyReader {
  const answer = openAnswer();
  return {
    read(frame, emit) {
      const body = parseJsonObject(frame.data);
      if (body !== null) return answer.read(body, emit);
      // Google sends none, but servers that imitate it do.
      if (frame.data === "[DONE]") return emit({ type: "end" });
      emit({ type: "failure", failure: { status: 502, message: "The stream held a frame that is no JSON object" } });
    },
    end: (emit) => answer.end(emit),
  };
}
