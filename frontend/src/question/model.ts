/** Which model version said it, and whether another one answers now. */

import type { ModelVersion, Question } from "../api/types";

type Said = Pick<Question, "model_version">;
type Active = Pick<ModelVersion, "name" | "digest" | "is_active">;

/** "Dragonfly-mini 1.2", "Dragonfly-mini 1.3, a candidate on trial," or "The model". */
export function modelWords({ model_version: version }: Said): string {
  const name = version?.name || "The model";
  return version?.state === "candidate" ? `${name}, a candidate on trial,` : name;
}

/** Empty while the version that answered is the one that answers now. */
export function changeWords(said: Said, active: Active | null): string {
  const version = said.model_version;
  if (!active || !version || version.digest === active.digest) return "";
  return `Another model version answers now: ${active.name}.`;
}
