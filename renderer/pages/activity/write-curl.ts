/** Which shell a command is for. */
export type Shell = "posix" | "powershell";

/** A call, to be made again from a terminal. */
export interface CurlCall {
  /** `127.0.0.1:8787` */
  readonly address: string;
  readonly path: string;
  /** JSON. */
  readonly body: string;
}

/**
 * Writes a command that makes a call again. The key stays in the terminal's environment, as `POSTERN_KEY`: nothing secret
 * is in the text.
 */
export function writeCurl({ address, path, body }: CurlCall, shell: Shell): string {
  const isStreamed = /[?&]alt=sse/.test(path) || /"stream"\s*:\s*true/.test(body);
  const program = isStreamed ? "curl -N" : "curl";
  if (shell === "posix") {
    return [
      `${program} ${quotePosix(`http://${address}${path}`)}`,
      '  -H "Authorization: Bearer $POSTERN_KEY"',
      "  -H 'Content-Type: application/json'",
      `  --data-raw ${quotePosix(body)}`,
    ].join(" \\\n");
  }
  // In PowerShell, curl is an alias of something else, and a text reaches a program without its inner quotes: a pipe keeps them.
  return [
    `${quotePowerShell(body)} |`,
    `  ${program.replace("curl", "curl.exe")} ${quotePowerShell(`http://${address}${path}`)}`,
    '  -H "Authorization: Bearer $env:POSTERN_KEY"',
    "  -H 'Content-Type: application/json'",
    "  --data-binary '@-'",
  ]
    .join(" `\n")
    .replace("| `\n", "|\n");
}

function quotePosix(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function quotePowerShell(text: string): string {
  // The typographic quotes count as quotes there, too.
  return `'${text.replaceAll(/['‘’‚‛]/g, "$&$&")}'`;
}
