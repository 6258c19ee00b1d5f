import request from "undici/lib/api/api-request.js";
import buildConnector from "undici/lib/core/connect.js";
import Dispatcher from "undici/lib/dispatcher/dispatcher.js";
import Pool from "undici/lib/dispatcher/pool.js";

// As undici's index does for every dispatcher, with more methods than anybody calls here.
Dispatcher.prototype.request = request;

/** What of undici is used here, by its own files: its index, with fetch, web sockets and caches, takes 40 ms of a start. */
export { buildConnector, Dispatcher, Pool };
