// Opens the map where a page has one: its code is another file, asked for when it is needed.
let map;

export async function showView() {
  const part = document.getElementById("map");
  if (!part && !map) return;
  try {
    map ??= import(part.dataset.code);
    (await map).showMap(document.getElementById("map"));
  } catch {
    // The list beside it is complete; the page says why it stands alone.
    map = undefined;
    const says = part?.querySelector(".map-fails");
    if (says) says.hidden = false;
  }
}
