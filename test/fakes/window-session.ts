import { request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";
import { eventually } from "../wire/eventually.ts";
import type { RunningPostern } from "./start-postern.ts";

/** An answer of the window's listener. */
export interface WindowAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What a request says; `headers` go out exactly as given, Host among them. */
export interface WindowCall {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The URL that the program printed, in its two parts. */
export async function printedLogin(postern: RunningPostern): Promise<{ readonly origin: string; readonly token: string }> {
  return eventually(() => {
    const [, origin, token] = /(http:\/\/127\.0\.0\.1:\d+)\/#login=([\w-]+)\n/.exec(postern.stdout()) ?? [];
    if (origin === undefined || token === undefined) throw new Error(`Cannot find the login; so far: ${postern.stdout()}`);
    return { origin, token };
  });
}

/** Calls the window's listener, free to lie about everything that a browser would not let a page lie about. */
export function callWindow(origin: string, path: string, { method = "GET", headers = {}, body }: WindowCall = {}): Promise<WindowAnswer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host: hostname, port, path, method, headers: { ...headers }, agent: false }, (response) => {
      text(response).then((whole) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole }), reject);
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

/** Logs in as the page does, and gives the headers that its later calls carry. */
export async function logIn(origin: string, token: string): Promise<Record<string, string>> {
  const headers = { origin, "content-type": "application/json", "sec-fetch-site": "same-origin" };
  const answer = await callWindow(origin, "/login", { method: "POST", headers, body: JSON.stringify({ token }) });
  if (answer.status !== 200) throw new Error(`Cannot log in: ${answer.status} ${answer.body}`);
  const [cookie = ""] = answer.headers["set-cookie"] ?? [];
  const { tabToken } = JSON.parse(answer.body) as { tabToken: string };
  return { ...headers, cookie: cookie.split(";")[0] ?? "", "x-postern-tab": tabToken };
}
