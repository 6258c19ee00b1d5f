export { sayIssue } from "#shared/schema/say-issue.ts";
