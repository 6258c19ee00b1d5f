import { expect, test } from "vitest";
import { json } from "../fakes/replies.ts";
import { startScriptedProvider } from "../fakes/scripted-provider.ts";
import { eventually } from "../wire/eventually.ts";
import { startApp } from "./start-app.ts";

test("quitting asks while calls are under way, and lets them finish", async () => {
  await using provider = await startScriptedProvider();
  const gate = Promise.withResolvers<void>();
  provider.always(async (exchange) => {
    await gate.promise;
    await json(200, { id: "x", object: "chat.completion", created: 0, model: "gpt-4o", choices: [] })(exchange);
  });
  await using app = await startApp({
    args: ["--hidden"],
    config: { providers: { openai: { baseUrl: `${provider.origin}/v1` } } },
    environment: { OPENAI_API_KEY: "sk-made-up-for-this-test-0001" },
    prepare: (world) => void (world.answer = () => 1),
  });
  await eventually(() => expect(app.state()).toMatch(/^● Running/));
  const call = fetch(`http://${app.state().replace("● Running · ", "")}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${process.env["POSTERN_API_KEY"]}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "@openai/gpt-4o", messages: [{ role: "user", content: "Hi" }] }),
  });
  await provider.waitForRequest(1);
  app.tools.press(app.menu(), "Quit Postern");
  expect(app.world.dialogs.at(-1)?.message).toBe("One call is under way. Quit all the same?");
  // "Cancel": it goes on.
  expect(app.world.trays.size).toBe(1);
  // Behind this turn, when the question is answered.
  await new Promise((resolve) => setImmediate(resolve));
  app.world.answer = () => 0;
  app.tools.press(app.menu(), "Quit Postern");
  await eventually(() => expect(app.world.trays.size).toBe(0));
  gate.resolve();
  expect((await call).status).toBe(200);
  expect(await app.electron.standInApp.ended).toBe(0);
});

test("the system's end is not asked about", async () => {
  await using app = await startApp({ args: ["--hidden"] });
  await eventually(() => expect(app.state()).toMatch(/^● Running/));
  app.world.power.emit("shutdown");
  expect([await app.electron.standInApp.ended, app.world.dialogs]).toEqual([0, []]);
});
