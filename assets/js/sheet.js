// On narrow screens the filters are a sheet: opened by its fragment without a script, by a class
// with one, so that it stays open while facets are chosen.
const rail = () => document.getElementById("filters");

export function isSheetOpen() {
  return rail()?.classList.contains("open") ?? false;
}

export function setSheet(open) {
  const sheet = rail();
  if (!sheet) return;
  sheet.classList.toggle("open", open);
  // Nothing behind a sheet that covers the page may take the focus.
  for (const other of document.querySelectorAll("header.top, main, footer.foot"))
    other.inert = open;
}

export function openSheet() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href="#filters"], .rail a.done');
    if (!link) return;
    event.preventDefault();
    const open = link.hash === "#filters";
    setSheet(open);
    if (open) rail().querySelector("a.done")?.focus();
    else document.querySelector('a[href="#filters"]')?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isSheetOpen()) {
      setSheet(false);
      document.querySelector('a[href="#filters"]')?.focus();
    }
  });
}
