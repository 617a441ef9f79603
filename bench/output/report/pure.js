"use strict";
// Functions without a page and without memory: decoding, geometry, colours, order, the address.

const SIDE = 65535; // largest coordinate of a map
const WHOLE = { x: 0.5, y: 0.5, k: 1 }; // a view: its centre in shares of the map's side, and its magnification

function decode(base64, Kind) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return new Kind(bytes.buffer);
}

// The numbers from 0 to n - 1 in an order that looks random and is always the same.
function shuffled(n) {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  let seed = 1;
  for (let i = n - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((seed / 2 ** 32) * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

// The pixels, from the top left corner, of places on a map, which holds all x and then all y.
function project(map, view, side) {
  const scale = (view.k * side) / SIDE;
  const [left, top] = [(0.5 - view.x * view.k) * side, (0.5 - view.y * view.k) * side];
  const px = Float32Array.from(map.slice(0, map.length / 2), (x) => x * scale + left);
  return [px, Float32Array.from(map.slice(map.length / 2), (y) => y * scale + top)];
}

// The place on the map, in its whole numbers, under a pixel.
function unproject(x, y, view, side) {
  return [((x / side - 0.5) / view.k + view.x) * SIDE, ((y / side - 0.5) / view.k + view.y) * SIDE];
}

// The view magnified by a factor, with the map's place under a pixel held still, and never beyond the map.
function zoomed(view, factor, x, y, side) {
  const k = Math.min(Math.max(view.k * factor, 1), 200);
  const shift = 1 / view.k - 1 / k;
  return within({ x: view.x + (x / side - 0.5) * shift, y: view.y + (y / side - 0.5) * shift, k });
}

function moved(view, dx, dy, side) {
  return within({ x: view.x - dx / side / view.k, y: view.y - dy / side / view.k, k: view.k });
}

function within(view) {
  const half = 0.5 / view.k;
  const clamp = (value) => Math.min(Math.max(value, half), 1 - half);
  return { x: clamp(view.x), y: clamp(view.y), k: view.k };
}

// The point nearest to a pixel and at most `radius` away; -1 where there is none.
function nearest(px, py, mask, x, y, radius) {
  let best = -1;
  let least = radius * radius;
  for (let i = 0; i < px.length; i++) {
    const distance = (px[i] - x) ** 2 + (py[i] - y) ** 2;
    if (mask[i] && distance <= least) [best, least] = [i, distance];
  }
  return best;
}

// The next point in a direction (dx, dy), one of them 0: near, and rather ahead than aside; -1 where there is none.
function stepTo(px, py, mask, side, from, dx, dy) {
  const [x, y] = from < 0 ? [side / 2, side / 2] : [px[from], py[from]];
  let best = -1;
  let least = Infinity;
  for (let i = 0; i < px.length; i++) {
    if (i === from || !mask[i] || px[i] < 0 || py[i] < 0 || px[i] > side || py[i] > side) continue;
    const ahead = (px[i] - x) * dx + (py[i] - y) * dy;
    const aside = Math.abs((px[i] - x) * dy) + Math.abs((py[i] - y) * dx);
    if (from >= 0 && (ahead <= 0 || aside > ahead)) continue;
    const cost = from < 0 ? Math.hypot(px[i] - x, py[i] - y) : ahead + 2 * aside;
    if (cost < least) [best, least] = [i, cost];
  }
  return best;
}

// The corners of an outline, which is two opposite corners of a box, or the corners of a polygon.
function cornersOf(outline) {
  const [x, y, right, bottom] = outline;
  return outline.length === 4 ? [x, y, right, y, right, bottom, x, bottom] : outline;
}

function inPolygon(x, y, corners) {
  let inside = false;
  for (let i = 0, j = corners.length - 2; i < corners.length; j = i, i += 2) {
    const [xi, yi, xj, yj] = [corners[i], corners[i + 1], corners[j], corners[j + 1]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

// 1 for every point of the map that is in the outline.
function select(map, mask, outline) {
  const n = map.length / 2;
  const chosen = new Uint8Array(n);
  const corners = cornersOf(outline);
  for (let i = 0; i < n; i++) if (mask[i] && inPolygon(map[i], map[n + i], corners)) chosen[i] = 1;
  return chosen;
}

// The middle of every class, by the median of each axis, as [class, x, y].
function centres(map, labels, mask) {
  const members = new Map([...new Set(labels)].map((label) => [label, []]));
  labels.forEach((label, i) => mask[i] && members.get(label).push(i));
  const median = (items, from) => Uint16Array.from(items, (i) => map[from + i]).sort()[items.length >> 1];
  const filled = [...members].filter(([, items]) => items.length);
  return filled.map(([label, items]) => [label, median(items, 0), median(items, labels.length)]);
}

// Boxes [x, y, width, height], by their middles, moved until none lies on another, or nearly.
function apart(boxes) {
  const moved = boxes.map((box) => [...box]);
  for (let round = 0; round < 20; round++) {
    moved.forEach((one, i) => {
      for (const other of moved.slice(0, i)) {
        const over = [0, 1].map((axis) => (one[axis + 2] + other[axis + 2]) / 2 - Math.abs(one[axis] - other[axis]));
        const axis = over[0] < over[1] ? 0 : 1;
        const step = (Math.max(Math.min(...over), 0) / 2) * (one[axis] < other[axis] ? -1 : 1);
        one[axis] += step;
        other[axis] -= step;
      }
    });
  }
  return moved;
}

const mix = (one, other, share) => one.map((part, i) => Math.round(part + (other[i] - part) * share));

// The colour at a share from 0 to 1 of the way along some stops.
function ramp(stops, share) {
  const place = share * (stops.length - 1);
  const i = Math.min(Math.floor(place), stops.length - 2);
  return mix(stops[i], stops[i + 1], place - i);
}

// How many points of each class are chosen, most first, as [class, count].
function count(chosen, labels) {
  const counts = new Map();
  for (let i = 0; i < chosen.length; i++) if (chosen[i]) counts.set(labels[i], (counts.get(labels[i]) || 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}

// Order of two cells: numbers by size, words by alphabet; what is missing comes last in both directions.
function compare(a, b, direction) {
  const missing = (value) => value === null || value === "" || Number.isNaN(value);
  if (missing(a) || missing(b)) return missing(a) - missing(b);
  return direction * (typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b);
}

// What the address says of the state: only what differs from the usual. A list is of numbers.
function toAddress(state, usual) {
  const list = (numbers) => numbers.map((one) => Number(one.toFixed(5))).join("~");
  const write = (value) => (Array.isArray(value) ? list(value) : String(value));
  const said = Object.keys(usual).filter((name) => write(state[name]) !== write(usual[name]));
  return said.map((name) => `${name}=${write(state[name])}`).join("&");
}

// The state that an address says; what cannot be understood there is as usual.
function fromAddress(text, usual) {
  const state = { ...usual };
  for (const [name, value] of new URLSearchParams(text)) {
    if (Array.isArray(usual[name])) {
      const numbers = value.split("~").map(parseFloat);
      if (numbers.every(Number.isFinite)) state[name] = numbers;
    } else if (typeof usual[name] === "number") {
      if (value && Number.isInteger(Number(value))) state[name] = Number(value);
    } else if (typeof usual[name] === "boolean") {
      state[name] = value === "true";
    } else if (name in usual) {
      state[name] = value;
    }
  }
  return state;
}
