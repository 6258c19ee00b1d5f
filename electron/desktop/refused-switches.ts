/**
 * Chromium's switches that open the app to whoever starts it: they take the sandbox or the same-origin rule away, or let
 * another program look into the window. The fuses cover Node's options, not these.
 */
const refused = [
  "no-sandbox",
  "disable-web-security",
  "disable-site-isolation-trials",
  "remote-debugging-port",
  "remote-debugging-pipe",
  "remote-allow-origins",
  "ignore-certificate-errors",
  "allow-insecure-localhost",
  "host-rules",
  "host-resolver-rules",
  "proxy-server",
  "proxy-pac-url",
  "load-extension",
  "js-flags",
  "renderer-cmd-prefix",
  "gpu-launcher",
  "utility-cmd-prefix",
] as const;

/** The first switch with which a packaged app is not to be started; undefined where there is none. */
export function findRefusedSwitch(hasSwitch: (name: string) => boolean): string | undefined {
  return refused.find((name) => hasSwitch(name));
}
