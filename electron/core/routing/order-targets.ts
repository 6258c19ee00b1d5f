/** How often a call goes first to the target of which least is known, so that measurements stay true. */
const exploredShare = 0.05;

/**
 * Orders by what was measured, the smallest first; what was not measured comes last, in the order that it has. One call
 * in twenty goes to one of the others first: to one that was never measured, where there is any.
 *
 * @param values null where there is no fresh measurement
 * @param random 0 up to, but not including, 1
 * @returns indices of `values`
 */
export function orderByMeasurement(values: readonly (number | null)[], random: number): number[] {
  const order = orderByValue(values);
  if (random >= exploredShare || order.length < 2) return order;
  const others = order.slice(1);
  const unmeasured = others.filter((index) => values[index] === null);
  const pool = unmeasured.length > 0 ? unmeasured : others;
  const explored = pool[Math.floor((random / exploredShare) * pool.length)] ?? (pool[0] as number);
  return [explored, ...order.filter((index) => index !== explored)];
}

/**
 * Orders by value, the smallest first; unknown ones last, equal ones in the order that they have.
 *
 * @returns indices of `values`
 */
export function orderByValue(values: readonly (number | null)[]): number[] {
  const rank = (index: number): number => values[index] ?? Infinity;
  return values.map((_, index) => index).sort((one, other) => (rank(one) === rank(other) ? one - other : rank(one) - rank(other)));
}
