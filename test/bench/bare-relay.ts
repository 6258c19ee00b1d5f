// The yardstick, as a process of its own: what a relay on node:http and undici costs when it does nothing but relay.
// It parses the body, as anything must that routes by the model's name, and keeps back-pressure, without which it would
// fill its memory for a slow reader. No key check, no routing, no limits, no log, no error handling.

import { createServer, type ServerResponse } from "node:http";
import { type Dispatcher, Pool } from "undici";
import { modelName } from "./work.ts";

const [origin = "", port = "0"] = process.argv.slice(2);
const pool = new Pool(origin);

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    const { model } = JSON.parse(body.toString()) as { model: string };
    if (model !== modelName) throw new Error("Cannot relay this call: it asks for another model");
    const headers = ["content-type", "application/json", "authorization", request.headers.authorization ?? ""];
    pool.dispatch({ method: "POST", path: request.url ?? "/", headers, body }, relayTo(response));
  });
});
server.listen(Number(port), "127.0.0.1");

function relayTo(response: ServerResponse): Dispatcher.DispatchHandler {
  return {
    onRequestStart() {},
    onResponseStart(_controller, status, { connection: _connection, "transfer-encoding": _encoding, ...headers }) {
      response.writeHead(status, headers);
    },
    onResponseData(controller, chunk) {
      if (response.write(chunk)) return;
      controller.pause();
      response.once("drain", () => controller.resume());
    },
    onResponseEnd() {
      response.end();
    },
    onResponseError() {
      response.destroy();
    },
  };
}
