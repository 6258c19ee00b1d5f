import { createRoot } from "react-dom/client";
import { openSession, watchForLogins } from "./data/session.ts";
import { App } from "./shell/app.tsx";
import { openTheme } from "./shell/theme.ts";
import { loadTexts, openTexts } from "./text/texts.ts";

openTheme();
watchForLogins();
await Promise.all([openSession(), openTexts().then(() => loadTexts("shell"))]);
const root = document.querySelector("#root");
if (root === null) throw new Error("Cannot show the window: index.html has no #root");
createRoot(root).render(<App />);
