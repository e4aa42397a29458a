// Single keys move around; they are silent in fields and can be switched off (WCAG 2.1.4).
import { setSheet } from "./sheet.js";

const OFF = "influencr-keys-off";

const names = () => [...document.querySelectorAll("[data-row] h2 a")];

function step(by) {
  const all = names();
  if (!all.length) return;
  const at = all.findIndex((name) => name.closest("[data-row]").contains(document.activeElement));
  const to = Math.min(Math.max(at + by, 0), all.length - 1);
  all[at < 0 ? (by > 0 ? 0 : all.length - 1) : to].focus();
}

const current = () => document.activeElement?.closest("[data-row]");

function enter(id) {
  const box = document.getElementById(id);
  if (!box) return false;
  box.focus();
  box.select();
  return true;
}

export function listenForKeys() {
  const dialog = document.getElementById("keys");
  const opener = document.getElementById("keys-open");
  const on = document.getElementById("keys-on");
  if (!dialog || !opener || !on) return;
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  on.checked = localStorage.getItem(OFF) === null;
  on.addEventListener("change", () =>
    on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"),
  );

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest?.("input, textarea, select, dialog, [contenteditable]")) return;
    if (!on.checked) return;
    const act = {
      "/": () => enter("what"),
      w: () => enter("where"),
      s: () => {
        const save = current()?.querySelector(".ls-save");
        if (save) return save.click();
        const keep = document.getElementById("keep-name")?.closest("details");
        if (!keep) return;
        keep.open = true;
        enter("keep-name");
      },
      e: () => {
        const row = current();
        const why = row?.querySelector("details.score");
        if (why) why.open = !why.open;
      },
      c: () => current()?.querySelector('input[name="who"]')?.click(),
      j: () => step(1),
      k: () => step(-1),
      f: () => {
        const rail = document.getElementById("filters");
        if (!rail) return;
        if (getComputedStyle(rail).display === "none") setSheet(true);
        rail.querySelector(".facet a, input:not([type=hidden])")?.focus();
      },
      m: () => {
        const [list, map] = ["list", "map"].map((view) => document.querySelector(`[data-view="${view}"]`));
        (map?.hasAttribute("aria-current") ? list : map)?.click();
      },
      "?": () => dialog.showModal(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
