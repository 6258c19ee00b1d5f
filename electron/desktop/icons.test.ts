import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { trayShapes } from "./tray-facts.ts";

const icons = path.resolve(import.meta.dirname, "../../assets/icons");
const read = (name: string): Buffer => readFileSync(path.join(icons, name));
/** Width and height of a PNG. */
const sizeOf = (name: string): [number, number] => [read(name).readUInt32BE(16), read(name).readUInt32BE(20)];

test.each(trayShapes)("the tray's shape %s is drawn for each system; else run: node scripts/draw-icons.ts", (shape) => {
  expect(existsSync(path.join(icons, `tray/${shape}.svg`))).toBe(true);
  expect(
    [`${shape}Template.png`, `${shape}Template@2x.png`, `${shape}.png`, `${shape}@2x.png`].map((name) => sizeOf(`tray/${name}`)),
  ).toEqual([
    [16, 16],
    [32, 32],
    [24, 24],
    [48, 48],
  ]);
  // Windows takes the size that fits its bar.
  const ico = read(`tray/${shape}.ico`);
  const sizes = Array.from({ length: ico.readUInt16LE(4) }, (_, index) => ico.readUInt8(6 + 16 * index));
  expect(sizes).toEqual([16, 20, 24, 32, 40, 48]);
});

test("no two shapes look alike without their colours", () => {
  expect(new Set(trayShapes.map((shape) => read(`tray/${shape}Template@2x.png`).toString("base64"))).size).toBe(trayShapes.length);
});

test("the app's icon is there for each system", () => {
  for (const size of [16, 24, 32, 48, 64, 128, 256, 512, 1024]) expect(sizeOf(`app/${size}x${size}.png`)).toEqual([size, size]);
  expect([read("app.icns").toString("ascii", 0, 4), read("app.icns").readUInt32BE(4)]).toEqual(["icns", read("app.icns").length]);
  expect(read("app.ico").readUInt16LE(4)).toBe(9);
});
