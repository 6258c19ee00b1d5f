import "./style/window.css";
import { config } from "zod/v4/core";

// The content security policy forbids making code from text. Zod tries that as soon as the first schema is made, and so
// has to be told before any other module of the window runs.
config({ jitless: true });
await import("./start.tsx");
