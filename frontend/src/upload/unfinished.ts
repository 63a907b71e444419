/** Uploads that the server has a part of, and the files that go on with them. */

import type { Upload } from "../api/types";
import { grouped } from "./grouped";
import type { Plan } from "./plan";

/** One slide's unfinished uploads: a single file, or all files of a folder. */
export interface Unfinished {
  key: string;
  name: string;
  folder: string | null;
  uploads: readonly Upload[];
  received: number;
  size: number;
}

export function groupUnfinished(uploads: readonly Upload[]): Unfinished[] {
  const waiting = uploads.filter(({ slide, state }) => !slide && state !== "abandoned");
  const groups = grouped(waiting, ({ folder, id }) => folder ?? id);
  return [...groups].map(([key, members]) => ({
    key,
    name: nameOf(members),
    folder: members[0]?.folder ?? null,
    uploads: members,
    received: sum(members.map(({ received }) => received)),
    size: sum(members.map(({ size }) => size)),
  }));
}

function nameOf(members: readonly Upload[]): string {
  const door = members.find(({ file_name }) => /\.(mrxs|vms)$/i.test(file_name));
  const first = members[0];
  if (door || !first?.folder) return (door ?? first)?.file_name ?? "";
  return first.relative_path.split("/").at(-2) ?? first.file_name;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The unfinished upload that these files continue, by names and sizes. */
export function matchOf(
  plan: Plan,
  unfinished: readonly Unfinished[],
): Unfinished | null {
  return unfinished.find((one) => isSame(plan, one)) ?? null;
}

export function isSame(plan: Plan, one: Unfinished): boolean {
  if (plan.isFolder !== (one.folder !== null)) return false;
  return one.uploads.every((upload) => fileOf(plan, upload) !== null);
}

export function fileOf(plan: Plan, upload: Upload): Plan["files"][number] | null {
  const path = upload.folder ? upload.relative_path : upload.file_name;
  const found = plan.files.find(
    (file) => file.path === path && file.file.size === upload.size,
  );
  if (found || upload.folder) return found ?? null;
  return plan.files.find(({ file }) => isNamed(file, upload)) ?? null;
}

function isNamed(file: File, upload: Upload): boolean {
  return file.name === upload.file_name && file.size === upload.size;
}
