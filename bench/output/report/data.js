// What the file holds, what the reader has chosen, and the colours of both themes. Text reaches the page as text only.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const meta = JSON.parse($("#meta").textContent);
// An item is a training point's index, or n.train and a test point's index; -1 is none. `off` lists classes, `views`
// a panel and its x, y, k one after the other, `selection` the panel and run it was made in, and then its outline.
const usual = { run: 0, split: "train", tool: "look", colour: "class", near: false, names: true };
Object.assign(usual, { pin: -1, big: -1, off: [], views: [], selection: [] });
const LEVELS = 64; // colours of a local score
const HIT = 14; // pixels within which a point counts as pointed at
const MOST_IMAGES = 60;

let state = usual;
let hover = -1; // the item under the pointer
let mask = null; // which points of the split are switched on
let chosen = null; // which of them are selected; null without a selection
let order = null; // in which order they are drawn
let panels = [];

// Data

const known = new Map();
function once(name, make) {
  if (!known.has(name)) known.set(name, make());
  return known.get(name);
}

const textOf = (name) => document.getElementById(name)?.textContent;
const block = (name, Kind) => once(name, () => textOf(name) && decode(textOf(name), Kind));
const mapOf = (place, run, split) => block(`xy-${place}-${run}-${split}`, Uint16Array);
const labelsOf = (split) => block(`labels-${split}`, Uint16Array) ?? new Uint16Array(meta.n[split]);
const itemOf = (index) => (index < 0 || state.split === "train" ? index : meta.n.train + index);
const whereIs = (item) => (item < meta.n.train ? ["train", item] : ["test", item - meta.n.train]);
const isShown = (item) => item >= 0 && whereIs(item)[0] === state.split;
const active = () => (hover >= 0 ? hover : isShown(state.pin) ? state.pin : -1);
const words = { train: "training", test: "test" };

function neighboursOf(item) {
  const [split, index] = whereIs(item);
  const near = block(`near-${split}`, meta.wide ? Uint32Array : Uint16Array);
  return near ? [...near.subarray(index * meta.neighbours, (index + 1) * meta.neighbours)] : [];
}

const sprites = {};
async function loadSprite(split) {
  if (!textOf(`sprite-${split}`)) return;
  const image = Object.assign(new Image(), { src: `data:image/png;base64,${textOf(`sprite-${split}`)}` });
  await image.decode();
  sprites[split] = await createImageBitmap(image);
  inspect();
  inspectSelection();
}

function drawTile(context, item, x, y, size) {
  const [split, index] = whereIs(item);
  if (!sprites[split]) return;
  const [tall, wide] = meta.tile;
  const across = sprites[split].width / wide;
  const scale = size / Math.max(tall, wide);
  const [left, top] = [(index % across) * wide, Math.floor(index / across) * tall];
  context.imageSmoothingEnabled = false;
  context.drawImage(sprites[split], left, top, wide, tall, x, y, wide * scale, tall * scale);
}

// Colours: the style sheet has them, for light and for dark.

function colourOf(variable) {
  $("#probe").style.color = `var(${variable})`;
  return getComputedStyle($("#probe")).color.match(/\d+/g).slice(0, 3).map(Number);
}

const isLocal = () => state.colour !== "class" && state.split === "train";

// Colours by shade: first the bright ones, then, in the same order, those of points outside the selection.
let palette = null;
function mixPalette() {
  const ground = colourOf("--paper");
  const stops = ["--worst", "--middling", "--best"].map(colourOf);
  const local = () => Array.from({ length: LEVELS }, (_, i) => ramp(stops, i / (LEVELS - 1)));
  const ofClasses = () => (meta.classes.length ? meta.classes : [""]).map((_, i) => colourOf(`--class-${i}`));
  const bright = isLocal() ? local() : ofClasses();
  const shades = [...bright, ...bright.map((colour) => mix(colour, ground, 0.82))].map((colour) => `rgb(${colour})`);
  document.documentElement.classList.toggle("dark", ground[0] < 128);
  const [ink, paper, accent] = ["--ink", "--paper", "--accent"].map((variable) => `rgb(${colourOf(variable)})`);
  palette = { shades, bright: bright.length, ink, paper, accent };
}

// A picture of a point in each shade.
function dotsOf(radius) {
  const size = 2 * Math.ceil(radius) + 1;
  return palette.shades.map((fillStyle) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
    const context = Object.assign(canvas.getContext("2d"), { fillStyle });
    context.arc(size / 2, size / 2, radius, 0, 2 * Math.PI);
    context.fill();
    return canvas;
  });
}
