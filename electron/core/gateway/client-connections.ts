import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

const openAnswers = Symbol("open answers");
const idleSince = Symbol("idle since");

/** A connection with the answers that it still owes: pipelined requests make more than one. */
export interface ClientConnection extends Socket {
  [openAnswers]: ServerResponse[];
  /** Counts up with each connection that has nothing to do any more: the smallest has waited longest. */
  [idleSince]: number;
}

/** More of them may be open, but no more of them wait. */
const mostIdle = 512;
const sweepMs = 5_000;
/** Within 65 s nothing that waits is closed, and after 70 s nothing waits. */
const sweepsUntilClosed = 14;

/**
 * The connections of a listener's clients, and how long each has waited for another request. With each request goes a
 * number and no more: node:http's own time limit sets and clears a timer twice, and a list of those that wait would change as
 * often. Who waits is looked for when somebody comes, and every five seconds.
 */
export class ClientConnections {
  readonly #open = new Set<ClientConnection>();
  #turn = 0;
  /** Where {@link #turn} stood at the last sweeps, the oldest first. */
  readonly #turns: number[] = [];
  readonly #sweeping: NodeJS.Timeout;

  constructor() {
    this.#sweeping = setInterval(() => this.#sweep(), sweepMs).unref();
  }

  /** Takes a new one; where too many wait, the one that has waited longest makes room. */
  add(socket: Socket): void {
    if (this.#open.size >= mostIdle) this.#makeRoom();
    const connection = Object.assign(socket, { [openAnswers]: [], [idleSince]: this.#turn++ });
    this.#open.add(connection);
    socket.once("close", () => this.#open.delete(connection));
  }

  has(socket: Socket): boolean {
    return this.#open.has(socket as ClientConnection);
  }

  /** A request has come on it. */
  owe(socket: Socket, answer: ServerResponse): void {
    (socket as ClientConnection)[openAnswers].push(answer);
  }

  /** Its answer is out. @returns whether that was the last that is owed */
  settle(socket: Socket, answer: ServerResponse): boolean {
    const connection = socket as ClientConnection;
    const answers = connection[openAnswers];
    if (answers.at(-1) === answer) answers.pop();
    else answers.splice(answers.indexOf(answer), 1);
    connection[idleSince] = this.#turn++;
    return answers.length === 0;
  }

  /** Whether an answer has begun to go out on it. */
  isAnswering(socket: Socket): boolean {
    return (socket as ClientConnection)[openAnswers].some((answer) => answer.headersSent);
  }

  /** Closes those that only wait. */
  closeIdle(): void {
    for (const connection of this.#open) if (isIdle(connection)) connection.destroy();
  }

  /** Nothing comes any more. */
  close(): void {
    clearInterval(this.#sweeping);
  }

  #makeRoom(): void {
    const idle = [...this.#open].filter(isIdle);
    if (idle.length < mostIdle) return;
    idle.reduce((oldest, one) => (one[idleSince] < oldest[idleSince] ? one : oldest)).destroy();
  }

  #sweep(): void {
    const before = this.#turns.length < sweepsUntilClosed ? -1 : (this.#turns.shift() ?? -1);
    this.#turns.push(this.#turn);
    for (const connection of this.#open) if (isIdle(connection) && connection[idleSince] < before) connection.destroy();
  }
}

function isIdle(connection: ClientConnection): boolean {
  return connection[openAnswers].length === 0;
}
