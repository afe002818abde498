// Shown while the library and the models load: says what is being waited for, and lets people in when it is there.
"use strict";

const show = (message, hint) => {
  document.getElementById("waiting-for").textContent = message;
  document.getElementById("what-to-do").textContent = hint;
};

async function look() {
  let wait = 500;
  try {
    const response = await fetch("/readyz", { cache: "no-store" });
    if (response.ok && (await fetch("/config", { cache: "no-store" })).ok) {
      location.reload();
      return;
    }
    const { error } = response.ok ? {} : await response.json();
    if (error) {
      document.body.classList.toggle("failed", error.code === "failed");
      show(error.message, error.code === "failed" ? error.hint : "");
    }
  } catch {
    wait = 2000;
    if (!document.body.classList.contains("failed")) {
      show("Footnote does not answer.", "Start it again: make run. This page then opens by itself.");
    }
  }
  setTimeout(look, wait);
}

look();
