// The map of a search: land and borders from our own file, results as circles that carry their
// exact counts. Loaded when a page with a map opens; the list beside it says the same in words, and
// either marks the other.
import { Map as Chart, setWorkerUrl } from "maplibre-gl";

const FACE = ["IBM Plex Sans Variable"];
const MOVE_MS = 200;
const RADIUS_PX = 42;
const NEAREST_ZOOM = 11;
// Places that the list names at once; the rest of a view is a number.
const LISTED = 60;
const EARTH_KM = 6371.0088;

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const number = (n) => n.toLocaleString("en-US");
const plural = (n, one, many) => `${number(n)} ${n === 1 ? one : many}`;

let base; // the base map, fetched once
let open; // the one map of the page

// Every colour comes from the tokens, so the map follows the scheme.
function tokens() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    water: of("sunken"), land: of("surface"), line: of("line"), rule: of("rule"), soft: of("accent-soft"),
    ink: of("ink"), ink2: of("ink2"), ink3: of("ink3"), accent: of("accent"), onAccent: of("on-accent"),
  };
}

function told(numbers, scale) {
  const points = [];
  for (let i = 0, x = 0, y = 0; i < numbers.length; i += 2) {
    x += numbers[i];
    y += numbers[i + 1];
    points.push([x / scale, y / scale]);
  }
  return points;
}

const shape = (geometry, properties = {}) => ({ type: "Feature", properties, geometry });
const gathered = (features) => ({ type: "FeatureCollection", features });

function graticule() {
  const lines = [];
  const run = (from, to, at) => Array.from({ length: (to - from) / 5 + 1 }, (_, i) => at(from + i * 5));
  for (let lon = -180; lon < 180; lon += 15) lines.push(run(-80, 85, (lat) => [lon, lat]));
  for (let lat = -75; lat <= 75; lat += 15) lines.push(run(-180, 180, (lon) => [lon, lat]));
  return shape({ type: "MultiLineString", coordinates: lines });
}

async function fetched(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the base map answered ${response.status}`);
  const { scale, land, borders, names } = await response.json();
  return {
    land: gathered(land.map((rings) => shape({ type: "Polygon", coordinates: rings.map((ring) => told(ring, scale)) }))),
    borders: shape({ type: "MultiLineString", coordinates: borders.map((line) => told(line, scale)) }),
    names: gathered(
      names.map(([name, x, y, size]) => shape({ type: "Point", coordinates: [x / scale, y / scale] }, { name, size })),
    ),
  };
}

// A circle on the Earth, not on the paper: the radius holds on every latitude.
function circle([lat, lon, km]) {
  const rad = Math.PI / 180;
  const away = km / EARTH_KM;
  const points = [];
  for (let i = 0; i <= 96; i++) {
    const bearing = (i / 96) * 2 * Math.PI;
    const north = Math.asin(
      Math.sin(lat * rad) * Math.cos(away) + Math.cos(lat * rad) * Math.sin(away) * Math.cos(bearing),
    );
    const east = Math.atan2(
      Math.sin(bearing) * Math.sin(away) * Math.cos(lat * rad),
      Math.cos(away) - Math.sin(lat * rad) * Math.sin(north),
    );
    points.push([lon + east / rad, north / rad]);
  }
  return points;
}

function apart(aLat, aLon, bLat, bLon) {
  const rad = Math.PI / 180;
  const half =
    Math.sin(((bLat - aLat) * rad) / 2) ** 2 +
    Math.cos(aLat * rad) * Math.cos(bLat * rad) * Math.sin(((bLon - aLon) * rad) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.sqrt(Math.min(1, half)));
}

const dots = (places) =>
  gathered(
    places.map(({ id, lat, lon, n, name }) =>
      shape({ type: "Point", coordinates: [lon, lat] }, { id, n, label: `${name} ${number(n)}` }),
    ),
  );

function style(data, world, c) {
  const wide = ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 1, 13, 6, 17, 20, 24, 60, 32];
  const small = ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 1, 4, 6, 7, 20, 12, 60, 20];
  const text = (size, extra) => ({ "text-font": FACE, "text-size": size, ...extra });
  return {
    version: 8,
    sources: {
      graticule: { type: "geojson", data: graticule() },
      land: { type: "geojson", data: world.land },
      borders: { type: "geojson", data: world.borders },
      names: { type: "geojson", data: world.names },
      asked: { type: "geojson", data: asked(data) },
      places: {
        type: "geojson",
        data: dots(data.places),
        cluster: true,
        clusterRadius: RADIUS_PX,
        clusterMaxZoom: NEAREST_ZOOM,
        clusterProperties: { n: ["+", ["get", "n"]] },
      },
      marked: { type: "geojson", data: gathered([]) },
    },
    layers: [
      { id: "water", type: "background", paint: { "background-color": c.water } },
      { id: "graticule", type: "line", source: "graticule", paint: { "line-color": c.line, "line-width": 1 } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": c.land, "fill-antialias": true } },
      { id: "coast", type: "line", source: "land", paint: { "line-color": c.rule, "line-width": 1 } },
      { id: "borders", type: "line", source: "borders", paint: { "line-color": c.rule, "line-width": 0.8, "line-dasharray": [4, 2] } },
      { id: "within", type: "fill", source: "asked", paint: { "fill-color": c.accent, "fill-opacity": 0.06 } },
      { id: "rim", type: "line", source: "asked", paint: { "line-color": c.accent, "line-width": 1.5, "line-dasharray": [3, 2] } },
      {
        id: "names", type: "symbol", source: "names",
        // A name appears when its country is wide enough to carry it.
        filter: [">=", ["get", "size"], ["step", ["zoom"], 220, 1.5, 120, 2.5, 50, 3.5, 20, 4.5, 0]],
        layout: text(12, { "text-field": ["get", "name"], "symbol-sort-key": ["-", ["get", "size"]], "text-letter-spacing": 0.06, "text-max-width": 8 }),
        paint: { "text-color": c.ink3, "text-halo-color": c.land, "text-halo-width": 1.5 },
      },
      { id: "dots", type: "circle", source: "places", filter: ["!", ["has", "point_count"]], paint: { "circle-radius": small, "circle-color": c.accent, "circle-stroke-color": c.land, "circle-stroke-width": 1.5 } },
      { id: "clusters", type: "circle", source: "places", filter: ["has", "point_count"], paint: { "circle-radius": wide, "circle-color": c.accent, "circle-stroke-color": c.land, "circle-stroke-width": 2 } },
      {
        id: "labels", type: "symbol", source: "places", filter: ["!", ["has", "point_count"]],
        layout: text(13, {
          "text-field": ["get", "label"], "text-variable-anchor": ["left", "right", "top", "bottom"],
          "text-radial-offset": ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 1, 0.6, 20, 1.2, 60, 1.8],
          "symbol-sort-key": ["-", ["get", "n"]], "text-max-width": 12,
        }),
        paint: { "text-color": c.ink, "text-halo-color": c.land, "text-halo-width": 1.8 },
      },
      {
        id: "counts", type: "symbol", source: "places", filter: ["has", "point_count"],
        layout: text(12, { "text-field": ["number-format", ["get", "n"], { locale: "en-US" }], "text-allow-overlap": true, "text-padding": 12 }),
        paint: { "text-color": c.onAccent },
      },
      { id: "mark", type: "circle", source: "marked", paint: { "circle-radius": 15, "circle-color": c.accent, "circle-opacity": 0.12, "circle-stroke-color": c.accent, "circle-stroke-width": 2 } },
      {
        id: "marked", type: "symbol", source: "marked",
        layout: text(13, { "text-field": ["get", "label"], "text-anchor": "bottom", "text-offset": [0, -1.5], "text-allow-overlap": true, "text-ignore-placement": true }),
        paint: { "text-color": c.ink, "text-halo-color": c.land, "text-halo-width": 2.5 },
      },
    ],
  };
}

const PAINTED = [
  ["water", "background-color", "water"], ["graticule", "line-color", "line"], ["land", "fill-color", "land"],
  ["coast", "line-color", "rule"], ["borders", "line-color", "rule"], ["within", "fill-color", "accent"],
  ["rim", "line-color", "accent"], ["names", "text-color", "ink3"], ["names", "text-halo-color", "land"],
  ["dots", "circle-color", "accent"], ["dots", "circle-stroke-color", "land"], ["clusters", "circle-color", "accent"],
  ["clusters", "circle-stroke-color", "land"], ["labels", "text-color", "ink"], ["labels", "text-halo-color", "land"],
  ["counts", "text-color", "onAccent"], ["mark", "circle-color", "accent"], ["mark", "circle-stroke-color", "accent"],
  ["marked", "text-color", "ink"], ["marked", "text-halo-color", "land"],
];

function asked(data) {
  return gathered(data.circle ? [shape({ type: "Polygon", coordinates: [circle(data.circle)] })] : []);
}

// What the view begins with: the circle, else all places but the far ends of the world.
function frame(data) {
  const points = data.circle ? circle(data.circle) : data.places.map(({ lat, lon }) => [lon, lat]);
  if (!points.length) return [[-140, -45], [160, 65]];
  const lons = points.map(([lon]) => lon);
  const lats = points.map(([, lat]) => lat);
  return [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
}

// A single place is shown in its country: there is no street map beneath it.
const room = ({ circle }) => ({ padding: 48, maxZoom: circle ? 11 : 5.5 });

const addressOf = (data, place) => {
  const url = new URL(data.base, location.href);
  url.searchParams.set("place", place.typed);
  return `${url.pathname}${url.search}`;
};

function read(part) {
  const { places, ...rest } = JSON.parse(part.querySelector("#map-data").textContent);
  return {
    ...rest,
    places: places.map(([id, lat, lon, n, name, label, typed]) => ({ id, lat, lon, n, name, label, typed })),
  };
}

class SearchMap {
  constructor(part, data, world) {
    this.part = part;
    this.data = data;
    this.box = part.querySelector(".map-box");
    this.moved = false;
    this.box.hidden = false;
    part.classList.add("drawn");
    this.chart = new Chart({
      container: this.box.querySelector(".map-canvas"),
      style: style(data, world, tokens()),
      bounds: frame(data),
      fitBoundsOptions: room(data),
      minZoom: 0.6,
      maxZoom: 13,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: true,
      fadeDuration: still() ? 0 : 120,
      scrollZoom: false,
      localIdeographFontFamily: `${FACE[0]}, sans-serif`,
    });
    const canvas = this.chart.getCanvas();
    canvas.setAttribute("aria-label", "Map of the results: arrow keys move it, plus and minus zoom; the list of places says the same");
    this.chart.touchZoomRotate.disableRotation();
    this.chart.keyboard.disableRotation();
    // A page is scrolled far more often than a map: the wheel zooms once the map has been taken up.
    canvas.addEventListener("focus", () => this.chart.scrollZoom.enable());
    canvas.addEventListener("blur", () => this.chart.scrollZoom.disable());
    this.listen();
  }

  listen() {
    const { chart } = this;
    chart.on("error", ({ error }) => console.warn(error.message));
    chart.once("idle", () => (this.box.dataset.ready = "true"));
    chart.on("movestart", ({ originalEvent }) => (this.moved ||= Boolean(originalEvent)));
    chart.on("moveend", () => this.look());
    for (const layer of ["dots", "clusters", "labels"]) {
      chart.on("mouseenter", layer, ({ features }) => this.point(features[0]));
      chart.on("mouseleave", layer, () => this.point(null));
    }
    chart.on("click", "clusters", ({ features }) => this.enter(features[0]));
    for (const layer of ["dots", "labels"])
      chart.on("click", layer, ({ features }) => {
        const place = this.data.places.find(({ id }) => id === features[0].properties.id);
        if (place) this.follow(addressOf(this.data, place));
      });
    this.watch = new MutationObserver(() => this.recolour());
    this.watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolour());
    this.dress();
  }

  // The controls lie on the map's box, and the list beside it: both come anew with every answer.
  dress() {
    const act = (name, what) => {
      const button = this.box.querySelector(`[data-act="${name}"]`);
      if (button) button.onclick = what;
    };
    const glide = { duration: still() ? 0 : MOVE_MS };
    act("nearer", () => this.chart.zoomIn(glide));
    act("farther", () => this.chart.zoomOut(glide));
    act("whole", () => {
      this.moved = false;
      this.chart.fitBounds(frame(this.data), { ...room(this.data), ...glide });
    });
    act("area", () => this.follow(this.area().href));
    this.part.addEventListener("pointerover", (event) => this.mark(event.target));
    this.part.addEventListener("focusin", (event) => this.mark(event.target));
    this.part.addEventListener("pointerout", () => this.mark(null));
    this.part.addEventListener("focusout", () => this.mark(null));
    const sheet = this.part.querySelector(".map-sheet");
    if (sheet)
      sheet.onclick = () => {
        const up = this.part.classList.toggle("up");
        sheet.setAttribute("aria-expanded", String(up));
      };
  }

  // The same map under a new answer: it glides there instead of starting anew.
  update(part, data) {
    const fresh = part.querySelector(".map-box");
    const keep = this.box.querySelector(".map-canvas");
    fresh.querySelector(".map-canvas").replaceWith(keep);
    fresh.hidden = false;
    fresh.dataset.ready = "true";
    part.classList.add("drawn");
    Object.assign(this, { part, data, box: fresh, moved: false });
    this.dress();
    this.chart.resize();
    this.chart.getSource("places").setData(dots(data.places));
    this.chart.getSource("asked").setData(asked(data));
    this.chart.getSource("marked").setData(gathered([]));
    this.chart.fitBounds(frame(data), { ...room(data), duration: still() ? 0 : MOVE_MS });
  }

  follow(href) {
    // The page's own way of following a link, so that the answer is swapped in.
    const link = document.createElement("a");
    link.href = href;
    this.part.append(link);
    link.click();
    link.remove();
  }

  async enter(feature) {
    const source = this.chart.getSource("places");
    const zoom = await source.getClusterExpansionZoom(feature.properties.cluster_id);
    this.moved = true;
    this.chart.easeTo({ center: feature.geometry.coordinates, zoom: zoom + 0.2, duration: still() ? 0 : MOVE_MS });
  }

  // List to map.
  mark(target) {
    const item = target?.closest?.("[data-place]");
    const place = item && this.data.places.find(({ id }) => String(id) === item.dataset.place);
    if ((place?.id ?? null) === this.at) return;
    this.at = place?.id ?? null;
    const { name, lat, lon, n } = place ?? {};
    const shown = place ? [shape({ type: "Point", coordinates: [lon, lat] }, { label: `${name} ${number(n)}` })] : [];
    this.chart.getSource("marked")?.setData(gathered(shown));
  }

  // Map to list.
  async point(feature) {
    this.chart.getCanvas().style.cursor = feature ? "pointer" : "";
    this.pointed = feature;
    let ids = [];
    if (feature?.properties.cluster_id !== undefined) {
      const leaves = await this.chart.getSource("places").getClusterLeaves(feature.properties.cluster_id, LISTED, 0);
      ids = leaves.map(({ properties }) => properties.id);
    } else if (feature) ids = [feature.properties.id];
    if (this.pointed !== feature) return;
    for (const item of this.part.querySelectorAll("[data-place]"))
      item.classList.toggle("pointed", ids.some((id) => String(id) === item.dataset.place));
    this.part.querySelector(".pointed")?.scrollIntoView({ block: "nearest" });
  }

  area() {
    const bounds = this.chart.getBounds();
    const { lat, lng } = this.chart.getCenter();
    const lon = ((((lng + 180) % 360) + 360) % 360) - 180;
    const km = Math.max(1, Math.round(Math.min(apart(lat, lng, bounds.getNorth(), lng), apart(lat, lng, lat, bounds.getEast()))));
    const url = new URL(this.data.base, location.href);
    url.searchParams.set("near", `${lat.toFixed(3)}, ${lon.toFixed(3)}`);
    url.searchParams.set("within_km", String(Math.min(km, 20000)));
    return { km, href: `${url.pathname}${url.search}` };
  }

  // Once the view was moved, the list is that of the view, and the area can be searched.
  look() {
    const button = this.box.querySelector('[data-act="area"]');
    if (!this.moved || !button) return;
    const { km } = this.area();
    button.hidden = false;
    button.textContent = `Search this area, ${number(km)} km around`;
    const bounds = this.chart.getBounds();
    const seen = this.data.places.filter(({ lat, lon }) => [-360, 0, 360].some((turn) => bounds.contains([lon + turn, lat])));
    this.list(seen);
  }

  list(seen) {
    const list = this.part.querySelector(".map-places");
    const says = this.part.querySelector(".map-view-says");
    if (!list || !says || this.data.closed) return;
    const sum = seen.reduce((all, { n }) => all + n, 0);
    const most = Math.max(1, ...seen.map(({ n }) => n));
    const beyond = seen.length - LISTED;
    says.textContent =
      `In view: ${plural(seen.length, "place", "places")}, ${plural(sum, "creator", "creators")}` +
      (beyond > 0 ? `; the ${LISTED} largest are listed.` : ".");
    const held = document.activeElement?.closest?.("[data-place]")?.dataset.place;
    const model = this.part.querySelector("template.map-place");
    list.replaceChildren(
      ...seen.slice(0, LISTED).map((place) => {
        const item = model.content.firstElementChild.cloneNode(true);
        item.dataset.place = place.id;
        const link = item.querySelector("a");
        link.href = addressOf(this.data, place);
        item.querySelector(".name").textContent = place.name;
        item.querySelector(".around").textContent = place.label.slice(place.name.length).replace(/^, /, "");
        item.querySelector(".n").textContent = number(place.n);
        item.querySelector("rect").setAttribute("width", Math.max(1.5, (56 * place.n) / most).toFixed(1));
        return item;
      }),
    );
    if (held) list.querySelector(`[data-place="${CSS.escape(held)}"] a`)?.focus();
  }

  recolour() {
    const c = tokens();
    for (const [layer, property, name] of PAINTED) this.chart.setPaintProperty(layer, property, c[name]);
  }

  close() {
    this.watch.disconnect();
    this.chart.remove();
  }
}

// Draws the map of the page, hands it on from answer to answer, or lets go of it.
export async function showMap(part) {
  if (!part) {
    open?.close();
    open = undefined;
    return;
  }
  const { world, worker } = part.dataset;
  const data = read(part);
  if (open) return open.update(part, data);
  try {
    setWorkerUrl(new URL(worker, location.href).href);
    const [drawn] = await Promise.all([(base ??= fetched(world)), document.fonts.load('13px "IBM Plex Sans Variable"')]);
    if (!part.isConnected) return;
    open = new SearchMap(part, data, await drawn);
  } catch (error) {
    // Without WebGL there is no map; the list says the same.
    base = undefined;
    part.querySelector(".map-box").hidden = true;
    part.classList.remove("drawn");
    const says = part.querySelector(".map-fails");
    if (says) says.hidden = false;
    console.warn(error.message ?? error);
  }
}
