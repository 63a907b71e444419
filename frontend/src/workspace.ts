/** The page of one slide: mounts the workspace where the template left room for it. */

import "./workspace/workspace.css";
import "./workspace/history.css";
import "./upload/upload.css";
import "./viewer/viewer.css";
import "./question/question.css";
import "./evidence/evidence.css";
import "./review/review.css";
import "./calibration/calibration.css";
import "./owner/owner.css";
import "./workspace/widths.css";
import { mount } from "svelte";
import { Client } from "./api/client";
import { readSite } from "./api/site";
import Workspace from "./workspace/Workspace.svelte";

const target = document.getElementById("workspace");
if (target) {
  const slideId = target.dataset.slide ?? "";
  target.replaceChildren();
  mount(Workspace, {
    target,
    props: {
      client: new Client(readSite(target)),
      slideId,
      person: target.dataset.person ?? "",
      canUpload: "canUpload" in target.dataset,
    },
  });
}
