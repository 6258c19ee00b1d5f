import { estimateCostMicroUsd } from "./estimate-cost.ts";
import type { CircuitView } from "./circuit-breaker.ts";
import type { CallNeeds, Route, RouteNode, RouteRow, Skipped } from "./route-types.ts";

/** One target of an explanation. */
export interface ExplainedTarget {
  /** 1 for the first that would be tried. */
  readonly order: number;
  readonly optionPath: string;
  readonly provider: string;
  readonly model: string | null;
  readonly dialect: string;
  /** The stored key's name; `own` for the caller's own, null for the provider's default key, or none at all. */
  readonly key: { readonly kind: "stored" | "own" | "none"; readonly name: string | null };
  readonly customHost: string | null;
  /** When it would be tried. */
  readonly when: string;
  readonly retries: number;
  readonly requestTimeoutMs: number | null;
  readonly deadlineMs: number | null;
  readonly cached: boolean;
  readonly circuit: CircuitView;
  /** Millionths of a US dollar for one try; null where the price is unknown. */
  readonly costMicroUsd: number | null;
}

/** Where a request would go. Plain JSON; holds no secret. */
export interface RouteExplanation {
  readonly alias: string | null;
  /** How each strategy decided, from the outermost to the innermost. */
  readonly decisions: readonly { readonly optionPath: string; readonly mode: string; readonly why: string }[];
  readonly targets: readonly ExplainedTarget[];
  readonly skipped: readonly Skipped[];
}

/** Says in plain JSON where a request would go, in which order, with which key, and what it would cost. Nothing is sent. */
export function explainRoute<Row extends RouteRow>(route: Route<Row>, needs: CallNeeds | null): RouteExplanation {
  const decisions: RouteExplanation["decisions"][number][] = [];
  const targets: ExplainedTarget[] = [];
  visit(route.root, "first");
  return { alias: route.alias, decisions, targets, skipped: route.skipped };

  function visit(node: RouteNode<Row>, when: string): void {
    if (node.kind === "branch") {
      decisions.push({ optionPath: node.optionPath, mode: node.mode, why: node.why });
      const after = node.goesOnAt === null ? "any failure" : `status ${node.goesOnAt.join(", ")}`;
      for (const [index, one] of node.tries.entries())
        visit(one, index === 0 ? when : `after ${after} of ${(node.tries[index - 1] as RouteNode<Row>).optionPath}`);
      return;
    }
    const { row } = node;
    targets.push({
      order: targets.length + 1,
      optionPath: node.optionPath,
      provider: row.id,
      model: node.model,
      dialect: node.dialect,
      key:
        node.ownKey !== null
          ? { kind: "own", name: null }
          : row.auth === "none"
            ? { kind: "none", name: null }
            : { kind: "stored", name: node.keyName },
      customHost: node.customHost,
      when,
      retries: node.retries,
      requestTimeoutMs: node.requestTimeoutMs,
      deadlineMs: node.deadlineMs,
      cached: node.cache !== null,
      circuit: node.circuit,
      costMicroUsd: estimateCostMicroUsd(node.facts?.price ?? null, needs),
    });
  }
}
