import { readKeyVariable } from "./environment-keys.ts";

/** Finds providers' keys among variables: for each row, the first of its names that is set to something real. */
export function findKeysAmong<
  Row extends { readonly environment: readonly string[]; readonly auth: string; readonly missingOptions: readonly string[] },
>(variables: Readonly<Record<string, string>>, rows: readonly Row[]): { readonly row: Row; readonly secret: string }[] {
  return rows.flatMap((row) => {
    // AWS signs with two values, and one of them alone is no key; an address that is not complete has no origin to bind to.
    if (row.auth === "aws-sigv4" || row.missingOptions.length > 0) return [];
    const secret = row.environment.map((name) => readKeyVariable(variables, name)).find((value) => value !== undefined);
    return secret === undefined ? [] : [{ row, secret }];
  });
}
