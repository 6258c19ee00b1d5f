/** A request's path, without its query: never decoded or normalised. */
export function pathOf({ url = "" }: { readonly url?: string | undefined }): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}
