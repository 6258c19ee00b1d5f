import { ArrowLeft, ArrowRight } from "lucide-react";
import { type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { lazyPart } from "../../parts/lazy-part.ts";
import { wordsOf } from "../../data/admin.ts";
import { useAdmin, useAdminAction } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { Mark } from "../../shell/mark.tsx";
import { useGo, usePageSearch } from "../../shell/navigation.ts";
import { pages } from "../../shell/page.ts";
import { useText } from "../../text/texts.ts";
import { isInUse } from "../keys/judge-provider.ts";
import { firstRunSearchSchema, type Step, steps } from "./search.ts";
import { StepKey } from "./step-key.tsx";
import { StepList } from "./step-list.tsx";
import { StepTool } from "./step-tool.tsx";

// It is the last one, and brings a list of all models.
const StepTest = lazyPart(async () => (await import("./step-test.tsx")).StepTest);

/** The first steps, one at a time. */
export function PageView(): ReactNode {
  const say = useText("firstRun");
  const go = useGo();
  const [search, setSearch] = usePageSearch(firstRunSearchSchema);
  const step = search.step ?? "key";
  const at = steps.indexOf(step);
  const providers = useAdmin("listProviders", {});
  const hasTool = (useAdmin("listGrants", {}).data?.grants.length ?? 0) > 0;
  const put = useAdminAction("putSetting", ["listSettings"]);
  const heading = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);
  const [isAnswered, setAnswered] = useState(false);
  useEffect(() => {
    // A new step is read from its beginning.
    if (!isFirst.current) heading.current?.focus();
    isFirst.current = false;
  }, [step]);

  const rows = providers.data?.providers ?? [];
  const ready = rows.filter((row) => isInUse(row) && row.state === "ready");
  const show = (next: Step | undefined): void => setSearch({ step: next });
  const leave = (): void => {
    const start = pages[0]?.id ?? "chat";
    // What cannot be written down is asked again next time; nobody is held here for it.
    put.mutate({ parameters: { section: "window", name: "firstRunDone" }, body: { value: true } }, { onSettled: () => go(start) });
  };

  return (
    <div className="h-full overflow-y-auto" tabIndex={-1}>
      <title>{`${say("title")} · Postern`}</title>
      <div className="mx-auto flex min-h-full w-full max-w-[720px] flex-col px-6 pt-8 pb-6">
        <header className="flex items-start gap-4">
          <Mark size={40} />
          <div className="min-w-0 flex-1">
            <h1 className="text-title font-semibold tracking-tight">{say("title")}</h1>
            <p className="text-ink-muted">{say("summary")}</p>
          </div>
          <Button kind="quiet" disabled={put.isPending} onClick={leave}>
            {say("skip")}
          </Button>
        </header>
        <StepList at={at} isDone={(one) => (one === "key" ? ready.length > 0 : one === "tool" && hasTool)} onShow={(next) => show(next)} />
        <section className="flex-1" aria-labelledby="first-run-step">
          <h2 id="first-run-step" ref={heading} tabIndex={-1} className="text-heading font-semibold outline-none">
            {say(step === "key" ? "keyTitle" : step === "tool" ? "toolTitle" : "testTitle")}
          </h2>
          <p className="mt-1 max-w-[64ch] text-ink-muted">{say(step === "key" ? "keyHelp" : step === "tool" ? "toolHelp" : "testHelp")}</p>
          <div className="mt-5">
            {providers.error !== null ? (
              <ErrorState error={providers.error} onRetry={() => void providers.refetch()} />
            ) : providers.data === undefined ? (
              <SkeletonRows rows={5} height={48} />
            ) : step === "key" ? (
              <StepKey rows={rows} ready={ready} />
            ) : step === "tool" ? (
              <StepTool />
            ) : (
              <Suspense fallback={<SkeletonRows rows={5} height={48} />}>
                <StepTest onAnswered={() => setAnswered(true)} />
              </Suspense>
            )}
          </div>
        </section>
        {put.error === null ? null : (
          <p role="alert" className="mt-4 text-small text-bad">
            {wordsOf(put.error)}
          </p>
        )}
        <footer className="mt-8 flex items-center justify-between gap-2 border-t border-line pt-4">
          {at === 0 ? (
            <span />
          ) : (
            <Button kind="quiet" icon={<ArrowLeft className="size-4" />} onClick={() => show(steps[at - 1])}>
              {say("back")}
            </Button>
          )}
          {step === "test" ? (
            <Button kind={isAnswered ? "primary" : "plain"} disabled={put.isPending} onClick={leave}>
              {say("finish")}
            </Button>
          ) : (
            <Button kind={step === "key" && ready.length === 0 ? "plain" : "primary"} onClick={() => show(steps[at + 1])}>
              {step === "key" && providers.data !== undefined && ready.length === 0 ? say("nextWithoutKey") : say("next")}
              <ArrowRight aria-hidden="true" className="size-4" />
            </Button>
          )}
        </footer>
      </div>
    </div>
  );
}
