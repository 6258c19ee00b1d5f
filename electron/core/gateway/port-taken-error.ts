/** A port that somebody else holds. */
export class PortTakenError extends Error {
  override readonly name = "PortTakenError";
  readonly address: string;
  readonly port: number;

  constructor(address: string, port: number, options: ErrorOptions) {
    super(`Cannot listen on ${bracketed(address)}:${port}: the port is taken`, options);
    this.address = address;
    this.port = port;
  }
}

/** An address as it stands before a port: IPv6 in brackets. */
export function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
