import * as z from "zod";
import {
  catalogGatewaySchema,
  modelAnswerSchema,
  modelComparisonSchema,
  modelFilterSchema,
  modelPageSchema,
  refreshOutcomeSchema,
} from "../schema/model.ts";
import { modelFiguresSchema, modelListAnswerSchema } from "../schema/model-list.ts";
import type { ContractEntry } from "./endpoint.ts";

const nameSchema = z.string().min(1).max(256);

/**
 * The model catalog. Models are written as `GET /catalog/...` of the gateway writes them, so that a page and a tool show
 * the same. Filters have numbers and lists in them, which is why they come in a body.
 */
export const catalogContract = {
  queryModels: { method: "POST", path: "/admin/catalog/models", body: modelFilterSchema, reply: modelPageSchema },
  /**
   * All models at once, as columns, to be searched where they are shown; the JSON of {@link modelListAnswerSchema}. Whoever has one
   * names its version, and gets no other unless there is another.
   */
  listModels: {
    method: "GET",
    path: "/admin/catalog/list",
    query: z.strictObject({ known: z.string().max(64).optional() }),
    reply: modelListAnswerSchema,
    type: "application/json",
  },
  /** What is known of one model beyond its lists, by any of its names. */
  readModelFigures: {
    method: "POST",
    path: "/admin/catalog/figures",
    body: z.strictObject({ model: nameSchema }),
    reply: modelFiguresSchema,
  },
  describeModel: {
    method: "POST",
    path: "/admin/catalog/model",
    body: z.strictObject({
      provider: nameSchema,
      model: nameSchema,
      gateways: z.array(nameSchema).max(20).default([]),
      includeHuggingFace: z.boolean().default(true),
    }),
    reply: modelAnswerSchema,
  },
  compareModels: {
    method: "POST",
    path: "/admin/catalog/compare",
    body: z.strictObject({ models: z.array(nameSchema).min(1).max(20) }),
    reply: modelComparisonSchema,
  },
  listGateways: { method: "GET", path: "/admin/catalog/gateways", reply: z.object({ gateways: z.array(catalogGatewaySchema) }) },
  /** Fetches lists anew: of the gateways that are named, else of all that can be asked. */
  refreshCatalog: {
    method: "POST",
    path: "/admin/catalog/refresh",
    body: z.strictObject({ gateways: z.array(nameSchema).max(100).optional() }),
    reply: z.object({ outcomes: z.array(refreshOutcomeSchema) }),
  },
  /** Forgets what is kept of a gateway; it is fetched when it is next needed. */
  forgetGateway: { method: "DELETE", path: "/admin/catalog/cache/:gateway", reply: z.object({ removed: z.boolean() }) },
} as const satisfies Record<string, ContractEntry>;
