interface Child {
  readonly id: string;
  readonly parentId: string | null;
}

/**
 * The messages from the first to one, each the child of the one before.
 *
 * @returns empty where there is no such message
 */
export function pathTo<Message extends Child>(messages: readonly Message[], leafId: string | null): Message[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const path: Message[] = [];
  let at = leafId === null ? undefined : byId.get(leafId);
  // A file from elsewhere may lead in a circle.
  while (at !== undefined && byId.delete(at.id)) {
    path.push(at);
    at = at.parentId === null ? undefined : byId.get(at.parentId);
  }
  return path.toReversed();
}
