import { once } from "node:events";
import { connect } from "node:net";

/** The keyring's dialog, as it looks to the keyring while nobody answers it. */
export interface SilentPrompter extends AsyncDisposable {
  /** How many dialogs were asked for. */
  calls(): number;
}

/**
 * Takes the name under which gnome-keyring asks for its password dialog, and answers nothing.
 *
 * @param address a session bus: `unix:path=...`
 * @see https://dbus.freedesktop.org/doc/dbus-specification.html for the bytes
 */
export async function silencePrompter(address: string): Promise<SilentPrompter> {
  const socket = connect(address.replace(/^unix:path=/, "").replace(/,.*/, ""));
  await once(socket, "connect");
  let received = "";
  const waiting = new Set<() => void>();
  socket.on("data", (bytes: Buffer) => {
    received += bytes.toString("latin1");
    for (const check of waiting) check();
  });
  const receive = (pattern: RegExp): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!pattern.test(received)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });

  const userId = Buffer.from(`${process.getuid?.()}`).toString("hex");
  socket.write(`\0AUTH EXTERNAL ${userId}\r\n`);
  await receive(/OK [0-9a-f]+\r\n/);
  socket.write("BEGIN\r\n");
  socket.write(callBus(1, "Hello"));
  socket.write(callBus(2, "RequestName", "org.gnome.keyring.SystemPrompter"));
  // The bus tells every owner of a name that it has it now.
  await receive(/NameAcquired[^]*org\.gnome\.keyring\.SystemPrompter/);

  return {
    calls: () => received.split("BeginPrompting").length - 1,
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
      await once(socket, "close");
    },
  };
}

/** A method call to the bus itself, little-endian; with a name as RequestName takes it: the text, then flags 0. */
function callBus(serial: number, member: string, name?: string): Buffer {
  const body = name === undefined ? Buffer.alloc(0) : Buffer.concat([padded(text(name), 4), uint32(0)]);
  const fields = [
    headerField(1, "o", text("/org/freedesktop/DBus")),
    headerField(2, "s", text("org.freedesktop.DBus")),
    headerField(3, "s", text(member)),
    headerField(6, "s", text("org.freedesktop.DBus")),
    ...(name === undefined ? [] : [headerField(8, "g", Buffer.from("\x02su\0"))]),
  ];
  // The array's length leaves out the padding behind its last element.
  const last = fields.at(-1) ?? Buffer.alloc(0);
  const array = Buffer.concat([...fields.slice(0, -1).map((field) => padded(field, 8)), last]);
  const head = Buffer.concat([Buffer.from([0x6c, 1, 0, 1]), uint32(body.length), uint32(serial), uint32(array.length), array]);
  return Buffer.concat([padded(head, 8), body]);
}

function headerField(code: number, signature: string, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([code, 1, signature.charCodeAt(0), 0]), value]);
}

function text(value: string): Buffer {
  return Buffer.concat([uint32(Buffer.byteLength(value)), Buffer.from(`${value}\0`)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function padded(bytes: Buffer, alignment: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((alignment - (bytes.length % alignment)) % alignment)]);
}
