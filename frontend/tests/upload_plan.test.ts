import { describe, expect, it } from "vitest";
import type { Upload } from "../src/api/types";
import { mayPass } from "../src/upload/file_sender";
import { type Dropped, planUploads } from "../src/upload/plan";
import { groupUnfinished, matchOf } from "../src/upload/unfinished";

function dropped(path: string, bytes = 10): Dropped {
  const name = path.split("/").at(-1) ?? path;
  return { file: new File([new Uint8Array(bytes)], name), path };
}

function plansOf(...paths: string[]) {
  return planUploads(paths.map((path) => dropped(path)));
}

describe("dropped files", () => {
  it("are a slide each", () => {
    const { plans, refusals } = plansOf("a.svs", "b.TIFF", "c.zip");
    expect(plans.map(({ name, isFolder }) => [name, isFolder])).toEqual([
      ["a.svs", false],
      ["b.TIFF", false],
      ["c.zip", false],
    ]);
    expect(refusals).toEqual([]);
  });

  it("with a folder of the same name are one MIRAX slide", () => {
    const { plans } = plansOf("s.mrxs", "s/Slidedat.ini", "s/Data0.dat", "other.svs");
    const mirax = plans.find(({ name }) => name === "s.mrxs");
    expect(mirax?.isFolder).toBe(true);
    expect(mirax?.files.map(({ path }) => path)).toEqual([
      "s.mrxs",
      "s/Slidedat.ini",
      "s/Data0.dat",
    ]);
    expect(plans).toHaveLength(2);
  });

  it("of a MIRAX slide alone are told what is missing", () => {
    const { plans, refusals } = plansOf("s.mrxs");
    expect(plans).toEqual([]);
    expect(refusals[0]?.code).toBe("FORMAT_COMPANION_MISSING");
    expect(refusals[0]?.words).toContain("“s”");
  });

  it("of two MIRAX slides in a folder stay two slides", () => {
    const { plans } = plansOf(
      "box/a.mrxs",
      "box/a/Slidedat.ini",
      "box/b.mrxs",
      "box/b/Slidedat.ini",
    );
    expect(plans.map(({ files }) => files.length)).toEqual([2, 2]);
  });

  it("of DICOM in one folder are one slide", () => {
    const { plans } = plansOf("series/1.dcm", "series/2.dcm", "series/IM0003");
    expect(plans).toHaveLength(1);
    expect(plans[0]?.name).toBe("series");
    expect(plans[0]?.files).toHaveLength(3);
  });

  it("that are empty, hidden or no slides are not sent", () => {
    const files = [dropped("a.svs", 0), dropped(".DS_Store"), dropped("notes.docx")];
    const { plans, refusals } = planUploads(files);
    expect(plans).toEqual([]);
    expect(refusals.map(({ code }) => code).sort()).toEqual([
      "FILE_EMPTY",
      "FORMAT_UNKNOWN",
    ]);
  });
});

function upload(fields: Partial<Upload>): Upload {
  const plain = {
    id: "1",
    state: "receiving",
    file_name: "a.svs",
    size: 10,
    received: 4,
    folder: null,
    relative_path: "",
    slide: null,
  };
  return { ...plain, ...fields } as Upload;
}

describe("unfinished uploads", () => {
  it("are what became no slide yet", () => {
    const done = upload({ id: "2", state: "complete", slide: "s" });
    const found = groupUnfinished([upload({}), done, upload({ state: "abandoned" })]);
    expect(found.map(({ name, received, size }) => [name, received, size])).toEqual([
      ["a.svs", 4, 10],
    ]);
  });

  it("of one folder belong together", () => {
    const members = [
      upload({ id: "1", folder: "f", relative_path: "s.mrxs", file_name: "s.mrxs" }),
      upload({ id: "2", folder: "f", relative_path: "s/D.dat", file_name: "D.dat" }),
    ];
    const [one] = groupUnfinished(members);
    expect([one?.name, one?.size]).toEqual(["s.mrxs", 20]);
  });

  it("go on with the same file and no other", () => {
    const unfinished = groupUnfinished([upload({})]);
    const [same] = planUploads([dropped("a.svs", 10)]).plans;
    const [longer] = planUploads([dropped("a.svs", 11)]).plans;
    const [other] = planUploads([dropped("b.svs", 10)]).plans;
    const matches = [same, longer, other].map(
      (plan) => plan && matchOf(plan, unfinished),
    );
    expect(matches).toEqual([unfinished[0], null, null]);
  });
});

it("goes on by itself where the server may answer otherwise later", () => {
  expect([0, 409, 423, 502, 503].filter(mayPass)).toEqual([0, 409, 423, 502, 503]);
  expect([400, 401, 403, 413, 507].filter(mayPass)).toEqual([]);
});
