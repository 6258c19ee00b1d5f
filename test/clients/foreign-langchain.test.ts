import { langchainClients } from "./foreign-langchain.ts";
import { describeForeign } from "./foreign-suite.ts";

describeForeign(langchainClients);
