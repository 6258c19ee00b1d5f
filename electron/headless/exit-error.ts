/** The contract's exit codes: 1 failed, 2 wrong usage, 3 already taken. */
export type ExitCode = 1 | 2 | 3;

/** An end of the program with words for the terminal and an exit code. */
export class ExitError extends Error {
  override readonly name = "ExitError";
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** A failure as the terminal shows it: its words, and no stack, which would mean nothing to most people. */
export function describeFailure(error: unknown): string {
  if (error instanceof ExitError) return error.message;
  if (error instanceof Error) return process.env["DEBUG"] === undefined ? error.message : (error.stack ?? error.message);
  return "Postern failed for no known reason";
}
