// The second box suggests places while one types: an ARIA combobox over a list of at most eight.
const WAIT_MS = 120;

export function suggestPlaces() {
  for (const input of document.querySelectorAll("input[data-suggest]")) attach(input);
}

function attach(input) {
  const list = document.createElement("ul");
  list.className = "suggest";
  list.id = `${input.id}-places`;
  list.role = "listbox";
  list.ariaLabel = "Places";
  list.hidden = true;
  input.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  let timer;
  let asking;
  let at = -1;

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const say = (n) => {
    const live = document.getElementById("live");
    if (live) live.textContent = n === 1 ? "1 place, arrow down to choose" : `${n} places, arrow down to choose`;
  };

  // Whoever chooses is not given other places under the hand.
  const settle = () => {
    clearTimeout(timer);
    asking?.abort();
  };

  const mark = (to) => {
    settle();
    const options = [...list.children];
    if (!options.length) return;
    at = (to + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    options[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[at].id);
  };

  const choose = (option) => {
    settle();
    input.value = option.dataset.value;
    close();
  };

  const ask = async () => {
    asking = new AbortController();
    const typed = input.value.trim();
    if (typed.length < 2) return close();
    try {
      const response = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(typed)}`, {
        signal: asking.signal,
      });
      if (!response.ok) return close();
      const { places } = await response.json();
      if (!places.length || document.activeElement !== input) return close();
      list.replaceChildren(
        ...places.map((place, i) => {
          const option = document.createElement("li");
          option.role = "option";
          option.id = `${list.id}-${i}`;
          option.dataset.value = place.value;
          option.setAttribute("aria-selected", "false");
          const name = document.createElement("bdi");
          name.textContent = place.label;
          const note = document.createElement("small");
          note.textContent = place.note;
          option.append(name, note);
          return option;
        }),
      );
      list.hidden = false;
      at = -1;
      input.setAttribute("aria-expanded", "true");
      say(places.length);
    } catch (error) {
      // Suggestions are an offer: without them the box still takes any place.
      if (error.name !== "AbortError") close();
    }
  };

  input.addEventListener("input", () => {
    settle();
    timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at < 0 ? -1 : at - 1);
    else if (event.key === "Home" && at >= 0) mark(0);
    else if (event.key === "End" && at >= 0) mark(list.children.length - 1);
    else if (event.key === "Enter" && at >= 0) choose(list.children[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener("blur", () => {
    settle();
    close();
  });
  // mousedown, because a click comes after the blur that closes the list.
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("li");
    if (option) choose(option);
  });
}
