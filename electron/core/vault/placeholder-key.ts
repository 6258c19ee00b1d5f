const placeholders = [
  /^<.*>$/,
  // With a quote in it, it is the JSON of a key that has parts.
  /^\$?\{[^"]*\}$/,
  /^(sk-)?(\.{3,}|…|\*{3,}|x{3,})$/i,
  /^(your|my|insert|enter|replace|put|add|paste)[-_ ].*(key|token|secret)([-_ ](here|goes[-_ ]here))?$/i,
  /^(sk-)?(your|insert|enter|replace|paste)[-_ ].*here$/i,
  /^(change|replace)[-_ ]?me$/i,
  /^(none|null|nil|undefined|todo|fixme|placeholder|false)$/i,
];

/**
 * Whether a configured key is plainly the text of a template (`your_openai_key`, `changeme`, `xxx`, `<key>`), which
 * would only earn a 401 from the provider. Careful on purpose: `test`, `dummy` and the like are real keys of some
 * servers.
 */
export function isPlaceholderKey(value: string): boolean {
  return value === "" || placeholders.some((pattern) => pattern.test(value));
}
