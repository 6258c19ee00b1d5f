#!/usr/bin/env -S node --max-semi-space-size=16 --initial-old-space-size=32
// Becomes dist/postern.js. It imports nothing by itself: imports are hoisted, and an older Node would stop at the
// first one with a SyntaxError or ERR_UNKNOWN_BUILTIN_MODULE instead of with words.
// The young generation is kept small: large bodies lie outside of the heap, and are given back only when the objects
// that hold them are collected (measured with 80 kB bodies: a quarter less CPU, docs/performance.md).

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  console.error(`Cannot start Postern: it needs Node 24.15 or newer, and this is Node ${process.versions.node}; see https://nodejs.org`);
  process.exit(1);
}
await import("./main.js");
