import type { CallRecord } from "#core/usage/call-record.ts";
import type { LogLevel } from "#shared/schema/settings.ts";
import { type CallMetrics, openCallMetrics } from "./call-metrics.ts";
import { type EventLog, openEventLog } from "./event-log.ts";
import type { TelemetryExport } from "./open-telemetry.ts";

/** Everybody who is told of calls, beside the database. */
export interface Observers {
  readonly metrics: CallMetrics;
  readonly log: EventLog;
  observe(record: CallRecord): void;
  /** Follows the person's settings; the collector may change while calls go on. */
  configure(settings: ObserverSettings): void;
  close(): Promise<void>;
}

/** `observability` of config.json. */
export interface ObserverSettings {
  readonly logLevel: LogLevel;
  readonly otlpEndpoint: string | null;
}

/** Opens counters and the log, and the export where a collector is set. */
export function openObservers(options: {
  readonly dataFolder: string;
  readonly settings: ObserverSettings;
  readonly notify: (words: string) => void;
}): Observers {
  const metrics = openCallMetrics();
  const onError = (error: Error): void => options.notify(`Cannot write logs/postern.log: ${error.message}`);
  const log = openEventLog({ dataFolder: options.dataFolder, level: options.settings.logLevel, onError });
  let endpoint: string | null = null;
  let collector: TelemetryExport | null = null;
  let changing: Promise<void> = Promise.resolve();

  /** One change after the other: an export is closed before the next is opened. */
  function connect(address: string | null): void {
    if (address === endpoint) return;
    endpoint = address;
    changing = changing.then(async () => {
      await collector?.close();
      collector = null;
      if (address === null || address !== endpoint) return;
      const { openTelemetry } = await import("./open-telemetry.ts");
      collector = await openTelemetry(address);
      log.say("info", "collector-set");
    });
    changing = changing.catch((error: Error) => options.notify(`Cannot send traces to ${address}: ${error.message}`));
  }

  connect(options.settings.otlpEndpoint);
  return {
    metrics,
    log,
    observe(record) {
      metrics.observe(record);
      log.call(record);
      collector?.observe(record);
    },
    configure({ logLevel, otlpEndpoint }) {
      log.setLevel(logLevel);
      connect(otlpEndpoint);
    },
    async close() {
      connect(null);
      await changing;
      await log.close();
    },
  };
}
