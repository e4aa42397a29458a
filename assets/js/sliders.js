// Two handles over each histogram: they step from bar to bar and fill the typed numbers, which stay
// the way without them. The form is sent when a handle is let go.
const END = { low: "from", high: "to" };

export function drawHandles() {
  for (const drawn of document.querySelectorAll("[data-spread]:not(:has(.handles))")) attach(drawn);
}

// The bar that a typed number falls into: how many edges lie at or below it.
const step = (edges, value) => edges.filter((edge) => edge <= value).length;

function attach(drawn) {
  const { spread, low, high, title, unit } = drawn.dataset;
  const edges = spread.split(" ").map(Number);
  const n = edges.length + 1;
  const box = document.createElement("div");
  box.className = "handles";
  const made = {};
  for (const [end, name] of Object.entries({ low, high })) {
    const typed = name && drawn.closest("form").elements.namedItem(name);
    if (!typed) continue;
    const handle = document.createElement("input");
    handle.type = "range";
    handle.min = 0;
    handle.max = n;
    handle.setAttribute("aria-label", `${title} ${END[end]}, by bar`);
    const number = Number(typed.value);
    const known = typed.value !== "" && Number.isFinite(number);
    handle.value = known
      ? end === "low" ? step(edges, number) : Math.min(edges.filter((e) => e < number).length + 1, n)
      : end === "low" ? 0 : n;
    made[end] = { handle, typed };
    const say = () => {
      const value = edges[handle.value - 1];
      const open = end === "low" ? Number(handle.value) === 0 : Number(handle.value) === n;
      handle.setAttribute("aria-valuetext", open ? "open" : `${value} ${unit}`.trim());
      return open ? "" : String(value ?? edges[0]);
    };
    say();
    handle.addEventListener("input", () => {
      // Neither handle passes the other, and no range is empty.
      if (made.low && made.high) {
        if (end === "low") handle.value = Math.min(handle.value, made.high.handle.value - 1);
        else handle.value = Math.max(handle.value, Number(made.low.handle.value) + 1);
      }
      if (end === "high") handle.value = Math.max(handle.value, 1);
      else handle.value = Math.min(handle.value, n - 1);
      typed.value = say();
      shade();
    });
    handle.addEventListener("change", (event) => {
      event.stopPropagation();
      typed.form.requestSubmit();
    });
    box.append(handle);
  }
  const bars = [...drawn.querySelectorAll(".bar")];
  const shade = () => {
    const from = Number(made.low?.handle.value ?? 0);
    const to = Number(made.high?.handle.value ?? n);
    bars.forEach((bar, i) => bar.classList.toggle("out", i < from || i >= to));
  };
  drawn.append(box);
}
