// The page: what is said of points and selections, and how everything follows from the state.

function describe(item) {
  const [split, index] = whereIs(item);
  const label = meta.classes.length ? `class ${meta.classes[labelsOf(split)[index]]}, ` : "";
  return `${label}${words[split]} point ${index.toLocaleString("en")}`;
}

function describeNear(item) {
  const near = neighboursOf(item);
  if (!meta.classes.length) return `true neighbours: points ${near.join(", ")}`;
  return `true neighbours of class ${near.map((index) => meta.classes[labelsOf("train")[index]]).join(", ")}`;
}

const speak = (text) => ($("#spoken").textContent = text);

function hoverOver(item) {
  if (item === hover) return;
  hover = item;
  for (const panel of panels) panel.drawOver();
  inspect();
}

function strip(canvas, items) {
  const size = 30;
  const across = Math.max(Math.floor(canvas.parentElement.clientWidth / size), 1);
  canvas.hidden = !meta.tile;
  Object.assign(canvas, { width: across * size, height: Math.ceil(items.length / across) * size });
  const place = (i) => [(i % across) * size, Math.floor(i / across) * size];
  if (meta.tile) items.forEach((item, i) => drawTile(canvas.getContext("2d"), item, ...place(i), size - 2));
}

function inspect() {
  const item = active();
  const image = $("#image");
  image.hidden = !meta.tile || item < 0;
  image.getContext("2d").clearRect(0, 0, image.width, image.height);
  if (!image.hidden) drawTile(image.getContext("2d"), item, 0, 0, image.width);
  $("#line").textContent = item < 0 ? "Nothing pointed at." : describe(item);
  $(".inspector").classList.toggle("idle", item < 0 && !chosen);
  $("#neighbours").hidden = item < 0 || !state.near;
  if (item < 0 || !state.near) return;
  strip($("#neighbours canvas"), neighboursOf(item));
  $("#neighbours p").textContent = describeNear(item);
}

function inspectSelection() {
  $("#selection").hidden = !chosen;
  if (!chosen) return;
  const counts = count(chosen, labelsOf(state.split));
  const items = [...order].filter((i) => chosen[i]);
  $("#selection h4").textContent = `${items.length.toLocaleString("en")} ${words[state.split]} points selected`;
  const rows = meta.classes.length ? counts.map(([label, times]) => countRow(label, times, counts[0][1])) : [];
  $("#selection .counts").replaceChildren(...rows);
  strip($("#selection canvas"), items.slice(0, MOST_IMAGES).map(itemOf));
  const some = items.length > MOST_IMAGES && meta.tile;
  $("#selection p").textContent = some ? `Images of ${MOST_IMAGES} of them, drawn at random but always the same.` : "";
}

function countRow(label, times, most) {
  const row = Object.assign(document.createElement("div"), { className: `count class-${label}` });
  for (const text of [meta.classes[label], "", times.toLocaleString("en")]) {
    row.append(Object.assign(document.createElement("span"), { textContent: text }));
  }
  row.children[1].style.width = `${(100 * times) / most}%`;
  return row;
}

// State

function set(changes) {
  Object.assign(state, changes, "split" in changes ? { selection: [] } : {});
  refresh();
  remember();
}

// Draws everything that follows from the state.
function refresh() {
  if (!isShown(hover)) hover = -1;
  const labels = labelsOf(state.split);
  const off = new Set(state.off);
  mask = Uint8Array.from(labels, (label) => (off.has(label) ? 0 : 1));
  const [panel, run, ...outline] = state.selection;
  const map = mapOf(panel, run, state.split);
  chosen = map ? select(map, mask, outline) : null;
  order = once(`order ${state.split}`, () => shuffled(labels.length));
  if (chosen) order = Uint32Array.from([...order.filter((i) => !chosen[i]), ...order.filter((i) => chosen[i])]);
  for (const input of $$(".toolbar input")) {
    input.checked = input.type === "radio" ? String(state[input.name]) === input.value : state[input.name];
    if (input.name === "colour") input.disabled = state.split !== "train";
  }
  for (const input of $$("#classes input")) input.checked = !off.has(Number(input.value));
  $("#scale").hidden = !isLocal();
  const worst = meta.scales[state.colour]?.toFixed(3);
  $("#scale-from").textContent = `${state.colour} of each point: ${worst} or less`;
  for (const one of panels) {
    one.figure.classList.toggle("big", state.big === one.place);
    $("[data-do=enlarge]", one.figure).setAttribute("aria-pressed", state.big === one.place);
  }
  mixPalette();
  for (const one of panels) one.draw();
  inspect();
  inspectSelection();
}

const NARROW = 640; // pixels of a page in one column; page.css has the same
let timer = 0;
function remember() {
  clearTimeout(timer);
  timer = setTimeout(() => history.replaceState(null, "", `#${toAddress(state, usual)}`), 150);
}

// Takes the state from the address; what this report does not have stays at its default.
function recall() {
  state = fromAddress(location.hash.slice(1), usual);
  const known = { run: meta.runs, split: ["train", ...(meta.n.test ? ["test"] : [])], tool: ["look", "box", "lasso"] };
  known.colour = ["class", ...Object.keys(meta.scales)];
  for (const [name, values] of Object.entries(known)) if (!values.includes(state[name])) state[name] = usual[name];
  if (state.pin >= meta.n.train + meta.n.test) state.pin = -1;
  if (state.selection.length < 6 || state.selection.length % 2) state.selection = [];
  if (state.views.length % 4) state.views = [];
}

function letGo() {
  hover = -1;
  set({ pin: -1, big: -1, selection: [] });
  speak("Nothing is kept, selected or enlarged.");
}

document.documentElement.classList.add("js");
recall();
panels = $$(".panel").map((figure) => new Panel(figure));
$(".toolbar").addEventListener("change", ({ target: { name, type, checked, value } }) => {
  set({ [name]: type === "checkbox" ? checked : name === "run" ? Number(value) : value });
});
$("#classes")?.addEventListener("change", () => {
  set({ off: $$("#classes input").flatMap(({ checked, value }) => (checked ? [] : [Number(value)])) });
});
const buttons = { every: { off: [] }, none: { off: [...meta.classes.keys()] } };
Object.assign(buttons, { reset: { views: [], big: -1 }, clear: { selection: [], pin: -1 } });
for (const [id, changes] of Object.entries(buttons)) $(`#${id}`)?.addEventListener("click", () => set(changes));
// In print nothing is drawn again, the browser would lose it; the style sheet turns dark panels light instead.
const redraw = () => matchMedia("print").matches || refresh();
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
prefersDark.addEventListener("change", redraw);
$("#theme").addEventListener("click", () => {
  const asked = document.documentElement.style.colorScheme || (prefersDark.matches ? "dark" : "light");
  document.documentElement.style.colorScheme = asked === "dark" ? "light" : "dark";
  refresh();
});
addEventListener("hashchange", () => {
  if (!location.hash.includes("=")) return;
  recall();
  refresh();
});
new ResizeObserver(redraw).observe($("#panels"));
$("#close").addEventListener("click", letGo);
if (innerWidth < NARROW) $("#settings").open = false;
// On paper everything is open.
let shut = [];
addEventListener("beforeprint", () => {
  shut = $$("details:not([open])");
  for (const one of shut) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of shut) one.open = false;
});
if (location.hash.includes("=")) $("#maps").scrollIntoView();
loadSprite("train");
loadSprite("test");
