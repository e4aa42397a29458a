// The popovers are <details>: a click elsewhere or Escape closes them, and focus goes back.
const selector = "details:is(.why-verdict, .keep)[open]";

export function closePopovers() {
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll(selector))
      if (!open.contains(event.target)) open.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const open of document.querySelectorAll(selector)) {
      const held = open.contains(document.activeElement);
      open.open = false;
      if (held) open.querySelector("summary").focus();
    }
  });
}
