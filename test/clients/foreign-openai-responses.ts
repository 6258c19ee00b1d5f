import type OpenAI from "openai";
import { type ForeignClient, type Said } from "./foreign-client.ts";
import { explainOpenAi, openOpenAi } from "./foreign-openai.ts";

type Responses = OpenAI.Responses.Response;

/** `responses` of the `openai` package, without a store: the whole history goes with each call. */
export const openaiResponses: ForeignClient = {
  name: "openai, responses",
  dialect: "openai-responses",
  showsThoughts: true,
  showsHeaders: true,
  explain: explainOpenAi,
  open(gateway, setup) {
    const client = openOpenAi(gateway);
    const history: OpenAI.Responses.ResponseInputItem[] = [];
    const rest = {
      model: setup.model,
      store: false,
      max_output_tokens: 4_096,
      include: ["reasoning.encrypted_content" as const],
      ...(setup.system === undefined ? {} : { instructions: setup.system }),
      ...(setup.thinks === true ? { reasoning: { effort: "low" as const, summary: "auto" as const } } : {}),
      ...(setup.force === undefined ? {} : { tool_choice: { type: "function" as const, name: setup.force } }),
      ...(setup.tools === undefined
        ? {}
        : {
            tools: setup.tools.map(({ name, description, parameters }) => ({
              type: "function" as const,
              name,
              description,
              parameters: { ...parameters },
              strict: false,
            })),
          }),
      ...(setup.schema === undefined
        ? {}
        : { text: { format: { type: "json_schema" as const, name: "weather", strict: true, schema: { ...setup.schema } } } }),
    };
    return {
      async ask(turn, { signal, onPiece } = {}) {
        if ("results" in turn) {
          for (const { id, text } of turn.results) history.push({ type: "function_call_output", call_id: id, output: text });
        } else {
          const content: OpenAI.Responses.ResponseInputContent[] = [{ type: "input_text", text: turn.text }];
          if (turn.image !== undefined) {
            content.push({ type: "input_image", detail: "auto", image_url: `data:${turn.image.mediaType};base64,${turn.image.data}` });
          }
          history.push({ role: "user", content });
        }
        const options = signal === undefined ? {} : { signal };
        let response: Responses & { output_parsed?: unknown };
        if (setup.stream) {
          const stream = client.responses.stream({ ...rest, input: history }, options);
          stream.on("response.output_text.delta", ({ delta }) => onPiece?.(delta));
          response = await stream.finalResponse();
        } else {
          response = await client.responses.parse({ ...rest, input: history }, options);
        }
        history.push(...(response.output as OpenAI.Responses.ResponseInputItem[]));
        return readResponse(response);
      },
    };
  },
};

function readResponse(response: Responses & { output_parsed?: unknown }): Said {
  return {
    text: response.output_text,
    thoughts: response.output.flatMap((item) => (item.type === "reasoning" ? item.summary.map(({ text }) => text) : [])).join(""),
    calls: response.output.flatMap((item) =>
      item.type === "function_call" ? [{ id: item.call_id, name: item.name, args: JSON.parse(item.arguments) as unknown }] : [],
    ),
    parsed: response.output_parsed ?? null,
    reason: response.incomplete_details?.reason ?? response.status,
    usage: { input: response.usage?.input_tokens, output: response.usage?.output_tokens },
  };
}
