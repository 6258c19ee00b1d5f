// node scripts/draw-icons.ts: makes the icons of each system from the drawings in assets/icons. What it makes is committed.

import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { chromium, type Page } from "playwright-core";
import { findChromium } from "./chromium.ts";
import { repository } from "./run-tool.ts";

const folder = path.join(repository, "assets/icons");
const appSizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
const windowsSizes = [16, 20, 24, 32, 40, 48];
/** The kinds of macOS's icon file: https://en.wikipedia.org/wiki/Apple_Icon_Image_format */
const appleKinds = { icp4: 16, icp5: 32, ic11: 32, ic12: 64, ic07: 128, ic13: 256, ic08: 256, ic14: 512, ic09: 512, ic10: 1024 } as const;

/** Where a panel shows colours, the shape stands in a badge, so that it is seen on light and dark. */
const badges: Readonly<Record<string, string>> = {
  running: "#0f7f84",
  starting: "#0f7f84",
  asking: "#2563c9",
  stopped: "#6b7280",
  paused: "#6b7280",
  problem: "#c2410c",
  "no-key": "#a16207",
};

async function drawAll(page: Page): Promise<void> {
  const app = readFileSync(path.join(folder, "app.svg"), "utf8");
  // Only macOS leaves the room around the icon to the icon.
  const wide = app.replace('viewBox="0 0 1024 1024"', 'viewBox="76 76 872 872"');
  const bySize = new Map<number, Buffer>();
  mkdirSync(path.join(folder, "app"), { recursive: true });
  for (const size of appSizes) {
    const image = await draw(page, wide, size);
    bySize.set(size, image);
    writeFileSync(path.join(folder, "app", `${size}x${size}.png`), image);
  }
  writeFileSync(path.join(folder, "app.ico"), icoOf(await drawSizes(page, wide, [...windowsSizes, 64, 128, 256])));
  const apple = await Promise.all(
    Object.entries(appleKinds).map(async ([kind, size]) => [kind, await drawLater(page, app, size)] as const),
  );
  writeFileSync(path.join(folder, "app.icns"), icnsOf(apple));

  for (const file of globSync("tray/*.svg", { cwd: folder })) {
    const shape = path.basename(file, ".svg");
    const art = readFileSync(path.join(folder, file), "utf8");
    const inside = art.replace(/^<svg[^>]*>/, "").replace("</svg>", "");
    const badge = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="${badges[shape] ?? "#6b7280"}"/><g transform="translate(4.4 3.6) scale(0.725)" fill="#fff" color="#fff">${inside}</g></svg>`;
    const at = (name: string): string => path.join(folder, "tray", name);
    writeFileSync(at(`${shape}Template.png`), await draw(page, art, 16));
    writeFileSync(at(`${shape}Template@2x.png`), await draw(page, art, 32));
    writeFileSync(at(`${shape}.png`), await draw(page, badge, 24));
    writeFileSync(at(`${shape}@2x.png`), await draw(page, badge, 48));
    writeFileSync(at(`${shape}.ico`), icoOf(await drawSizes(page, badge, windowsSizes)));
  }
}

let drawing: Promise<unknown> = Promise.resolve();

/** One drawing at a time: there is one page. */
function drawLater(page: Page, art: string, size: number): Promise<Buffer> {
  const next = drawing.then(() => draw(page, art, size));
  drawing = next;
  return next;
}

async function drawSizes(page: Page, art: string, sizes: readonly number[]): Promise<readonly (readonly [number, Buffer])[]> {
  const drawn: [number, Buffer][] = [];
  for (const size of sizes) drawn.push([size, await draw(page, art, size)]);
  return drawn;
}

async function draw(page: Page, art: string, size: number): Promise<Buffer> {
  await page.setViewportSize({ width: size, height: size });
  const image = `data:image/svg+xml;base64,${Buffer.from(art).toString("base64")}`;
  await page.setContent(`<style>body{margin:0}img{display:block}</style><img width="${size}" height="${size}" src="${image}">`);
  return page.screenshot({ omitBackground: true });
}

/** @see https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10) */
function icoOf(images: readonly (readonly [number, Buffer])[]): Buffer {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  images.forEach(([size, image], index) => {
    const at = 6 + 16 * index;
    // 0 stands for 256.
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(image.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += image.length;
  });
  return Buffer.concat([head, ...images.map(([, image]) => image)]);
}

function icnsOf(images: readonly (readonly [string, Buffer])[]): Buffer {
  const parts = images.map(([kind, image]) => {
    const head = Buffer.alloc(8);
    head.write(kind, "ascii");
    head.writeUInt32BE(image.length + 8, 4);
    return Buffer.concat([head, image]);
  });
  const size = Buffer.alloc(4);
  size.writeUInt32BE(8 + parts.reduce((sum, part) => sum + part.length, 0));
  return Buffer.concat([Buffer.from("icns"), size, ...parts]);
}

const program = findChromium();
if (program === null) throw new Error("Cannot draw the icons: there is no Chromium; install one");
const browser = await chromium.launch({ executablePath: program, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
try {
  await drawAll(await browser.newPage());
} finally {
  await browser.close();
}
