import { protocol } from "electron";
import { forwardWindowCall, type WindowGateway } from "../host/forward-window-call.ts";
import { readWindowFile } from "../host/window-files.ts";
import { windowHeaders } from "../host/window-headers.ts";

/** The scheme that the app serves its own window under. `postern` is for links from elsewhere, and serves nothing. */
export const appScheme = "postern-app";

/** The origin of the window. */
export const appOrigin: string = `${appScheme}://window`;

/** What the window is served from. */
export interface AppSources {
  /** The admin API, without any check of its own. */
  readonly admin: (request: Request) => Promise<Response>;
  /** Where the window's own calls of models go; null while the gateway is stopped. */
  readonly gateway: () => WindowGateway | null;
  /** The built window. */
  readonly windowFolder: string;
}

/** Gives the scheme a web page's ordinary rights: an origin, a secure context, `fetch`. Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/**
 * Answers the window: its files, the admin API, and `/v1/*` through the gateway. Nobody else can ask: no other page is
 * ever loaded in the app's session.
 */
export function createAppHandler({ admin, gateway, windowFolder }: AppSources): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    const answer = await answerTo(request, url);
    const headers = new Headers(answer.headers);
    for (const [name, value] of Object.entries(windowHeaders)) {
      // A file whose name holds its digest may be kept.
      if (name !== "cache-control" || !headers.has(name)) headers.set(name, value);
    }
    return new Response(answer.body, { status: answer.status, headers });
  };

  async function answerTo(request: Request, url: URL): Promise<Response> {
    if (url.host !== "window") return refuse(404, "Cannot find this host");
    const origin = request.headers.get("origin");
    if (origin !== null && origin !== appOrigin) return refuse(403, "Cannot answer this web page: it is not Postern's window");
    if (url.pathname.startsWith("/admin/")) return admin(new Request(`http://postern${url.pathname}${url.search}`, request));
    if (url.pathname.startsWith("/v1/") || url.pathname.startsWith("/v1beta/models/")) {
      const at = gateway();
      if (at === null) return refuse(503, "Cannot reach the gateway: it is stopped; start it, then try again");
      return forwardWindowCall(request, `${url.pathname}${url.search}`, at);
    }
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(405, "Cannot do this here");
    const file = await readWindowFile(windowFolder, url.pathname);
    return file === null ? refuse(404, "Cannot find this file of the window") : new Response(file.body, { headers: { ...file.headers } });
  }
}

function refuse(status: number, message: string): Response {
  return Response.json({ error: { message, type: "server_error", code: "internal" } }, { status });
}
