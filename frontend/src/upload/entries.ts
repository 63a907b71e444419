/** The files of a drop, folders opened. */

import type { Dropped } from "./plan";

/** Must be called while the drop is handled: later the browser forgets its items. */
export function readDrop(transfer: DataTransfer): Promise<Dropped[]> {
  const entries = [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  return readAll(entries);
}

/** Files of a file field; those of a folder bring their place in it. */
export function readField(files: FileList): Dropped[] {
  return [...files].map((file) => ({
    file,
    path: file.webkitRelativePath || file.name,
  }));
}

async function readAll(entries: readonly FileSystemEntry[]): Promise<Dropped[]> {
  return (await Promise.all(entries.map(readEntry))).flat();
}

async function readEntry(entry: FileSystemEntry): Promise<Dropped[]> {
  if (entry.isDirectory) return readFolder(entry as FileSystemDirectoryEntry);
  const file = await new Promise<File>((resolve, reject) => {
    (entry as FileSystemFileEntry).file(resolve, reject);
  });
  return [{ file, path: entry.fullPath.replace(/^\//, "") }];
}

/** A reader hands out a hundred entries at a time, and none at the end. */
async function readFolder(folder: FileSystemDirectoryEntry): Promise<Dropped[]> {
  const reader = folder.createReader();
  const found: Dropped[] = [];
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (!entries.length) return found;
    found.push(...(await readAll(entries)));
  }
}
