import * as z from "zod";
import { fetchOwn } from "../../data/session.ts";

const chunkSchema = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }).nullish() })).nullish(),
  error: z.object({ message: z.string() }).nullish(),
});
const failureSchema = z.object({ error: z.object({ message: z.string() }) });

/**
 * Sends one message to a model through the gateway, as any tool would, and tells the answer's text as it comes.
 *
 * @param traceId what its row in the log is found by
 * @throws {Error} with the gateway's or the provider's words, also where the answer broke off
 */
export async function streamAnswer(
  {
    model,
    prompt,
    traceId,
    signal,
  }: { readonly model: string; readonly prompt: string; readonly traceId: string; readonly signal: AbortSignal },
  onText: (text: string) => void,
): Promise<void> {
  const response = await fetchOwn("/v1/chat/completions", {
    method: "POST",
    signal,
    headers: { "content-type": "application/json", "x-portkey-trace-id": traceId },
    body: JSON.stringify({
      model,
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: "user", content: prompt }],
    }),
  });
  if (!response.ok || response.body === null) {
    const failure = failureSchema.safeParse(await response.json().catch(() => null));
    throw new Error(failure.data?.error.message ?? `Postern answered with status ${response.status}`);
  }
  let rest = "";
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) readLine(line, onText);
  }
}

function readLine(line: string, onText: (text: string) => void): void {
  if (!line.startsWith("data: ") || line.startsWith("data: [DONE]")) return;
  const chunk = chunkSchema.safeParse(JSON.parse(line.slice("data: ".length)));
  if (!chunk.success) return;
  const message = chunk.data.error?.message;
  if (message !== undefined) throw new Error(message);
  const text = chunk.data.choices?.[0]?.delta?.content;
  if (text !== undefined && text !== null && text !== "") onText(text);
}
