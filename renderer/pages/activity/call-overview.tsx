import type { ReactNode } from "react";
import type { LoggedCall } from "#shared/contract/calls.ts";
import { Badge } from "../../parts/badge.tsx";
import { formatBytes, formatCount, formatDuration, formatMoment } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { CallCost } from "./call-cost.tsx";
import { Fact, Facts, Section } from "./facts.tsx";
import { verdicts } from "./verdict.ts";

/** The metadata under which a call that was sent again names the one it came from. */
export const replayOfKey = "replayOf";

/** Who called, where it went, what it took and what it cost. */
export function CallOverview({ call, onOpen }: { readonly call: LoggedCall; readonly onOpen: (id: number) => void }): ReactNode {
  const say = useText("activity");
  const { tone, words, sentence } = verdicts[call.ending];
  const isTranslated = call.clientDialect !== null && call.providerDialect !== null && call.clientDialect !== call.providerDialect;
  const replayOf = Number(call.metadata?.[replayOfKey]);
  return (
    <>
      <div className="mb-5 flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <Badge tone={tone}>{say(words)}</Badge>
        <span className="text-ink-soft">{say(sentence)}</span>
      </div>
      <Section title={say("sectionCall")}>
        <Facts>
          <Fact name={say("fieldError")} isMono>
            {call.errorCode}
          </Fact>
          <Fact name={say("fieldWhen")}>{formatMoment(call.startedAtMs)}</Fact>
          <Fact name={say("fieldTool")}>{call.tool}</Fact>
          <Fact name={say("fieldUserAgent")} isMono>
            {call.userAgent}
          </Fact>
          <Fact name={say("fieldEndpoint")}>{call.endpoint}</Fact>
          <Fact name={say("fieldAsked")}>{call.modelAsked}</Fact>
          <Fact name={say("fieldAlias")}>{call.alias}</Fact>
          <Fact name={say("fieldServed")}>
            {call.provider === null ? null : `${call.provider}${call.modelServed === null ? "" : ` / ${call.modelServed}`}`}
          </Fact>
          <Fact name={say("fieldKey")}>{call.keyName}</Fact>
          <Fact name={say("fieldTranslated")}>
            {isTranslated ? say("translatedFromTo", { from: call.clientDialect ?? "", to: call.providerDialect ?? "" }) : null}
          </Fact>
          <Fact name={say("fieldDropped")} isMono>
            {call.dropped.join(", ")}
          </Fact>
          <Fact name={say("fieldCache")}>{call.cacheStatus === "DISABLED" ? null : call.cacheStatus}</Fact>
          <Fact name={say("fieldReplayOf")}>
            {Number.isInteger(replayOf) ? (
              <button
                type="button"
                onClick={() => onOpen(replayOf)}
                className="rounded-control text-accent-ink underline decoration-1 underline-offset-2 hover:text-ink"
              >
                {say("callTitle", { id: replayOf })}
              </button>
            ) : null}
          </Fact>
          <Fact name={say("fieldTrace")} isMono>
            {call.traceId}
          </Fact>
          <Fact name={say("fieldMetadata")} isMono>
            {call.metadata === null ? null : JSON.stringify(call.metadata)}
          </Fact>
        </Facts>
      </Section>
      <CallCost call={call} />
      <Section title={say("sectionTiming")}>
        <Facts>
          <Fact name={say("fieldFirstByte")}>{call.firstByteMs === null ? null : formatDuration(call.firstByteMs)}</Fact>
          <Fact name={say("fieldTotal")}>{call.totalMs === null ? null : formatDuration(call.totalMs)}</Fact>
          <Fact name={say("fieldSpeed")}>
            {call.tokensPerSecond === null ? null : say("tokensPerSecond", { count: formatCount(call.tokensPerSecond) })}
          </Fact>
          <Fact name={say("fieldStreamed")}>{call.streamed === null ? null : say(call.streamed ? "yes" : "no")}</Fact>
          <Fact name={say("fieldRequestSize")}>{call.requestBytes === null ? null : formatBytes(call.requestBytes)}</Fact>
          <Fact name={say("fieldResponseSize")}>{call.responseBytes === null ? null : formatBytes(call.responseBytes)}</Fact>
        </Facts>
      </Section>
    </>
  );
}
