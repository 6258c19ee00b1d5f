// Preloaded into each subject: tells what the process itself has used, whenever it is asked.

/** What a process has used since its start. */
export interface Usage {
  /** Of all its threads, in user and system mode. */
  readonly cpuMicroseconds: number;
  readonly residentBytes: number;
}

process.on("message", (message) => {
  if (message !== "usage") return;
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicroseconds: user + system, residentBytes: process.memoryUsage.rss() } satisfies Usage);
});
// Where the benchmark is killed, its subjects end too.
process.once("disconnect", () => process.exit());
// The channel must not keep a process alive that is told to stop.
process.channel?.unref();
