import { type ReactNode, useState } from "react";
import { wordsOf } from "../../data/admin.ts";
import { useAdminAction } from "../../data/queries.ts";
import { Select } from "../../parts/select.tsx";
import { Confirm } from "../../parts/dialogs.tsx";
import { Field } from "../../parts/fields.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { useText } from "../../text/texts.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Beyond every clock: calls of one that was set ahead are deleted, too. */
const endOfTime = 8_640_000_000_000_000;

type Range = "hour" | "today" | "30" | "90" | "all";

/** Asks which calls to forget, and forgets them. */
export function DeleteCalls({
  isOpen,
  onClose,
  onDeleted,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}): ReactNode {
  const say = useText("activity");
  const [range, setRange] = useState<Range>("90");
  const remove = useAdminAction("deleteCalls", ["getUsage", "getUsageSeries"]);
  const confirm = (): void =>
    remove.mutate(
      { query: momentsOf(range) },
      {
        onSuccess: ({ deleted }) => {
          tellNews(say("deleted", { count: deleted }));
          onDeleted();
        },
        onError: (error) => tellNews(wordsOf(error), { isBad: true }),
        onSettled: onClose,
      },
    );
  return (
    <Confirm
      isOpen={isOpen}
      onClose={onClose}
      title={say("deleteTitle")}
      confirm={say("deleteConfirm")}
      isBusy={remove.isPending}
      onConfirm={confirm}
    >
      <Field label={say("deleteRange")} className="mb-3">
        <Select
          value={range}
          onChange={setRange}
          choices={[
            { value: "90", words: say("deleteOlder", { days: 90 }) },
            { value: "30", words: say("deleteOlder", { days: 30 }) },
            { value: "hour", words: say("deleteLastHour") },
            { value: "today", words: say("deleteToday") },
            { value: "all", words: say("deleteAll") },
          ]}
        />
      </Field>
      {say("deleteHelp")}
    </Confirm>
  );
}

function momentsOf(range: Range): { readonly since: number; readonly until: number } {
  const now = Date.now();
  switch (range) {
    case "hour":
      return { since: now - hourMs, until: endOfTime };
    case "today":
      return { since: new Date(now).setHours(0, 0, 0, 0), until: endOfTime };
    case "30":
    case "90":
      return { since: 0, until: now - Number(range) * dayMs };
    case "all":
      return { since: 0, until: endOfTime };
    default:
      return range satisfies never;
  }
}
