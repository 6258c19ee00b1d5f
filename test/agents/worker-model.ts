import type { ChatRequest } from "#core/dialects/chat.ts";
import { type Model, say } from "../fakes/dialect-provider.ts";
import { type Agent, task } from "./agents.ts";

/**
 * A model that does the task with an agent's own tools, one step a turn: it goes on only when the tool's result came
 * back, and writes what it was really shown, so that a result which was lost on the way shows.
 */
export function workerModel(agent: Agent, project: string): Model {
  const [read, write, run] = agent.steps;
  return (request) => {
    const results = resultsOf(request);
    // Agents ask for titles and summaries beside their work: those come without tools.
    if (request.tools.length === 0) return say("A title");
    if (results.length === 0) return read(project);
    if (results.length === 1) return write(project, results[0]?.includes(task.note) === true ? task.result : `LOST: ${results[0]}`);
    if (results.length === 2) return run(task.command);
    return say(`It says: ${results[2] ?? ""}`);
  };
}

/** What the tools gave back so far, as text. */
function resultsOf(request: ChatRequest): readonly string[] {
  return request.messages.flatMap((message) =>
    message.role === "user"
      ? message.content.flatMap((part) =>
          part.type === "tool-result" ? [part.content.map((piece) => (piece.type === "text" ? piece.text : "")).join("")] : [],
        )
      : [],
  );
}
