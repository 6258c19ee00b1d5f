import { CircleAlert } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Button } from "../../../parts/button.tsx";
import { CopyButton } from "../../../parts/copy.tsx";
import { type TextKey, type Texts, useText } from "../../../text/texts.ts";
import { sayFinding } from "../draft/check-text.ts";
import { type Draft, writeConfig } from "../draft/use-draft.ts";
import type { AliasWorld } from "../use-world.ts";
import { type CodeEditor, openCodeEditor } from "./code-editor.ts";
import type { KnownNames } from "./config-completions.ts";

const explained: Readonly<Record<string, TextKey<Texts["aliases"]>>> = {
  strategy: "strategyHelp",
  targets: "targetsHelp",
  override_params: "overrideParamsHelp",
  default_params: "defaultParamsHelp",
  request_timeout: "requestTimeoutHelp",
  deadline: "deadlineHelp",
  hedge: "hedgeHelp",
  circuit_breaker: "breakerHelp",
  on_status_codes: "goesOnAtHelp",
  weight: "weightHelp",
  name: "targetNameHelp",
  custom_host: "customHostHelp",
  forward_headers: "forwardHeadersHelp",
  max_age: "cacheAgeHelp",
};

const none: Draft["findings"] = [];

/** The config as JSON: checked as it is typed, each mistake marked at its line and told below. */
export function JsonEditor({
  draft,
  world,
  title,
  self,
}: {
  readonly draft: Draft;
  readonly world: AliasWorld;
  readonly title: string;
  readonly self: string;
}): ReactNode {
  const say = useText("aliases");
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<CodeEditor | null>(null);
  const names: KnownNames = {
    configs: [...world.configs, ...world.aliases].flatMap(({ name }) => (name === self ? [] : [name])),
    providers: [...world.providers.values()]
      .toSorted((one, other) => Number(other.state === "ready") - Number(one.state === "ready"))
      .map(({ id }) => id),
    keys: [...world.providers.values()].flatMap(({ keys }) => keys.map(({ name }) => name)),
    explain: (member) => {
      const key = explained[member];
      return key === undefined ? undefined : say(key);
    },
  };
  const latest = useRef({ draft, names });
  useEffect(() => {
    latest.current = { draft, names };
  });
  useEffect(() => {
    if (host.current === null) return undefined;
    const opened = openCodeEditor(host.current, {
      text: latest.current.draft.text,
      label: say("jsonLabel"),
      names: () => latest.current.names,
      onChange: (text) => latest.current.draft.write(text),
    });
    editor.current = opened;
    return () => opened.destroy();
  }, [say]);
  // That a new one says nothing yet is no mistake of anybody's.
  const findings = draft.text === "{}" ? none : draft.findings;
  // What was typed is there already, and by now more may have been typed.
  useEffect(() => {
    editor.current?.show(latest.current.draft.text);
  }, [draft.textVersion]);
  useEffect(() => {
    editor.current?.mark(findings);
  }, [findings]);
  return (
    <div className="flex h-full min-h-0 flex-col overflow-hidden rounded-card border border-line bg-surface shadow-card focus-within:border-accent">
      <div className="flex h-9 shrink-0 items-center gap-1 border-b border-line pr-1 pl-3">
        <span className="min-w-0 flex-1 truncate font-mono text-small text-ink-muted">{title}</span>
        <Button
          size="small"
          kind="quiet"
          disabled={findings.some(({ path }) => path === null)}
          onClick={() => editor.current?.write(tidy(draft.text))}
        >
          {say("tidy")}
        </Button>
        <CopyButton text={draft.text} name="JSON" />
      </div>
      <div ref={host} className="min-h-0 flex-1 font-mono" />
      <div role="status" aria-label={say("problems")} className="shrink-0">
        {findings.length === 0 ? null : (
          <ul className="max-h-32 overflow-y-auto border-t border-line p-1">
            {findings.slice(0, 20).map((finding) => (
              <li key={`${String(finding.from)}-${finding.message}`}>
                <button
                  type="button"
                  onClick={() => editor.current?.goTo(finding.from)}
                  className="flex w-full items-start gap-2 rounded-control px-2 py-1.5 text-left text-small hover:bg-hover"
                >
                  <CircleAlert aria-hidden="true" className="mt-px size-3.5 shrink-0 text-bad" />
                  <span className="min-w-0 break-words">
                    <span className="text-ink-muted">{say("atLine", { line: finding.line })}</span> {sayFinding(finding)}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

function tidy(text: string): string {
  try {
    return writeConfig(JSON.parse(text) as Parameters<typeof writeConfig>[0]);
  } catch {
    return text;
  }
}
