/** The worklist: live cards, and the uploads where the template left room for them. */

import "./upload/upload.css";
import { mount } from "svelte";
import { Client } from "./api/client";
import { readSite } from "./api/site";
import { Dock } from "./upload/dock.svelte";
import UploadDock from "./upload/UploadDock.svelte";
import { LiveCards } from "./worklist/live";

const shown = document.getElementById("worklist");
const status = document.getElementById("worklist-status");
const cards = shown
  ? new LiveCards({
      shown,
      say: (sentence) => {
        if (status) status.textContent = sentence;
      },
    })
  : null;

const target = document.getElementById("upload-dock");
if (target) {
  target.replaceChildren();
  const dock = new Dock(new Client(readSite(target)));
  const props = { dock, root: readSite(target).root, onsent: () => cards?.hurry() };
  mount(UploadDock, { target, props });
}
