// The base map of the map view: land, borders and names of countries from Natural Earth (public
// domain, by world-atlas), as one compact file of ours. Coordinates are hundredths of a degree,
// each point told by its distance from the one before: js/map.js reads it back.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { feature, merge, mesh } from "topojson-client";

const SCALE = 100;
// Rings of fewer points are specks at the scale at which a search is looked at.
const LEAST = 4;

const whole = (degrees) => Math.round(degrees * SCALE);

// Across the date line the numbers go on, so that no shape is drawn around the whole Earth; a coast
// that runs around a pole is closed beyond it.
function unwrapped(points) {
  const out = [];
  let turn = 0;
  points.forEach(([lon, lat], i) => {
    const step = i ? lon - points[i - 1][0] : 0;
    if (step > 180) turn -= 360;
    if (step < -180) turn += 360;
    out.push([lon + turn, lat]);
  });
  const [first, last] = [out[0], out.at(-1)];
  if (Math.abs(last[0] - first[0]) > 180) {
    const pole = last[1] < 0 ? -90 : 90;
    out.push([last[0], pole], [first[0], pole], first);
  }
  return out;
}

function written(points) {
  const out = [];
  let [x, y] = [0, 0];
  for (const [lon, lat] of points) {
    const [nextX, nextY] = [whole(lon), whole(lat)];
    if (out.length && nextX === x && nextY === y) continue;
    out.push(nextX - x, nextY - y);
    [x, y] = [nextX, nextY];
  }
  return out;
}

// Twice the area of a ring; only compared.
const area = (ring) =>
  Math.abs(ring.reduce((sum, [x, y], i) => sum + x * ring[(i + 1) % ring.length][1] - ring[(i + 1) % ring.length][0] * y, 0));

// Where a name stands: on the row through the largest part that has most land to both sides.
function middle(ring) {
  const lats = ring.map(([, lat]) => lat);
  const [low, high] = [Math.min(...lats), Math.max(...lats)];
  let best = { width: -1, lon: ring[0][0], lat: ring[0][1] };
  for (let step = 1; step < 24; step++) {
    const lat = low + ((high - low) * step) / 24;
    const cuts = [];
    for (let i = 0; i < ring.length - 1; i++) {
      const [[ax, ay], [bx, by]] = [ring[i], ring[i + 1]];
      if (ay > lat !== by > lat) cuts.push(ax + ((lat - ay) / (by - ay)) * (bx - ax));
    }
    cuts.sort((one, other) => one - other);
    for (let i = 0; i + 1 < cuts.length; i += 2) {
      const middling = 1 - Math.abs(step / 12 - 1) * 0.5;
      const width = (cuts[i + 1] - cuts[i]) * middling;
      if (width > best.width) best = { width, lon: (cuts[i] + cuts[i + 1]) / 2, lat };
    }
  }
  return [whole(best.lon), whole(best.lat)];
}

export function world() {
  const file = createRequire(import.meta.url).resolve("world-atlas/countries-50m.json");
  const topology = JSON.parse(readFileSync(file, "utf8"));
  const { countries } = topology.objects;
  const land = merge(topology, countries.geometries).coordinates.map((rings) =>
    rings.map((ring) => written(unwrapped(ring))).filter((ring) => ring.length >= 2 * LEAST),
  );
  const borders = mesh(topology, countries, (one, other) => one !== other).coordinates.map((line) => written(unwrapped(line)));
  const names = feature(topology, countries)
    .features.filter(({ geometry, properties }) => geometry && properties.name)
    .map(({ geometry, properties }) => {
      const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
      const [largest] = parts.map(([outer]) => unwrapped(outer)).sort((one, other) => area(other) - area(one));
      return [properties.name, ...middle(largest), Math.round(Math.sqrt(area(largest)) * 10)];
    });
  return JSON.stringify({ scale: SCALE, land: land.filter((rings) => rings.length), borders, names });
}
