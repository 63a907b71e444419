/** The worklist: mounts the uploads where the template left room for them. */

import "./upload/upload.css";
import { mount } from "svelte";
import { Client } from "./api/client";
import { readSite } from "./api/site";
import UploadDock from "./upload/UploadDock.svelte";

const target = document.getElementById("upload-dock");
if (target) {
  target.replaceChildren();
  mount(UploadDock, { target, props: { client: new Client(readSite(target)) } });
}
