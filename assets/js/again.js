// What is being made for a page is there in a moment: the page looks for itself, unless somebody is
// typing on it. Without a script the link does the same.
const WAIT_MS = 2500;

export function lookAgain() {
  const link = document.querySelector("a[data-again]");
  if (!link) return;
  setTimeout(() => {
    if (document.activeElement?.matches("input, select, textarea")) return lookAgain();
    location.replace(link.href);
  }, WAIT_MS);
}
