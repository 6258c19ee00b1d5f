import type { ReactNode } from "react";
import { useQuery } from "@tanstack/react-query";
import { admin, wordsOf } from "../../data/admin.ts";
import { refresh } from "../../data/queries.ts";
import { StatusDot, type Tone } from "../../parts/badge.tsx";
import { useText } from "../../text/texts.ts";

/** Tests a key that has just been stored, once, and says what came of it. */
export function TestOnArrival({ provider, name }: { readonly provider: string; readonly name: string }): ReactNode {
  const say = useText("keys");
  const { data, error } = useQuery({
    queryKey: ["test-on-arrival", provider, name],
    queryFn: async () => {
      const answer = await admin("testKey", { parameters: { provider, name } });
      await refresh("listKeys");
      return answer;
    },
    gcTime: 0,
    staleTime: Infinity,
    retry: false,
  });
  if (error !== null) return <span className="max-w-64 truncate text-small text-bad">{wordsOf(error)}</span>;
  if (data === undefined) return <span className="text-small text-ink-muted">{say("testing")}</span>;
  const [tone, words]: [Tone, string] =
    data.verdict === "works"
      ? ["ok", say("stateWorks")]
      : data.verdict === "refused"
        ? ["bad", say("stateFailing")]
        : ["neutral", say("stateUnproven")];
  return (
    <span className="flex items-center gap-2 text-small" title={data.words}>
      <StatusDot tone={tone} />
      {words}
    </span>
  );
}
