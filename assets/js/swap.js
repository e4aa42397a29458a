// Search pages replace each other in place: same address, same HTML, no blank moment. Old rows stay
// at 60 % until the new ones are here; a bar appears when that takes longer than 300 ms.
import { isSheetOpen, setSheet } from "./sheet.js";

const SLOW_MS = 300;
let running;
let dress = () => {};

const isSearch = (url) =>
  url.origin === location.origin && url.pathname === "/search" && !url.hash;

function live(text) {
  document.getElementById("live").textContent = text;
}

function remember() {
  const kept = new Set();
  for (const details of document.querySelectorAll("details[data-keep]"))
    if (details.open) kept.add(details.dataset.keep);
  const active = document.activeElement;
  return {
    kept,
    key: active?.dataset?.key,
    name: active?.form?.classList.contains("ranges") ? active.name : undefined,
    sheet: isSheetOpen(),
    railTop: document.getElementById("filters")?.scrollTop ?? 0,
  };
}

function restore(before, toRows) {
  for (const details of document.querySelectorAll("details[data-keep]"))
    details.open = before.kept.has(details.dataset.keep);
  if (before.sheet) {
    setSheet(true);
    document.getElementById("filters").scrollTop = before.railTop;
  }
  if (toRows) {
    const first = document.querySelector("[data-row] h2 a");
    first?.focus({ preventScroll: true });
    document.getElementById("results").scrollIntoView();
    return;
  }
  const same = before.key
    ? document.querySelector(`[data-key="${CSS.escape(before.key)}"]`)
    : before.name
      ? document.querySelector(`.ranges [name="${CSS.escape(before.name)}"]`)
      : null;
  same?.focus({ preventScroll: true });
}

async function go(url, { push, toRows = false }) {
  running?.abort();
  const mine = (running = new AbortController());
  const busy = document.getElementById("busy");
  const slow = setTimeout(() => (busy.hidden = false), SLOW_MS);
  document.body.classList.add("waiting");
  try {
    const response = await fetch(url, { signal: mine.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("swap");
    const old = document.getElementById("swap");
    if (!fresh || !old || response.status >= 500) return location.assign(url);
    const before = remember();
    old.replaceWith(fresh);
    document.title = page.title;
    document.body.className = page.body.className;
    for (const id of ["what", "where"]) {
      const box = document.getElementById(id);
      const now = page.getElementById(id);
      // What is being typed stays, unless the reader went back to another question.
      if (box && now && (!push || box !== document.activeElement)) box.value = now.value;
    }
    // The filters that the search pair carries along are those of the new page.
    const pair = document.querySelector(".top form.pair");
    const hidden = page.querySelectorAll(".top form.pair input[type=hidden]");
    if (pair) {
      for (const old of pair.querySelectorAll("input[type=hidden]")) old.remove();
      pair.prepend(...hidden);
    }
    const back = page.querySelector("form.themes [name=back]");
    if (back) document.querySelector("form.themes [name=back]").value = back.value;
    if (push) history.pushState({ swap: true }, "", response.url);
    dress();
    restore(before, toRows);
    live(document.querySelector("#main h1")?.textContent ?? "");
  } catch (error) {
    if (error.name === "AbortError") return;
    location.assign(url);
  } finally {
    clearTimeout(slow);
    if (running === mine) {
      busy.hidden = true;
      document.body.classList.remove("waiting");
    }
  }
}

export function swapPages(afterwards) {
  dress = afterwards;
  if (!document.getElementById("swap")) return;
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return;
    const link = event.target.closest?.("a[href]");
    if (!link || link.target || link.getAttribute("href").startsWith("#")) return;
    const url = new URL(link.href instanceof SVGAnimatedString ? link.href.baseVal : link.href, location.href);
    if (!isSearch(url)) return;
    event.preventDefault();
    go(url, { push: true, toRows: "page" in link.dataset });
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("swap" in form.dataset)) return;
    event.preventDefault();
    const url = new URL(form.action, location.href);
    const filled = [...new FormData(form)].filter(([, value]) => value !== "");
    url.search = new URLSearchParams(filled).toString();
    go(url, { push: true });
  });
  document.addEventListener("change", (event) => {
    if (event.target.form?.classList.contains("ranges")) event.target.form.requestSubmit();
  });
  addEventListener("popstate", () => {
    if (isSearch(new URL(location.href))) go(location.href, { push: false });
  });
}
