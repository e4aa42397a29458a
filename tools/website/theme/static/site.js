// What a page of the documentation does beyond being read. Without it everything is there, only
// the colours follow the system, the menu is at the foot of the page, and code is copied by hand.
const root = document.documentElement;
const live = document.getElementById("site-live");

// Colours: the same three choices as the product's foot. The attribute on <html> is read by our
// tokens, the one on <body> by the colours of code.
const kept = () => {
  try {
    return localStorage.getItem("theme") ?? "auto";
  } catch {
    return "auto";
  }
};
const show = (theme) => {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  document.body.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-choose]"))
    button.setAttribute("aria-pressed", String(button.dataset.choose === theme));
};
const themes = document.querySelector(".themes");
themes.hidden = false;
themes.addEventListener("click", ({ target }) => {
  const chosen = target.closest("[data-choose]")?.dataset.choose;
  if (!chosen) return;
  try {
    localStorage.setItem("theme", chosen);
  } catch {
    // A browser that keeps nothing still shows it on this page.
  }
  show(chosen);
});
show(kept());

// Menu of a narrow page: the list of pages over the page, until one is chosen or Esc.
const menu = document.getElementById("site-menu");
const pages = document.getElementById("site-pages");
const open = (wanted) => {
  root.toggleAttribute("data-menu", wanted);
  menu.setAttribute("aria-expanded", String(wanted));
  menu.textContent = wanted ? "Close" : "Menu";
  if (wanted) pages.querySelector("a")?.focus();
};
root.setAttribute("data-script", "");
menu.setAttribute("role", "button");
menu.setAttribute("aria-expanded", "false");
menu.addEventListener("click", (event) => {
  event.preventDefault();
  open(!root.hasAttribute("data-menu"));
});
menu.addEventListener("keydown", (event) => {
  if (event.key !== " ") return;
  event.preventDefault();
  menu.click();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && root.hasAttribute("data-menu")) {
    open(false);
    menu.focus();
  }
  const typing = event.target.closest("input, textarea, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.getElementById("site-ask").focus();
  }
});

// The list of headings is open beside a wide page, and closed under the title of a narrow one.
const toc = document.querySelector("details.toc");
const wide = matchMedia("(min-width: 1240px)");
if (toc) {
  const title = document.querySelector(".prose h1");
  const fit = () => {
    toc.open = wide.matches;
    if (wide.matches || !title) document.querySelector(".content").prepend(toc);
    else title.after(toc);
  };
  wide.addEventListener("change", fit);
  fit();
}

// Where one is in a long list of pages.
pages.querySelector(".current-page > a")?.setAttribute("aria-current", "page");
const current = pages.querySelector("[aria-current]");
if (current && wide.matches) pages.scrollTop = current.offsetTop - pages.clientHeight / 3;

// What was asked stays in the boxes of the search.
const asked = new URLSearchParams(location.search).get("q");
if (asked) for (const box of document.querySelectorAll(".ask input[name=q]")) box.value = asked;

// Tables that are wider than the page scroll by themselves, also by keyboard.
for (const [at, table] of document.querySelectorAll(".prose table").entries()) {
  const holder = table.parentElement.classList.contains("table-wrapper")
    ? table.parentElement
    : Object.assign(document.createElement("div"), { className: "table-wrapper" });
  if (!holder.isConnected) {
    table.before(holder);
    holder.append(table);
  }
  if (holder.scrollWidth > holder.clientWidth) {
    holder.tabIndex = 0;
    holder.setAttribute("role", "region");
    holder.setAttribute("aria-label", `Table ${at + 1}, scrolls sideways`);
  }
}

// Code is copied as it stands, without what a shell would print before it.
for (const block of document.querySelectorAll(".prose div.highlight")) {
  const pre = block.querySelector("pre");
  if (!pre || !navigator.clipboard) continue;
  if (pre.scrollWidth > pre.clientWidth) pre.tabIndex = 0;
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    className: "copy",
    textContent: "Copy",
  });
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(pre.textContent.trimEnd());
      button.textContent = live.textContent = "Copied";
    } catch {
      button.textContent = live.textContent = "Not allowed";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  block.append(button);
}
