/** Where the site lives and how it knows this person; read from the page once. */

export interface Site {
  /** Path of the site's front page with a slash at its end, such as "/" or "/path/". */
  root: string;
  csrfToken: string;
}

/** The mounting element names the root; Django puts its token into each page's form. */
export function readSite(mount: HTMLElement): Site {
  const field = document.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]");
  return { root: mount.dataset.root ?? "/", csrfToken: field?.value ?? "" };
}

export function socketAddress(
  site: Site,
  path: string,
  here: { protocol: string; host: string },
): string {
  const scheme = here.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${here.host}${site.root}ws/${path}`;
}
