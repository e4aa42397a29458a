// The browser's own print dialogue also saves as PDF; without a script its menu does the same.
export function offerPrint() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
