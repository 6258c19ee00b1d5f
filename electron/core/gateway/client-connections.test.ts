import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ClientConnections } from "./client-connections.ts";

let connections: ClientConnections;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  connections = new ClientConnections();
});
afterEach(() => {
  connections.close();
  vi.useRealTimers();
});

function connect(): Socket {
  const socket = new Socket();
  connections.add(socket);
  return socket;
}

const answerOn = (socket: Socket): ServerResponse => new ServerResponse(new IncomingMessage(socket));

describe("ClientConnections", () => {
  it("closes a connection that has waited for more than a minute, counted from its last answer, and none that owes one", () => {
    const [silent, asked, owing] = [connect(), connect(), connect()];
    const [answer, owed] = [answerOn(asked), answerOn(owing)];
    connections.owe(asked, answer);
    connections.owe(owing, owed);
    vi.advanceTimersByTime(60_000);
    expect([silent, asked, owing].map(({ destroyed }) => destroyed)).toEqual([false, false, false]);
    expect(connections.settle(asked, answer)).toBe(true);
    vi.advanceTimersByTime(15_000);
    expect([silent, asked, owing].map(({ destroyed }) => destroyed)).toEqual([true, false, false]);
    vi.advanceTimersByTime(60_000);
    expect([silent, asked, owing].map(({ destroyed }) => destroyed)).toEqual([true, true, false]);
  });

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
