/** Names for what the schema describes; `npm run types` writes schema.d.ts from openapi.json. */

import type { components } from "./schema";

/** An answer of the server has every field, also those that a request may leave out. */
type Schemas = {
  [Name in keyof components["schemas"]]: Required<components["schemas"][Name]>;
};

export type Access = Schemas["Access"];
export type AskRequest = components["schemas"]["AskRequest"];
export type Asked = Schemas["Asked"];
export type Coverage = Schemas["Coverage"];
export type Evidence = Schemas["Evidence"];
export type Grid = Schemas["Grid"];
export type GridStep = Schemas["GridStep"];
export type Me = Schemas["Me"];
export type ModelVersion = Schemas["ModelVersion"];
export type Note = Schemas["Note"];
export type Question = Schemas["Question"];
export type QuestionState = Schemas["QuestionState"];
export type Region = Schemas["Region"];
export type TileToken = Schemas["TileToken"];
export type Workers = Schemas["Workers"];
export type Slide = Schemas["Slide"];
export type Upload = Schemas["Upload"];
export type ResultKind = Schemas["ResultKind"];
export type ResultObject = Schemas["ResultObject"];
export type Scope = Schemas["Question"]["scope"];
export type Review = Omit<Schemas["Review"], "evidence"> & {
  evidence: Required<Schemas["EvidenceVerdict"]>[];
};
export type ReviewRequest = components["schemas"]["ReviewWriteRequest"];
export type Verdict = ReviewRequest["verdict"];
export type CalibrateRequest = components["schemas"]["CalibrateRequest"];
export type SlideUse = Schemas["SlideUse"];
