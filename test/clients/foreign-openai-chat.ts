import type OpenAI from "openai";
import { type ForeignClient, must, type Said } from "./foreign-client.ts";
import { explainOpenAi, openOpenAi } from "./foreign-openai.ts";

type Message = OpenAI.ChatCompletionMessageParam;

/** `chat.completions` of the `openai` package. */
export const openaiChat: ForeignClient = {
  name: "openai, chat completions",
  dialect: "openai-chat",
  showsThoughts: true,
  showsHeaders: true,
  explain: explainOpenAi,
  open(gateway, setup) {
    const client = openOpenAi(gateway);
    const history: Message[] = setup.system === undefined ? [] : [{ role: "system", content: setup.system }];
    const rest = {
      model: setup.model,
      max_completion_tokens: 4_096,
      ...(setup.thinks === true ? { reasoning_effort: "low" as const } : {}),
      ...(setup.force === undefined ? {} : { tool_choice: { type: "function" as const, function: { name: setup.force } } }),
      ...(setup.tools === undefined
        ? {}
        : {
            tools: setup.tools.map(({ name, description, parameters }) => ({
              type: "function" as const,
              function: { name, description, parameters: { ...parameters } },
            })),
          }),
      ...(setup.schema === undefined
        ? {}
        : {
            response_format: { type: "json_schema" as const, json_schema: { name: "weather", strict: true, schema: { ...setup.schema } } },
          }),
    };
    return {
      async ask(turn, { signal, onPiece } = {}) {
        if ("results" in turn) {
          for (const { id, text } of turn.results) history.push({ role: "tool", tool_call_id: id, content: text });
        } else if (turn.image === undefined) history.push({ role: "user", content: turn.text });
        else {
          const url = `data:${turn.image.mediaType};base64,${turn.image.data}`;
          history.push({
            role: "user",
            content: [
              { type: "text", text: turn.text },
              { type: "image_url", image_url: { url } },
            ],
          });
        }
        const options = signal === undefined ? {} : { signal };
        let thoughts = "";
        let completion: OpenAI.ChatCompletion;
        if (setup.stream) {
          const stream = client.chat.completions.stream({ ...rest, messages: history, stream_options: { include_usage: true } }, options);
          stream.on("content", (delta) => onPiece?.(delta));
          stream.on("chunk", ({ choices }) => {
            thoughts += (choices[0]?.delta as { reasoning_content?: string } | undefined)?.reasoning_content ?? "";
          });
          completion = await stream.finalChatCompletion();
        } else if (setup.schema === undefined) completion = await client.chat.completions.create({ ...rest, messages: history }, options);
        else completion = await client.chat.completions.parse({ ...rest, messages: history }, options);
        const choice = must(completion.choices[0], "choice");
        history.push(choice.message);
        if (!setup.stream) thoughts = (choice.message as { reasoning_content?: string }).reasoning_content ?? "";
        return readChoice(choice, thoughts, completion.usage);
      },
    };
  },
};

function readChoice(choice: OpenAI.ChatCompletion.Choice, thoughts: string, usage: OpenAI.CompletionUsage | undefined): Said {
  const { content, tool_calls: calls = [] } = choice.message;
  return {
    text: content ?? "",
    thoughts,
    calls: calls.map((call) => {
      if (call.type !== "function") throw new Error("The client got a custom call");
      return { id: call.id, name: call.function.name, args: JSON.parse(call.function.arguments) as unknown };
    }),
    parsed: (choice.message as { parsed?: unknown }).parsed ?? null,
    reason: choice.finish_reason,
    usage: { input: usage?.prompt_tokens, output: usage?.completion_tokens },
  };
}
