/** Dropped files sorted into slides: one file each, or a folder that belongs together. */

import { grouped } from "./grouped";

export interface Dropped {
  file: File;
  /** Place below what was dropped, "slide/Data0001.dat"; a plain file's name alone. */
  path: string;
}

export interface Plan {
  name: string;
  files: Dropped[];
  /** The files make one slide together. */
  isFolder: boolean;
}

export interface Refusal {
  name: string;
  code: string;
  words: string;
}

export interface Plans {
  plans: Plan[];
  refusals: Refusal[];
}

const SLIDES: ReadonlySet<string> = new Set(
  "bif czi dcm dicom jpeg jpg ndpi png scn svs svslide tif tiff zip".split(" "),
);
/** A file of this kind is only the door to the files around it. */
const DOORS: ReadonlySet<string> = new Set(["mrxs", "vms"]);

export function planUploads(dropped: readonly Dropped[]): Plans {
  const files = dropped.filter(({ file, path }) => file.size > 0 && !isHidden(path));
  const empty = dropped.filter(({ file, path }) => file.size === 0 && !isHidden(path));
  const refusals = empty.map(({ path }) => ({
    name: path,
    code: "FILE_EMPTY",
    words: "The file is empty.",
  }));
  const found: Plans = { plans: [], refusals };
  const rest = takeDoors(files, found);
  takeDicom(takeSingles(rest, found), found);
  return found;
}

/** A MIRAX or Hamamatsu slide with all that lies beside or below it. */
function takeDoors(files: readonly Dropped[], found: Plans): Dropped[] {
  const taken = new Set<Dropped>();
  for (const door of files.filter(({ path }) => DOORS.has(extensionOf(path)))) {
    const around = files.filter((one) => belongsTo(door.path, one.path));
    for (const one of [door, ...around]) taken.add(one);
    if (around.length) {
      const members = [door, ...around];
      found.plans.push({ name: nameOf(door.path), files: members, isFolder: true });
    } else {
      found.refusals.push({
        name: door.path,
        code: "FORMAT_COMPANION_MISSING",
        words: companionWords(door.path),
      });
    }
  }
  return files.filter((file) => !taken.has(file));
}

function belongsTo(door: string, path: string): boolean {
  if (path === door) return false;
  if (extensionOf(door) === "mrxs")
    return path.startsWith(`${withoutExtension(door)}/`);
  return folderOf(path) === folderOf(door) && !DOORS.has(extensionOf(path));
}

function companionWords(door: string): string {
  const folder = withoutExtension(nameOf(door));
  return extensionOf(door) === "mrxs"
    ? `Drop the file together with its folder “${folder}”, or both as a zip file.`
    : "Drop the whole folder that this file lies in, or send it as a zip file.";
}

/** Files that are a slide each; DICOM in a folder waits for its brothers. */
function takeSingles(files: readonly Dropped[], found: Plans): Dropped[] {
  const left: Dropped[] = [];
  for (const one of files) {
    const extension = extensionOf(one.path);
    const isSeries = folderOf(one.path) !== "" && ["dcm", ""].includes(extension);
    if (isSeries) left.push(one);
    else if (SLIDES.has(extension)) {
      found.plans.push({ name: nameOf(one.path), files: [one], isFolder: false });
    } else if (folderOf(one.path) === "") {
      found.refusals.push({
        name: one.path,
        code: "FORMAT_UNKNOWN",
        words: "This is no kind of slide that is known here.",
      });
    }
  }
  return left;
}

/** The DICOM files of one folder are the levels of one slide. */
function takeDicom(files: readonly Dropped[], found: Plans): void {
  const folders = grouped(files, ({ path }) => folderOf(path));
  for (const [folder, members] of folders) {
    found.plans.push({ name: nameOf(folder), files: members, isFolder: true });
  }
}

function isHidden(path: string): boolean {
  return path.split("/").some((part) => part.startsWith(".") || part === "__MACOSX");
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function extensionOf(path: string): string {
  const name = nameOf(path);
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : "";
}

function withoutExtension(path: string): string {
  const dot = path.lastIndexOf(".");
  return dot > path.lastIndexOf("/") + 1 ? path.slice(0, dot) : path;
}

export function sizeOf(plan: Plan): number {
  return plan.files.reduce((sum, { file }) => sum + file.size, 0);
}
