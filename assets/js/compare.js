// Up to six creators are chosen to be set side by side. Who was chosen on another page of results
// stays chosen; the tray at the foot says who they are, and how many different people follow them.
const MOST = 6;
const KEY = "influencr-compare";
let chosen = read();
let asked = 0;

const boxes = () => [...document.querySelectorAll('input[name="who"][form="compare"]')];
const title = (box) => box.closest("label").textContent.trim().replace(/^Compare /, "");

function read() {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));
  } catch {
    return new Map();
  }
}

function keep() {
  sessionStorage.setItem(KEY, JSON.stringify([...chosen]));
}

export function watchChosen() {
  const form = document.getElementById("compare");
  if (!form) return;
  for (const box of boxes()) {
    if (box.checked) chosen.set(box.value, title(box));
    box.checked = chosen.has(box.value);
  }
  show(form);
}

function show(form) {
  const line = form.querySelector("#chosen");
  line.dataset.before ??= line.textContent;
  if (chosen.size)
    line.replaceChildren(
      ...[...chosen.values()].map((name) => Object.assign(document.createElement("span"), { textContent: name })),
    );
  else line.textContent = line.dataset.before;
  form.classList.toggle("some", chosen.size > 0);
  form.querySelector("#ls-compare").disabled = chosen.size < 2;
  form.querySelector("#ls-why").disabled = chosen.size !== 2;
  form.querySelector("#ls-clear").hidden = !chosen.size;
  // Who is chosen and not on this page goes along all the same.
  for (const old of form.querySelectorAll("input[data-elsewhere]")) old.remove();
  const here = new Set(boxes().map((box) => box.value));
  for (const key of chosen.keys())
    if (!here.has(key)) {
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "who", value: key });
      field.dataset.elsewhere = "";
      form.append(field);
    }
  sum(form);
}

async function sum(form) {
  const mine = ++asked;
  const line = form.querySelector("#ls-sum");
  if (chosen.size < 2) {
    line.hidden = true;
    return;
  }
  const query = new URLSearchParams([...chosen.keys()].map((key) => ["c", key]));
  try {
    const answer = await fetch(`/compare/together?${query}`, { headers: { Accept: "application/json" } });
    const { text } = answer.ok ? await answer.json() : { text: "" };
    if (mine !== asked) return;
    line.textContent = text;
    line.hidden = !text;
  } catch {
    line.hidden = true;
  }
}

export function listenForChosen() {
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.name !== "who" || box.getAttribute("form") !== "compare") return;
    if (!box.checked) chosen.delete(box.value);
    else if (chosen.size < MOST) chosen.set(box.value, title(box));
    else {
      box.checked = false;
      document.getElementById("live").textContent = `${MOST} are chosen; take one out first.`;
    }
    keep();
    show(document.getElementById("compare"));
  });
  document.addEventListener("click", (event) => {
    if (event.target.id !== "ls-clear") return;
    chosen.clear();
    keep();
    for (const box of boxes()) box.checked = false;
    show(document.getElementById("compare"));
    boxes()[0]?.focus();
  });
}
