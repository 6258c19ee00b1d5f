import { joinAwsKey, readKeyVariable } from "./environment-keys.ts";

/** What is asked of a provider's row to find its keys. */
export interface FindableRow {
  readonly id: string;
  readonly environment: readonly string[];
  readonly auth: string;
  readonly missingOptions: readonly string[];
}

/** A provider's key that stands among some variables. */
export interface FoundVariable<Row> {
  readonly row: Row;
  readonly variable: string;
  readonly secret: string;
  /** Of an AWS key its id, which is no secret; else the secret itself: what its last characters are shown of. */
  readonly shown: string;
}

/**
 * Finds providers' keys among variables: for each row, the first of its names that is set to something real. Left out are
 * rows whose address is not complete, since there is nothing yet to bind a key to, and an AWS id without its secret half.
 */
export function findKeysAmong<Row extends FindableRow>(
  variables: Readonly<Record<string, string | undefined>>,
  rows: readonly Row[],
): FoundVariable<Row>[] {
  return rows.flatMap((row) => {
    if (row.auth === "none" || row.missingOptions.length > 0) return [];
    for (const variable of row.environment) {
      const value = readKeyVariable(variables, variable);
      const secret = value !== undefined && row.auth === "aws-sigv4" ? joinAwsKey(variables, variable, value) : value;
      if (value !== undefined && secret !== undefined) return [{ row, variable, secret, shown: value }];
    }
    return [];
  });
}
