import { describe, expect, it } from "vitest";
import { answers, everyDialect } from "./fixtures.ts";

// A provider's refusal in every client's dialect: its words arrive, and its kind.

const failures = answers.filter(({ fixture }) => fixture.status >= 400).map((answer) => [answer.fixture.name, answer] as const);

describe.each(everyDialect.map((dialect) => [dialect.id, dialect] as const))("to a client of %s", (_id, client) => {
  it.each(failures)("%s keeps its words", (_name, { dialect, fixture }) => {
    const failure = dialect.readFailure(fixture.status, fixture.body);
    expect(failure.message).not.toBe("");
    const written: unknown = JSON.parse(JSON.stringify(client.writeFailure(failure)));
    const read = client.readFailure(failure.status, written);
    expect(read.status).toBe(failure.status);
    // Anthropic's clients know a prompt that is too long by its first words.
    expect(read.message).toContain(failure.message);
  });

  it.each([400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529])("says a bare %i", (status) => {
    const written: unknown = JSON.parse(JSON.stringify(client.writeFailure({ status, message: "no" })));
    expect(client.readFailure(status, written)).toMatchObject({ status, message: "no" });
  });
});
