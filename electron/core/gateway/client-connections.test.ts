import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { beforeEach, describe, expect, it } from "vitest";
import { ClientConnections } from "./client-connections.ts";

let connections: ClientConnections;
beforeEach(() => {
  connections = new ClientConnections();
});

function connect(): Socket {
  const socket = new Socket();
  connections.add(socket);
  return socket;
}

const answerOn = (socket: Socket): ServerResponse => new ServerResponse(new IncomingMessage(socket));

describe("ClientConnections", () => {
  it("owes each of two pipelined answers, whichever is out first", () => {
    const socket = connect();
    const [first, second] = [answerOn(socket), answerOn(socket)];
    connections.owe(socket, first);
    connections.owe(socket, second);
    expect(connections.settle(socket, first)).toBe(false);
    connections.closeIdle();
    expect(socket.destroyed).toBe(false);
    expect(connections.settle(socket, second)).toBe(true);
    connections.closeIdle();
    expect(socket.destroyed).toBe(true);
  });

  it("makes room for a new one by the one that has waited longest, of 512 that wait", () => {
    const sockets = Array.from({ length: 512 }, connect);
    const [oldest, next] = sockets as [Socket, Socket];
    const answer = answerOn(oldest);
    connections.owe(oldest, answer);
    connect();
    expect(sockets.filter(({ destroyed }) => destroyed)).toEqual([]);
    connections.settle(oldest, answer);
    connect();
    expect(sockets.filter(({ destroyed }) => destroyed)).toEqual([next]);
  });
});
