import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, test } from "vitest";
import { readBody } from "./read-body.ts";
import { readUpload } from "./read-upload.ts";

const readers = {
  body: (request: IncomingMessage) => readBody({ request, ongoing: null, cut: null }, { encoding: null, maxBytes: 1_000 }),
  upload: (request: IncomingMessage) =>
    readUpload(
      { request, ongoing: null, cut: null },
      { contentType: "multipart/form-data; boundary=x", maxBytes: 1_000, providerIsNamed: false, mostHeldBytes: 1_000 },
    ),
};

test.each([
  ["body", "half"],
  ["body", "whole"],
  ["upload", "half"],
  ["upload", "whole"],
] as const)("a %s whose client left after sending the %s, before anybody read it, is not waited for", async (what, part) => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n${part === "half" ? "ab" : "abcd"}`);
  const [request] = (await once(server, "request")) as [IncomingMessage];
  const gone = once(request, "close");
  client.destroy();
  // Nobody listens for what the break makes of it.
  await gone.catch(() => {});
  await expect(readers[what](request)).rejects.toMatchObject({ code: "client_closed" });
  server.close();
});
