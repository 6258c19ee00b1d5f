/**
 * Whether what was sent of a stream of server-sent events ends between two events: behind a blank line, or before the
 * first.
 *
 * @param tail the last four bytes at least, as far as there are so many
 */
export function endsFrame(tail: Buffer): boolean {
  return tail.length === 0 || /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)$/.test(tail.toString("latin1"));
}
