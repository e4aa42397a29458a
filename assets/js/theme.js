// The buttons post the choice; with a script the colours change at once and the page stays.
export function switchTheme() {
  const form = document.querySelector("form.themes");
  if (!form) return;
  form.addEventListener("submit", (event) => {
    const chosen = event.submitter?.value;
    if (!chosen) return;
    event.preventDefault();
    if (chosen === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    for (const button of form.querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(button === event.submitter));
    const sent = new FormData(form, event.submitter);
    fetch(form.action, { method: "POST", body: new URLSearchParams(sent), redirect: "manual" });
  });
}
