import { expect, test } from "vitest";
import { classifyKeychainFailure } from "./keychain-failure.ts";

// The texts as libsecret 0.20, macOS 15's SecCopyErrorMessageString and Windows' FormatMessage give them.
test.each([
  ["Cannot create an item in a locked collection", "locked"],
  ["User interaction is not allowed.", "locked"],
  ["User canceled the operation.", "denied"],
  ["The user name or passphrase you entered is not correct.", "denied"],
  ["Access is denied.", "denied"],
  ["The name org.freedesktop.secrets was not provided by any .service files", "absent"],
  ["Cannot autolaunch D-Bus without X11 $DISPLAY", "absent"],
  ["Could not connect: No such file or directory", "absent"],
  ["A default keychain could not be found.", "absent"],
  ["A specified logon session does not exist. It may already have been terminated.", "absent"],
  ["Message recipient disconnected from message bus without replying", "failing"],
  ["", "failing"],
] as const)("classifyKeychainFailure() takes %j for %s", (text, failure) => {
  expect(classifyKeychainFailure(text)).toBe(failure);
});
