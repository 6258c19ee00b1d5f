// The window of a headless Postern: logs in, and shows how it stands. No framework, and no markup from data: every text
// that comes over the wire is set as text.

const tabKey = "postern-tab";
const mostCalls = 50;
const element = (id) => document.getElementById(id);

/** Calls the listener with the tab's token. A refused login locks the page. */
async function ask(path, options = {}) {
  const response = await fetch(path, {
    ...options,
    headers: { "content-type": "application/json", "x-postern-tab": sessionStorage.getItem(tabKey) ?? "" },
    credentials: "same-origin",
    redirect: "error",
  });
  if (response.status === 401) lock("The login has ended. To open this window again, run this in a terminal:");
  if (!response.ok) throw new Error((await response.json().catch(() => null))?.error?.message ?? `Postern answered ${response.status}`);
  return response;
}

function lock(words) {
  sessionStorage.removeItem(tabKey);
  if (words !== undefined) element("locked-words").textContent = words;
  for (const id of ["open", "logout", "live"]) element(id).hidden = true;
  element("locked").hidden = false;
}

/** Spends the token that the URL brought, and takes it out of the address bar and the history first. */
async function logIn() {
  const token = new URLSearchParams(location.hash.slice(1)).get("login");
  if (location.hash !== "") history.replaceState(null, "", "/");
  if (token !== null) {
    const response = await fetch("/login", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
      credentials: "same-origin",
    });
    const answer = await response.json();
    if (response.ok) sessionStorage.setItem(tabKey, answer.tabToken);
    else if (sessionStorage.getItem(tabKey) === null) {
      return lock(
        response.status === 401 ? "This link was used already, or is older than ten minutes. For a new one, run:" : answer.error.message,
      );
    }
  }
  if (sessionStorage.getItem(tabKey) === null) return lock();
  element("locked").hidden = true;
  for (const id of ["open", "logout"]) element(id).hidden = false;
  await Promise.all([show(), showPast()]);
  void watch();
}

/** The calls that the log has already; what ends from now on comes by itself. */
async function showPast() {
  const { calls } = await (await ask(`/admin/calls?limit=${mostCalls}`)).json();
  element("calls").replaceChildren();
  for (const call of calls.reverse()) {
    const parts = [call.uncachedInputTokens, call.cacheReadTokens, call.cacheWriteTokens].filter((count) => count !== null);
    showCall({
      ...call,
      atMs: call.startedAtMs + (call.totalMs ?? 0),
      model: call.modelServed ?? call.modelAsked,
      inputTokens: parts.length === 0 ? null : parts.reduce((sum, count) => sum + count, 0),
    });
  }
}

async function show() {
  const [status, { providers }] = await Promise.all(["/admin/status", "/admin/providers"].map(async (path) => (await ask(path)).json()));
  showFacts(status);
  showProviders(providers.filter((provider) => provider.keys.length > 0));
}

function showFacts(status) {
  const facts = [
    ["Version", status.version],
    ["Listens on", status.addresses.map((address) => `http://${address}`).join("  ")],
    ["Base URL for tools", `http://${status.addresses[0] ?? "127.0.0.1:8787"}/v1`],
    ["Running since", new Date(status.startedAtMs).toLocaleString()],
    ["Keys", status.vault.words],
    ["Config", status.config.file],
  ];
  element("facts").replaceChildren(...facts.flatMap(([name, value]) => [make("dt", name), make("dd", value)]));
  const problems = status.config.problems.map(({ line, path, message }) => make("li", `config.json, line ${line}: ${path} ${message}`));
  element("problems").replaceChildren(...problems);
  element("problems").hidden = problems.length === 0;
}

function showProviders(providers) {
  const rows = providers.map((provider) => {
    const row = document.createElement("li");
    const keys = provider.keys.map((key) => `${key.name} …${key.lastFour}`).join(", ");
    row.append(
      make("strong", provider.name),
      make("span", keys, "mono"),
      make("span", provider.words, provider.state === "ready" ? "good" : "wait"),
    );
    return row;
  });
  element("providers").replaceChildren(...(rows.length > 0 ? rows : [make("li", "None yet. Add one: postern keys add openai", "quiet")]));
}

function showCall(call) {
  const row = document.createElement("tr");
  const isGood = call.ending === "finished";
  const tokens = call.inputTokens === null && call.outputTokens === null ? "–" : `${call.inputTokens ?? "?"} → ${call.outputTokens ?? "?"}`;
  row.append(
    make("td", new Date(call.atMs).toLocaleTimeString()),
    make("td", call.model ?? "–"),
    make("td", call.provider ?? "–"),
    make("td", tokens, "number"),
    make("td", duration(call.firstByteMs), "number"),
    make("td", duration(call.totalMs), "number"),
    make("td", isGood ? String(call.status ?? "ok") : (call.errorCode ?? call.ending), isGood ? "good" : "bad"),
  );
  element("calls").prepend(row);
  while (element("calls").children.length > mostCalls) element("calls").lastElementChild?.remove();
  element("no-calls").hidden = true;
}

function duration(ms) {
  if (ms === null) return "–";
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function make(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className !== "") made.className = className;
  return made;
}

/** Follows what happens, and comes back when the line breaks, for as long as the login holds. */
async function watch() {
  for (let pauseMs = 500; sessionStorage.getItem(tabKey) !== null; pauseMs = Math.min(pauseMs * 2, 15_000)) {
    try {
      const response = await ask("/admin/events");
      setLive(true);
      pauseMs = 500;
      await readEvents(response.body, (event) => {
        if (event.type === "call-finished") showCall(event);
        else if (event.type !== "hello" || event.missed > 0) void show().catch(() => {});
      });
    } catch {
      // It stopped, or the network slept: tried again below.
    }
    setLive(false);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

function setLive(isLive) {
  const pill = element("live");
  pill.hidden = sessionStorage.getItem(tabKey) === null;
  pill.textContent = isLive ? "live" : "reconnecting";
  pill.classList.toggle("off", !isLive);
}

async function readEvents(body, tell) {
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const data = block.split("\n").find((line) => line.startsWith("data: "));
      if (data !== undefined) tell(JSON.parse(data.slice(6)));
    }
  }
}

async function logOut() {
  await ask("/logout", { method: "POST", body: "{}" }).catch(() => {});
  lock("You are logged out. To open this window again, run this in a terminal:");
}

element("logout").addEventListener("click", () => void logOut());

// A new login URL in an open tab changes the fragment only, and loads nothing.
addEventListener("hashchange", () => void logIn().catch((error) => lock(error.message)));
void logIn().catch((error) => lock(error.message));
