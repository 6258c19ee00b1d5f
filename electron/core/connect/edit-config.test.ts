import { expect, test } from "vitest";
import { editConfig } from "./edit-config.ts";
import type { JsonValue } from "./json-value.ts";
import type { FilledChange } from "./set-value.ts";

const set = (at: string[], value: JsonValue): FilledChange => ({ at, value, unlessSet: false });

test("editConfig() changes single lines of TOML, and puts what is new where TOML wants it", () => {
  const before =
    '# mine\nmodel = "gpt-5" # keep\n\n# servers\n[mcp_servers.docs]\ncommand = "docs"\n\n[model_providers.other]\nname = "Other"\n';
  const changes = [set(["model"], "x"), set(["model_provider"], "postern"), set(["model_providers", "postern", "name"], "Postern")];
  expect(editConfig(before, "toml", changes)).toBe(
    '# mine\nmodel = "x" # keep\nmodel_provider = "postern"\n\n# servers\n[mcp_servers.docs]\ncommand = "docs"\n\n[model_providers.other]\nname = "Other"\n\n[model_providers.postern]\nname = "Postern"\n',
  );
});

test("editConfig() leaves what looks like TOML within a text alone", () => {
  const before = 'notes = """\n[model_providers.postern]\nmodel = "not this"\n"""\n\n[a]\nb = 1\n';
  expect(editConfig(before, "toml", [set(["a", "b"], 2)])).toBe(before.replace("b = 1", "b = 2"));
  // The line that it would take for the right one stands in a text: better not than wrong.
  expect(() => editConfig(before, "toml", [set(["model"], "x")])).toThrow("in a way that Postern cannot change safely");
});

test("editConfig() refuses TOML whose table is inline", () => {
  const before = 'model_providers = { other = { name = "Other" } }\n';
  expect(() => editConfig(before, "toml", [set(["model_providers", "postern", "name"], "Postern")])).toThrow("cannot change safely");
});

test("editConfig() adds to a list of YAML, and keeps comments and the list's own indentation", () => {
  const before = "# mine\nmodels:\n- name: Other # as well\n  # why\n  model: llama3\n\nrules: [a, b]\n";
  const change: FilledChange = { at: ["models"], by: "name", entry: { name: "Postern", roles: ["chat"] } };
  expect(editConfig(before, "yaml", [change])).toBe(
    "# mine\nmodels:\n- name: Other # as well\n  # why\n  model: llama3\n- name: Postern\n  roles:\n  - chat\n\nrules: [a, b]\n",
  );
});

test("editConfig() replaces the entry that it added before", () => {
  const change = (model: string): FilledChange => ({ at: ["models"], by: "name", entry: { name: "Postern", model } });
  const once = editConfig("", "yaml", [change("one")]);
  expect(editConfig(once, "yaml", [change("two")])).toBe(once.replace("one", "two"));
});

test("editConfig() adds to a list of JSON without touching its other items", () => {
  const before = '[\n    // mine\n    { "name": "a" } // keep\n]\n';
  expect(editConfig(before, "json", [{ at: [], by: "name", entry: { name: "Postern", models: [1] } }])).toBe(
    '[\n    // mine\n    { "name": "a" }, // keep\n    {\n        "name": "Postern",\n        "models": [\n            1\n        ]\n    }\n]\n',
  );
});

test("editConfig() sets a variable where it is set last, and keeps its export", () => {
  expect(editConfig("A=1\nexport A=2\nB=3", "env", [set(["A"], "x"), set(["C"], "y")])).toBe("A=1\nexport A=x\nB=3\nC=y\n");
});

test("editConfig() refuses where something else stands in the way", () => {
  expect(() => editConfig('{"models": "all"}', "json", [{ at: ["models"], by: "name", entry: { name: "x" } }])).toThrow(
    '"models" is no list in it',
  );
  expect(() => editConfig('{"env": []}', "json", [set(["env", "A"], "x")])).toThrow('"env" has no members in it');
});
