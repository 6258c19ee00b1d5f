import { CircleAlert, Clock, Wifi } from "lucide-react";
import type { ReactNode } from "react";
import { admin, wordsOf } from "../../data/admin.ts";
import { refresh, useAdmin } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { classNames } from "../../parts/class-names.ts";
import { tellNews } from "../../parts/toasts.tsx";
import { useText } from "../../text/texts.ts";

const isLocal = /^(127\.|\[::1\]|localhost)/;

/** What holds for all settings: a mistake in the file, a backup that waits for a restart, a gateway that the network can reach. */
export function Banners(): ReactNode {
  const say = useText("settings");
  const { data: status } = useAdmin("getStatus", {});
  const { data: backups } = useAdmin("listBackups", {});
  const problems = status?.config.problems ?? [];
  const isOpenToNetwork = status?.addresses.some((address) => !isLocal.test(address)) === true;

  async function cancel(): Promise<void> {
    try {
      await admin("cancelRestore", {});
      tellNews(say("restoreCancelled"));
    } catch (error) {
      tellNews(wordsOf(error), { isBad: true });
    }
    await refresh("listBackups");
  }

  return (
    <>
      {problems.length === 0 ? null : (
        <Banner tone="bad" icon={<CircleAlert className="size-4 text-bad" />}>
          <p className="font-medium">{say("configProblems")}</p>
          <ul className="mt-1 text-small text-ink-soft">
            {problems.map(({ line, path, message }) => (
              <li key={`${String(line)} ${path} ${message}`} className="break-words">
                {say("configProblem", { line, path, message })}
              </li>
            ))}
          </ul>
        </Banner>
      )}
      {backups === undefined || backups.waiting.length === 0 ? null : (
        <Banner tone="warn" icon={<Clock className="size-4 text-warn" />}>
          <p>{say("restoreWaits")}</p>
          <Button size="small" className="mt-2" onClick={() => void cancel()}>
            {say("restoreCancel")}
          </Button>
        </Banner>
      )}
      {isOpenToNetwork ? (
        <Banner tone="warn" icon={<Wifi className="size-4 text-warn" />}>
          <p>{say("lanWarning")}</p>
        </Banner>
      ) : null}
    </>
  );
}

function Banner({
  tone,
  icon,
  children,
}: {
  readonly tone: "bad" | "warn";
  readonly icon: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div
      role="status"
      className={classNames(
        "mb-4 flex items-start gap-3 rounded-card border border-line p-4",
        tone === "bad" ? "bg-bad-soft" : "bg-warn-soft",
      )}
    >
      <span aria-hidden="true" className="mt-0.5 shrink-0">
        {icon}
      </span>
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
