// Brings the page of a running job up to date. Without it, reloading does the same.
"use strict";
const EVERY_MS = 2000;
const live = document.getElementById("live");

function isOpen() {
  return live.firstElementChild?.dataset.open === "1";
}

// What a person is at is left alone: a focused button or a selected line of the log.
function isInUse() {
  return live.contains(document.activeElement) || !getSelection().isCollapsed;
}

async function look() {
  try {
    const answer = await fetch(live.dataset.url, { redirect: "error" });
    if (answer.ok && !isInUse()) {
      live.innerHTML = await answer.text();
    }
  } catch {
    // The next look tries again.
  }
  if (isOpen()) {
    setTimeout(look, EVERY_MS);
  }
}

if (isOpen()) {
  setTimeout(look, EVERY_MS);
}
