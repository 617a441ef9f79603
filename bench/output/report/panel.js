// A panel: one embedding with its points, its overlay, and what pointer and keyboard do to it.

class Panel {
  constructor(figure) {
    this.figure = figure;
    this.place = Number(figure.dataset.place);
    this.about = meta.variants[this.place];
    this.points = $(".points", figure);
    this.over = $(".over", figure);
    for (const kind of ["down", "move", "up", "cancel", "leave"]) {
      this.over.addEventListener(`pointer${kind}`, (event) => this[kind](event));
    }
    this.over.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.over.addEventListener("dblclick", (event) => this.zoom(2, ...this.at(event)));
    this.over.addEventListener("keydown", (event) => this.key(event));
    for (const button of $$("button", figure)) button.addEventListener("click", () => this.do(button.dataset.do));
  }

  get map() {
    return mapOf(this.place, state.run, state.split);
  }

  get local() {
    return block(`${state.colour}-${this.place}-${state.run}`, Uint8Array);
  }

  // Where the panel's view stands in the state; -1 if it shows the whole map.
  get viewAt() {
    return state.views.findIndex((value, i) => i % 4 === 0 && value === this.place);
  }

  get view() {
    const [x, y, k] = state.views.slice(this.viewAt + 1);
    return this.viewAt < 0 ? WHOLE : within({ x, y, k });
  }

  get run() {
    return this.about.runs[state.run];
  }

  // What is said if there are no points; empty if there are some.
  get absence() {
    if (this.run.reason) return this.run.reason;
    if (!this.map) return state.split === "test" ? "n/a (transductive): no transform for test points" : "not in this file";
    return isLocal() && !this.local ? `no ${state.colour} of single points` : "";
  }

  draw() {
    this.say();
    this.ratio = Math.min(devicePixelRatio, 2);
    this.side = Math.max(Math.round(this.over.clientWidth * this.ratio), 1);
    for (const canvas of [this.points, this.over]) {
      if (canvas.width !== this.side) canvas.width = canvas.height = this.side;
    }
    const context = this.points.getContext("2d");
    if (this.absence) context.clearRect(0, 0, this.side, this.side);
    else [this.px, this.py] = this.paint(context, this.side, this.ratio);
    this.drawOver();
  }

  say() {
    const { seed, scores, axes } = this.run;
    const clipped = this.absence ? 0 : this.run.clipped[state.split];
    const said = [seed === undefined ? "" : `seed ${seed}`, scores?.[state.split], axes];
    $(".absent", this.figure).textContent = this.absence;
    $(".absent", this.figure).hidden = !this.absence;
    $(".score", this.figure).textContent = said.filter(Boolean).join(", ");
    $(".clipped", this.figure).textContent = clipped ? `${clipped} outside` : "";
    this.over.classList.toggle("held", state.tool !== "look" || state.big === this.place);
  }

  paint(context, side, ratio) {
    const [px, py] = project(this.map, this.view, side);
    const size = Math.min(Math.max((side / ratio / 300) * (95 / Math.sqrt(px.length)), 1), 3.2);
    const dots = dotsOf(Math.min(size * this.view.k ** 0.3, 6) * ratio);
    const reach = dots[0].width >> 1;
    const [labels, local] = [labelsOf(state.split), isLocal() && this.local];
    context.fillStyle = palette.paper;
    context.fillRect(0, 0, side, side);
    for (const i of order) {
      const [x, y] = [Math.round(px[i]), Math.round(py[i])];
      if (!mask[i] || x < -reach || y < -reach || x > side + reach || y > side + reach) continue;
      const shade = (local ? local[i] >> 2 : labels[i]) + (chosen && !chosen[i] ? palette.bright : 0);
      context.drawImage(dots[shade], x - reach, y - reach);
    }
    if (state.names && meta.classes.length) this.paintNames(context, side, ratio);
    return [px, py];
  }

  paintNames(context, side, ratio) {
    const size = Math.min(Math.max(side / ratio / 26, 11), 17) * ratio;
    Object.assign(context, { textAlign: "center", textBaseline: "middle", font: `600 ${size}px system-ui, sans-serif` });
    Object.assign(context, { lineWidth: 4 * ratio, lineJoin: "round", strokeStyle: palette.paper, fillStyle: palette.ink });
    const found = () => centres(this.map, labelsOf(state.split), mask);
    const names = once(`centres ${[this.place, state.run, state.split, state.off]}`, found);
    const wide = (label) => context.measureText(meta.classes[label]).width + 2 * ratio;
    const boxes = apart(names.map(([label, x, y]) => [...this.pixel(x, y, side), wide(label), size]));
    for (const draw of ["strokeText", "fillText"]) {
      names.forEach(([label], i) => context[draw](meta.classes[label], boxes[i][0], boxes[i][1]));
    }
  }

  pixel(x, y, side = this.side) {
    return project([x, y], this.view, side).flatMap((axis) => [...axis]);
  }

  drawOver() {
    const context = this.over.getContext("2d");
    context.clearRect(0, 0, this.side, this.side);
    if (this.absence) return;
    const [panel, run, ...outline] = state.selection;
    if (this.trail) this.drawOutline(context, this.trail);
    else if (panel === this.place && run === state.run) this.drawOutline(context, outline);
    const item = active();
    if (item < 0) return;
    for (const near of state.near ? neighboursOf(item) : []) this.ring(context, near, 4, palette.accent);
    this.ring(context, item, 8, palette.ink);
  }

  ring(context, item, radius, colour) {
    const [split, index] = whereIs(item);
    const map = mapOf(this.place, state.run, split);
    const where = this.pixel(map[index], map[map.length / 2 + index]);
    for (const [strokeStyle, width] of [[palette.paper, 5], [colour, 2]]) {
      Object.assign(context, { strokeStyle, lineWidth: width * this.ratio });
      context.beginPath();
      context.arc(...where, radius * this.ratio, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  drawOutline(context, outline) {
    const corners = cornersOf(outline);
    context.beginPath();
    for (let i = 0; i < corners.length; i += 2) context.lineTo(...this.pixel(corners[i], corners[i + 1]));
    context.closePath();
    Object.assign(context, { strokeStyle: palette.accent, lineWidth: 1.5 * this.ratio });
    context.setLineDash([5 * this.ratio, 4 * this.ratio]);
    context.stroke();
    context.setLineDash([]);
  }

  // Pointer

  at(event) {
    const box = this.over.getBoundingClientRect();
    const scale = this.side / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  }

  pointAt(x, y) {
    return this.absence ? -1 : itemOf(nearest(this.px, this.py, mask, x, y, HIT * this.ratio));
  }

  down(event) {
    if (event.button !== 0 || this.absence) return;
    this.over.setPointerCapture(event.pointerId);
    const start = this.at(event);
    this.drag = { start, last: start, tool: event.shiftKey ? "box" : state.tool, moved: false };
  }

  move(event) {
    const [here, { drag }] = [this.at(event), this];
    if (!drag) return hoverOver(this.pointAt(...here));
    const since = (place) => [here[0] - place[0], here[1] - place[1]];
    const step = since(drag.last);
    drag.moved ||= Math.hypot(...since(drag.start)) > 4 * this.ratio;
    if (!drag.moved) return undefined;
    drag.last = here;
    if (drag.tool === "look") return this.show(moved(this.view, ...step, this.side));
    const [from, to] = [drag.start, here].map((place) => unproject(...place, this.view, this.side).map(Math.round));
    this.trail = drag.tool === "box" || !this.trail ? [...from, ...to] : [...this.trail, ...to];
    return this.drawOver();
  }

  up(event) {
    const { drag, trail } = this;
    this.cancel();
    if (!drag) return;
    if (trail) {
      // A lasso of two corners would be taken for a box.
      const closed = drag.tool === "lasso" && trail.length === 4 ? [...trail, ...trail.slice(0, 2)] : trail;
      set({ selection: [this.place, state.run, ...closed] });
      speak($("#selection h4").textContent);
    } else if (!drag.moved) {
      const item = this.pointAt(...this.at(event));
      set({ pin: item === state.pin ? -1 : item });
    }
  }

  cancel() {
    this.drag = this.trail = null;
    this.drawOver();
  }

  leave() {
    if (!this.drag) hoverOver(-1);
  }

  wheel(event) {
    if (!(event.ctrlKey || event.metaKey || state.big === this.place)) return;
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY / 300), ...this.at(event));
  }

  zoom(factor, x = this.side / 2, y = this.side / 2) {
    this.show(zoomed(this.view, factor, x, y, this.side));
  }

  show({ x, y, k }) {
    const views = [...state.views];
    if (this.viewAt >= 0) views.splice(this.viewAt, 4);
    state.views = k > 1 ? [...views, this.place, x, y, k] : views;
    this.draw();
    remember();
  }

  // Keyboard and buttons

  key(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const zooms = { "+": "in", "=": "in", "-": "out" }[event.key];
    if (this.absence || event.ctrlKey || event.metaKey || event.altKey) return;
    if (step) this.go(...step, event.shiftKey);
    else if (zooms) this.do(zooms);
    else if (event.key === "0") this.show(WHOLE);
    else if (event.key === "Escape") letGo();
    else if (event.key === "Enter") {
      set({ pin: state.pin === active() ? -1 : active() });
      speak(state.pin < 0 ? "Let go." : `Kept: ${this.line()}`);
    } else if (event.key === "n") {
      set({ near: !state.near });
      speak(this.line());
    } else return;
    event.preventDefault();
  }

  go(dx, dy, pans) {
    if (pans) return this.show(moved(this.view, (-dx * this.side) / 8, (-dy * this.side) / 8, this.side));
    const from = active() < 0 ? -1 : whereIs(active())[1];
    const next = stepTo(this.px, this.py, mask, this.side, from, dx, dy);
    if (next < 0) return speak("No further point in that direction.");
    hoverOver(itemOf(next));
    return speak(this.line());
  }

  line() {
    if (active() < 0) return "No point.";
    return `${this.about.label}: ${describe(active())}${state.near ? `; ${describeNear(active())}` : ""}`;
  }

  do(what) {
    if (what === "in") this.zoom(1.5);
    if (what === "out") this.zoom(1 / 1.5);
    if (what === "enlarge") set({ big: state.big === this.place ? -1 : this.place });
    if (what === "save" && !this.absence) this.save();
  }

  // A picture of the panel with all that was asked written below it.
  save() {
    const [side, line] = [1200, 36];
    const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side + 5 * line });
    const context = canvas.getContext("2d");
    context.fillStyle = palette.paper;
    context.fillRect(0, 0, canvas.width, canvas.height);
    this.paint(context, side, 3);
    Object.assign(context, { textAlign: "left", textBaseline: "top", fillStyle: palette.ink });
    const off = state.off.length ? `, without ${state.off.map((label) => meta.classes[label]).join(", ")}` : "";
    const points = `${meta.n[state.split].toLocaleString("en")} ${words[state.split]} points`;
    [
      `${this.about.label}   ${$(".score", this.figure).textContent}`,
      this.about.params,
      `${meta.dataset}: ${points}, coloured by ${isLocal() ? state.colour : "class"}${off}`,
      meta.title,
    ].forEach((text, i) => {
      context.font = `${i ? 22 : "600 26"}px system-ui, sans-serif`;
      context.fillText(text, 30, side + 15 + i * line, side - 60);
    });
    canvas.toBlob((blob) => {
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob) });
      link.download = `${this.about.key}-seed-${this.run.seed}-${state.split}.png`;
      link.click();
    });
  }
}
