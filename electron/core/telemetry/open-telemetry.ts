import type { CallAttempt, CallRecord } from "#core/usage/call-record.ts";
import { version } from "#shared/version.ts";

/** Sends traces and metrics of calls to the person's own collector. */
export interface TelemetryExport {
  observe(record: CallRecord): void;
  /** Sends what waits, within 2 s, and stops. Never rejects. */
  close(): Promise<void>;
}

const closeTimeoutMs = 2_000;

/** From the GenAI conventions' advice for these two instruments. */
const durationBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const tokenBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];

/** Our endpoints as `gen_ai.operation.name` calls them. */
const operations: Readonly<Record<string, string>> = {
  chat: "chat",
  responses: "chat",
  messages: "chat",
  generate: "generate_content",
  completions: "text_completion",
  embeddings: "embeddings",
};

/** Our rows as `gen_ai.provider.name` calls them; others go by their own id, as the conventions allow. */
const providerNames: Readonly<Record<string, string>> = {
  bedrock: "aws.bedrock",
  "azure-ai": "azure.ai.inference",
  "azure-openai": "azure.ai.openai",
  "google-ai": "gcp.gemini",
  "vertex-ai": "gcp.vertex_ai",
  "mistral-ai": "mistral_ai",
  moonshot: "moonshot_ai",
  "perplexity-ai": "perplexity",
  xai: "x_ai",
};

/**
 * Opens the export over OTLP/HTTP: for each call a server span, and a client span for each try at a provider, with the
 * GenAI attributes; and the GenAI client metrics. No prompt and no answer is in any of them. OpenTelemetry's own
 * variables apply beside the address, such as `OTEL_EXPORTER_OTLP_HEADERS` for a collector that wants a key.
 *
 * @param endpoint where the collector listens, `http://127.0.0.1:4318`; `/v1/traces` and `/v1/metrics` are added
 * @see https://github.com/open-telemetry/semantic-conventions-genai/tree/main/docs/gen-ai
 */
export async function openTelemetry(endpoint: string): Promise<TelemetryExport> {
  // Some megabytes of code that nobody needs who has no collector.
  const [api, traces, metrics, traceExporter, metricExporter, resources, conventions] = await Promise.all([
    import("@opentelemetry/api"),
    import("@opentelemetry/sdk-trace-node"),
    import("@opentelemetry/sdk-metrics"),
    import("@opentelemetry/exporter-trace-otlp-http"),
    import("@opentelemetry/exporter-metrics-otlp-http"),
    import("@opentelemetry/resources"),
    import("@opentelemetry/semantic-conventions"),
  ]);
  const { ATTR_ERROR_TYPE, ATTR_HTTP_RESPONSE_STATUS_CODE, ATTR_HTTP_ROUTE, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } = conventions;
  const base = endpoint.replace(/\/+$/, "");
  const resource = resources
    .defaultResource()
    .merge(resources.resourceFromAttributes({ [ATTR_SERVICE_NAME]: "postern", [ATTR_SERVICE_VERSION]: version }));
  const tracerProvider = new traces.NodeTracerProvider({
    resource,
    spanProcessors: [new traces.BatchSpanProcessor(new traceExporter.OTLPTraceExporter({ url: `${base}/v1/traces` }))],
  });
  const meterProvider = new metrics.MeterProvider({
    resource,
    readers: [
      new metrics.PeriodicExportingMetricReader({ exporter: new metricExporter.OTLPMetricExporter({ url: `${base}/v1/metrics` }) }),
    ],
  });
  const tracer = tracerProvider.getTracer("postern", version);
  const meter = meterProvider.getMeter("postern", version);
  const durations = meter.createHistogram("gen_ai.client.operation.duration", {
    unit: "s",
    description: "GenAI operation duration.",
    advice: { explicitBucketBoundaries: durationBoundaries },
  });
  const firstChunks = meter.createHistogram("gen_ai.client.operation.time_to_first_chunk", {
    unit: "s",
    description: "Time to receive the first chunk of a streamed answer.",
    advice: { explicitBucketBoundaries: durationBoundaries },
  });
  const tokens = meter.createHistogram("gen_ai.client.token.usage", {
    unit: "{token}",
    description: "Number of input and output tokens used.",
    advice: { explicitBucketBoundaries: tokenBoundaries },
  });

  function errorOf({ errorCode, status }: Pick<CallAttempt, "errorCode" | "status">): string | null {
    return errorCode ?? (status !== null && status >= 400 ? String(status) : null);
  }

  function trace(record: CallRecord): void {
    const endMs = record.startedAtMs + (record.totalMs ?? 0);
    const failure = record.ending === "finished" ? null : (errorOf(record) ?? record.ending);
    const root = tracer.startSpan(
      `postern ${record.endpoint ?? "call"}`,
      {
        kind: api.SpanKind.SERVER,
        startTime: record.startedAtMs,
        attributes: withoutNulls({
          [ATTR_HTTP_ROUTE]: record.endpoint,
          [ATTR_HTTP_RESPONSE_STATUS_CODE]: record.status,
          [ATTR_ERROR_TYPE]: failure,
          "postern.alias": record.alias,
          "postern.grant": record.grantId,
          "postern.tool": record.tool,
          "postern.cost_usd": record.costMicroUsd === null ? null : record.costMicroUsd / 1_000_000,
          "postern.ending": record.ending,
          "postern.trace_id": record.traceId,
        }),
      },
      api.ROOT_CONTEXT,
    );
    const inside = api.trace.setSpan(api.ROOT_CONTEXT, root);
    let startMs = record.startedAtMs;
    for (const [index, attempt] of record.attempts.entries()) {
      const isLast = index === record.attempts.length - 1;
      const attemptEndMs = isLast ? endMs : Math.min(endMs, startMs + (attempt.totalMs ?? 0));
      const error = isLast ? failure : errorOf(attempt);
      const span = tracer.startSpan(
        `${operationOf(record)} ${attempt.model ?? ""}`.trim(),
        {
          kind: api.SpanKind.CLIENT,
          startTime: startMs,
          attributes: withoutNulls({
            ...genAiAttributes(record, attempt),
            [ATTR_HTTP_RESPONSE_STATUS_CODE]: attempt.status,
            [ATTR_ERROR_TYPE]: error,
            ...(isLast && usageAttributes(record)),
          }),
        },
        inside,
      );
      if (error !== null) span.setStatus({ code: api.SpanStatusCode.ERROR });
      span.end(attemptEndMs);
      startMs = attemptEndMs;
    }
    // A client that left, or a refusal, is no fault of this server's.
    if (failure !== null && (record.status ?? 500) >= 500) root.setStatus({ code: api.SpanStatusCode.ERROR });
    root.end(endMs);
  }

  function measure(record: CallRecord): void {
    const attempt = record.attempts.at(-1);
    if (attempt === undefined) return;
    const attributes = withoutNulls({ ...genAiAttributes(record, attempt), "gen_ai.response.model": record.modelServed });
    const error = record.ending === "finished" ? null : (errorOf(record) ?? record.ending);
    if (record.totalMs !== null) durations.record(record.totalMs / 1_000, withoutNulls({ ...attributes, [ATTR_ERROR_TYPE]: error }));
    if (record.streamed === true && record.firstByteMs !== null) firstChunks.record(record.firstByteMs / 1_000, attributes);
    if (record.inputTokens !== null) tokens.record(record.inputTokens, { ...attributes, "gen_ai.token.type": "input" });
    if (record.outputTokens !== null) tokens.record(record.outputTokens, { ...attributes, "gen_ai.token.type": "output" });
  }

  return {
    observe(record) {
      trace(record);
      measure(record);
    },
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, closeTimeoutMs)));
      // A collector that is gone must not keep Postern from ending.
      await Promise.race([Promise.allSettled([tracerProvider.shutdown(), meterProvider.shutdown()]), enough]);
      clearTimeout(timer);
    },
  };
}

function operationOf(record: CallRecord): string {
  return operations[record.endpoint ?? ""] ?? record.endpoint ?? "call";
}

function genAiAttributes(record: CallRecord, attempt: CallAttempt): Record<string, string | null> {
  return {
    "gen_ai.operation.name": operationOf(record),
    "gen_ai.provider.name": providerNames[attempt.provider] ?? attempt.provider,
    "gen_ai.request.model": attempt.model,
  };
}

function usageAttributes(record: CallRecord): Record<string, string | number | boolean | null> {
  return {
    "gen_ai.response.model": record.modelServed,
    "gen_ai.request.stream": record.streamed,
    "gen_ai.response.time_to_first_chunk": record.streamed === true && record.firstByteMs !== null ? record.firstByteMs / 1_000 : null,
    "gen_ai.usage.input_tokens": record.inputTokens,
    "gen_ai.usage.cache_read.input_tokens": record.cachedInputTokens,
    "gen_ai.usage.cache_creation.input_tokens": record.cacheWriteTokens,
    "gen_ai.usage.output_tokens": record.outputTokens,
    "gen_ai.usage.reasoning.output_tokens": record.reasoningTokens,
  };
}

function withoutNulls<Value>(values: Readonly<Record<string, Value | null>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== null));
}
