import { describe, expect, it } from "vitest";
import { matchEndpoint } from "./match-endpoint.ts";

function match(line: string): string {
  const [method, path] = line.split(" ") as [string, string];
  const found = matchEndpoint(method, path);
  switch (found.kind) {
    case "call":
      return found.endpoint.id;
    case "model":
      return `model ${found.id}`;
    case "passthrough":
      return `raw ${found.path}`;
    case "wrong-method":
      return `only ${found.allow}`;
    default:
      return found.kind;
  }
}

describe("matchEndpoint()", () => {
  it.each([
    ["POST /v1/chat/completions", "chat"],
    ["POST /openai", "chat"],
    ["POST /openai/v1/chat/completions", "chat"],
    ["POST /v1/audio/transcriptions", "audio-transcriptions"],
    ["GET /v1/chat/completions", "only POST"],
    ["HEAD /", "greeting"],
    ["GET /healthz", "health"],
    ["POST /healthz", "only GET, HEAD"],
    ["GET /v1/models", "models"],
    ["GET /v1/models/@openai%2Fgpt-4o", "model @openai/gpt-4o"],
    ["GET /v1/models/@deepinfra/a/b", "model @deepinfra/a/b"],
    ["GET /v1/models/%2e%2e%2fadmin", "not-found"],
    ["GET /v1/models/..", "not-found"],
    ["GET /v1/models/%zz", "not-found"],
    ["POST /v1/files", "raw /files"],
    ["DELETE /v1/files/file-1", "raw /files/file-1"],
    ["PUT /v1/files", "only GET, POST, DELETE"],
    ["GET /v1/..%2fadmin", "not-found"],
    ["GET /v1/../admin", "not-found"],
    ["GET /v1/./files", "not-found"],
    ["GET /v1//files", "not-found"],
    ["GET //evil", "not-found"],
    ["GET /v1/%zz", "not-found"],
    ["GET /v1/a\\b", "not-found"],
    ["POST /V1/chat/completions", "not-found"],
    ["POST /v1/chat/completions/", "not-found"],
    ["GET /admin/status", "not-found"],
  ])("reads %s as %s", (line, expected) => {
    expect(match(line)).toBe(expected);
  });
});
