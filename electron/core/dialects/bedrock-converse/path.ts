import { invalid } from "../fields.ts";

/**
 * The path of a call to a model of Bedrock's runtime. A model may be an ARN, whose colons and slashes are escaped.
 *
 * @param action such as `converse` or `invoke`
 * @throws {PosternError} `invalid_value` for a name that a server would take for a step up its path, which no escape hides
 */
export function modelPath(model: string, action: string): string {
  if (model === "." || model === "..") throw invalid("model", "must be a model's id, found a path");
  return `/model/${encodeURIComponent(model)}/${action}`;
}
