import { createServer } from "node:net";
import type { Gateway } from "./gateway.ts";
import { type Listener, listen } from "./listen.ts";
import { PortTakenError } from "./port-taken-error.ts";

/** Where the gateway is meant to listen. */
export interface FrontAddress {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

/** Where the gateway listens, for as long as it does: it can be closed, opened again and moved while calls are under way. */
export interface FrontDoor {
  /** Null while it is closed. */
  readonly listener: Listener | null;
  /** Why it does not listen where it is meant to; null where it does, or is closed. */
  readonly problem: string | null;
  /** @throws {PortTakenError} where an address is taken */
  open(address: FrontAddress): Promise<Listener>;
  /** Closes it; calls under way may finish for `graceMs`. */
  close(graceMs: number): Promise<void>;
  /** Moves it, where it is open and elsewhere. Calls under way finish where they came in. Where the new address is taken, it stays. */
  move(address: FrontAddress): Promise<void>;
}

const moveGraceMs = 600_000;

/** @param options.onChange called after each change, with words for the log */
export function openFrontDoor(options: {
  readonly gateway: Gateway;
  readonly onChange: (what: "listening" | "moved" | "stuck" | "closed") => void;
}): FrontDoor {
  let listener: Listener | null = null;
  let at: FrontAddress | null = null;
  let problem: string | null = null;
  /** Those that moved away, and have calls to finish. */
  const retiring = new Set<Listener>();
  /** One change after the other: two moves at once would each close what the other has opened. */
  let turn: Promise<unknown> = Promise.resolve();

  function inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = turn.then(task);
    turn = result.catch(() => undefined);
    return result;
  }

  function retire(old: Listener): void {
    retiring.add(old);
    void old.retire(moveGraceMs).then(() => retiring.delete(old));
  }

  async function move(to: FrontAddress): Promise<void> {
    const from = at;
    if (from === null) return;
    if (listener !== null && from.host === to.host && from.port === to.port) {
      const wasStuck = problem !== null;
      problem = null;
      if (wasStuck) options.onChange("moved");
      return;
    }
    const old = listener;
    // With the same port, the addresses may be the same too: the old one has to be free first.
    const isInTheWay = old !== null && (from.port === to.port || old.port === to.port);
    if (isInTheWay) retire(old);
    try {
      listener = await listen(options.gateway, to);
      at = to;
      problem = null;
      if (old !== null && !isInTheWay) retire(old);
      options.onChange("moved");
    } catch (error) {
      problem = (error as Error).message;
      if (isInTheWay) await goBack({ host: from.host, port: old.port });
      options.onChange("stuck");
    }
  }

  /** Where even the old address was taken in between, it is closed: the problem says so, and the next change tries again. */
  async function goBack(address: FrontAddress): Promise<void> {
    try {
      listener = await listen(options.gateway, address);
    } catch {
      listener = null;
    }
  }

  return {
    get listener() {
      return listener;
    },
    get problem() {
      return problem;
    },
    open: (address) =>
      inTurn(async () => {
        listener = await listen(options.gateway, address);
        at = address;
        problem = null;
        options.onChange("listening");
        return listener;
      }),
    close: (graceMs) =>
      inTurn(async () => {
        const closing = listener;
        await Promise.all([closing?.drain(graceMs), ...[...retiring].map((old) => old.retire(graceMs))]);
        at = null;
        if (closing === null) return;
        listener = null;
        problem = null;
        options.onChange("closed");
      }),
    move: (address) => inTurn(() => move(address)),
  };
}

/**
 * Finds out whether an address could be listened at.
 *
 * @throws {PortTakenError} where it is taken, and the system's own error where it is none of this machine's
 */
export function checkAddress({ host, port }: FrontAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new PortTakenError(host, port, { cause: error }) : error),
    );
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()));
  });
}
