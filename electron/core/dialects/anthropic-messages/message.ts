import type { ReplyMeta } from "../dialect.ts";

/** The message's id: the provider's own where it is one of Anthropic's kind, else a new one. */
export function messageId(id: string | undefined, { newId }: ReplyMeta): string {
  return id?.startsWith("msg_") === true ? id : newId("msg_");
}

/** What stands in the place of an image or sound that the model made: this API's answers hold none. */
export function mediaNote(mediaType: string): string {
  return `(The model made a file of type ${mediaType}, which the Messages API cannot pass on.)`;
}
