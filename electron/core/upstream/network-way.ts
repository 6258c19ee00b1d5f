import { X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { createSecureContext, getCACertificates, rootCertificates, type SecureContext } from "node:tls";
import type { buildConnector as connectors } from "undici";
import { PosternError } from "#shared/errors.ts";
import type { NetworkSettings } from "#shared/schema/settings.ts";
import { openTunnel, type Proxy } from "./open-tunnel.ts";
import { buildConnector } from "./undici-parts.ts";

/** How connections leave this machine. */
export interface NetworkWay {
  /** What opens the connections to an origin: directly, or through the proxy. */
  connectorFor(origin: string, options: { readonly timeoutMs: number }): connectors.connector;
  /** Takes new settings. @returns whether they differ: open connections were made with the old ones then */
  configure(settings: NetworkSettings): boolean;
}

const mostAuthorityBytes = 8_388_608;

/**
 * @param options.credentials the proxy's, as `user:password`; null where it asks for none
 * @param options.notify is told of a file of authorities that cannot be used; connections go on without it
 */
export function openNetworkWay(
  initial: NetworkSettings,
  options: { readonly credentials: string | null; readonly notify: (words: string) => void },
): NetworkWay {
  let settings = initial;
  /** Made once for all connections: reading so many certificates takes milliseconds. Undefined stands for Node's own. */
  let trusted: SecureContext | undefined;
  let isTrustRead = false;

  function trust(): SecureContext | undefined {
    if (isTrustRead) return trusted;
    isTrustRead = true;
    trusted = undefined;
    const { caFile, trustSystemCertificates } = settings;
    if (caFile === null && !trustSystemCertificates) return undefined;
    const more = trustSystemCertificates ? getCACertificates("system") : [];
    try {
      if (caFile !== null) more.push(...readAuthorities(caFile));
    } catch (error) {
      options.notify(`${(error as Error).message}. Connections are made without it.`);
    }
    return (trusted = createSecureContext({ ca: [...rootCertificates, ...more] }));
  }

  return {
    connectorFor(origin, { timeoutMs }) {
      const { protocol, hostname } = new URL(origin);
      const isSecure = protocol === "https:";
      const secureContext = isSecure ? trust() : undefined;
      const direct = buildConnector({
        timeout: timeoutMs,
        rejectUnauthorized: true,
        allowH2: false,
        ...(secureContext !== undefined && { secureContext }),
      });
      const proxy = readProxy(settings.proxy, options.credentials);
      if (proxy === null || goesDirectly(origin, settings.proxyBypass)) return direct;
      return (asked, settle) => {
        const port = Number(asked.port) || (isSecure ? 443 : 80);
        const secureContextOfProxy = proxy.protocol === "https" ? trust() : undefined;
        const connect = async (): Promise<void> => {
          const socket = await openTunnel(proxy, { hostname, port }, { timeoutMs, secureContext: secureContextOfProxy });
          if (isSecure) direct({ ...asked, httpSocket: socket }, settle);
          else settle(null, socket);
        };
        connect().catch((error: Error) => settle(error, null));
      };
    },
    configure(next) {
      const isSame =
        next.proxy === settings.proxy &&
        next.caFile === settings.caFile &&
        next.trustSystemCertificates === settings.trustSystemCertificates &&
        next.proxyBypass.join() === settings.proxyBypass.join();
      settings = next;
      if (!isSame) isTrustRead = false;
      return !isSame;
    },
  };
}

/**
 * Whether an origin is reached without the proxy: this machine always, and what the settings name.
 *
 * @param bypass `models.lan`, `10.0.0.7:8000`, and `.lan` or `*.lan` for every host that ends so
 */
export function goesDirectly(origin: string, bypass: readonly string[]): boolean {
  const { hostname, port, protocol } = new URL(origin);
  const host = hostname.replaceAll(/[[\]]/g, "");
  if (host === "localhost" || host.endsWith(".localhost") || host === "::1" || (isIP(host) === 4 && host.startsWith("127."))) return true;
  const effectivePort = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  return bypass.some((entry) => {
    const [, dots = "", name = "", onlyPort] = /^(\*?\.)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    if (onlyPort !== undefined && onlyPort !== effectivePort) return false;
    const plain = name.replaceAll(/[[\]]/g, "");
    return dots === "" ? host === plain : host.endsWith(`.${plain}`);
  });
}

/**
 * The certificates in a PEM file.
 *
 * @throws {PosternError} `invalid_value` where it cannot be read or holds none that could be used
 */
export function readAuthorities(file: string): string[] {
  const refuse = (why: string, cause?: unknown): PosternError =>
    new PosternError("invalid_value", `Cannot use the certificates in ${file}: ${why}`, { cause });
  let text: string;
  try {
    if (statSync(file).size > mostAuthorityBytes) throw refuse("the file is larger than 8 MiB");
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof PosternError) throw error;
    throw refuse((error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : "it cannot be read", error);
  }
  const found = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0) throw refuse('it holds none; it must be PEM, with "-----BEGIN CERTIFICATE-----"');
  for (const [index, certificate] of found.entries()) {
    try {
      void new X509Certificate(certificate);
    } catch (error) {
      throw refuse(`number ${index + 1} in it is damaged`, error);
    }
  }
  return found;
}

function readProxy(address: string | null, credentials: string | null): Proxy | null {
  if (address === null) return null;
  const { protocol, hostname, port } = new URL(address);
  const kind = protocol === "https:" ? "https" : protocol === "http:" ? "http" : "socks5";
  const usual = { http: 80, https: 443, socks5: 1080 }[kind];
  return { protocol: kind, hostname, port: port === "" ? usual : Number(port), credentials };
}
