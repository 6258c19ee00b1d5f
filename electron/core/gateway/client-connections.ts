import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

const openAnswers = Symbol("open answers");
const idleSince = Symbol("idle since");

/** A connection with the answers that it still owes: pipelined requests make more than one. */
interface ClientConnection extends Socket {
  [openAnswers]: ServerResponse[];
  /** Counts up with each connection that has nothing to do any more: the smallest has waited longest. */
  [idleSince]: number;
}

/** More of them may be open, but no more of them wait. */
const mostIdle = 512;

/**
 * The connections of a listener's clients, and which of them have waited longest for another request. With each request
 * goes a number and no more: a list of those that wait would change twice. Who waits is looked for when somebody comes.
 */
export class ClientConnections {
  readonly #open = new Set<ClientConnection>();
  #turn = 0;

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
    answers.splice(answers.indexOf(answer), 1);
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

  #makeRoom(): void {
    const idle = [...this.#open].filter(isIdle);
    if (idle.length < mostIdle) return;
    idle.reduce((oldest, one) => (one[idleSince] < oldest[idleSince] ? one : oldest)).destroy();
  }
}

function isIdle(connection: ClientConnection): boolean {
  return connection[openAnswers].length === 0;
}
