// Two creators are chosen to be set side by side: a third takes the place of the first, the button
// waits for both, and the line at the foot says who they are.
const boxes = () => [...document.querySelectorAll('input[name="who"][form="compare"]')];
let order = [];

export function watchChosen() {
  const form = document.getElementById("compare");
  if (!form) return;
  order = boxes().filter((box) => box.checked);
  show(form);
}

function show(form) {
  const names = order.map((box) => box.closest("label").textContent.trim().replace(/^Compare /, ""));
  const line = form.querySelector("#chosen");
  line.dataset.before ??= line.textContent;
  line.textContent = names.length
    ? names.length === 2 ? `${names[0]} and ${names[1]}` : `${names[0]}: choose one more`
    : line.dataset.before;
  form.classList.toggle("some", names.length > 0);
  form.querySelector("button").disabled = names.length !== 2;
}

export function listenForChosen() {
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.name !== "who" || box.getAttribute("form") !== "compare") return;
    order = order.filter((other) => other !== box && other.isConnected);
    if (box.checked) order.push(box);
    while (order.length > 2) order.shift().checked = false;
    show(document.getElementById("compare"));
  });
}
