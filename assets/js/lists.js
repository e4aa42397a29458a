// Saving in place: the button says at once what is true, and a notice offers the way back. The same
// forms work without this.
const STAYS_MS = 8_000;
const KEY = "influencr-list";
let leaving;

const select = () => document.getElementById("ls-list");

function pressed(button, on) {
  button.setAttribute("aria-pressed", String(on));
  button.name = on ? "off" : "who";
  const path = button.querySelector(".icon path");
  path?.classList.toggle("solid", on);
  const word = button.querySelector(".ls-word");
  if (word) word.textContent = on ? "Saved" : "Save";
}

export function dressLists() {
  const box = select();
  if (box) {
    const last = sessionStorage.getItem(KEY);
    if (last && [...box.options].some((option) => option.value === last)) box.value = last;
    follow();
  }
  const told = document.querySelector(".ls-toast[data-toast]");
  if (told) stay(told);
}

// Which list is chosen decides what each button would do.
function follow() {
  const list = select().value;
  for (const button of document.querySelectorAll(".ls-save"))
    pressed(button, list !== "" && button.dataset.on.split(" ").includes(list));
}

function stay(toast) {
  clearTimeout(leaving);
  const go = () => (leaving = setTimeout(() => toast.remove(), STAYS_MS));
  const wait = () => clearTimeout(leaving);
  toast.addEventListener("pointerenter", wait);
  toast.addEventListener("focusin", wait);
  toast.addEventListener("pointerleave", go);
  toast.addEventListener("focusout", go);
  go();
}

function tell(done, undo) {
  document.querySelector(".ls-toast")?.remove();
  const toast = Object.assign(document.createElement("div"), { className: "ls-toast" });
  toast.setAttribute("role", "status");
  const line = document.createElement("p");
  const link = Object.assign(document.createElement("a"), { href: done.href });
  link.append(Object.assign(document.createElement("bdi"), { textContent: done.name }));
  line.append(done.on ? "Saved to " : "Taken off ", link);
  const button = Object.assign(document.createElement("button"), { className: "link", type: "button", textContent: "Undo" });
  button.addEventListener("click", undo);
  toast.append(line, button);
  document.getElementById("main").append(toast);
  stay(toast);
}

async function send(form, name, value, more = {}) {
  const body = new FormData(form);
  body.delete("who");
  body.append(name, value);
  for (const [key, said] of Object.entries(more)) body.set(key, said);
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  if (!answer.ok || !answer.headers.get("Content-Type")?.includes("json")) throw new Error(String(answer.status));
  return answer.json();
}

function became(value, done) {
  const box = select();
  if (![...box.options].some((option) => option.value === done.list)) {
    box.prepend(new Option(done.name, done.list));
    box.value = done.list;
    sessionStorage.setItem(KEY, done.list);
  }
  for (const button of document.querySelectorAll(`.ls-save[value="${CSS.escape(value)}"]`)) {
    const on = new Set(button.dataset.on.split(" ").filter(Boolean));
    if (done.on) on.add(done.list);
    else on.delete(done.list);
    button.dataset.on = [...on].join(" ");
  }
  follow();
}

export function saveInPlace() {
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.id === "ls-list") {
      sessionStorage.setItem(KEY, box.value);
      follow();
    }
    // The state of somebody on a list is kept as soon as it is chosen.
    if (box.matches?.("select[data-now]")) box.form.requestSubmit(box.form.querySelector('[value="write"]'));
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.id !== "save" || !button?.classList.contains("ls-save")) return;
    event.preventDefault();
    const { name, value } = button;
    try {
      const done = await send(form, name, value);
      became(value, done);
      tell(done, async () => {
        const back = await send(form, done.on ? "off" : "who", value, { list: done.list, undo: "yes" });
        became(value, back);
        tell(back, () => {});
        document.querySelector(".ls-toast .link")?.remove();
      });
    } catch {
      // Whatever it was, the page that the form leads to says it.
      const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
      form.append(field);
      form.submit();
    }
  });
}
