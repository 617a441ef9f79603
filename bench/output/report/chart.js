// Scores against time: the method that is pointed at stands out in every drawing, and its numbers are said.

const NEAR = 22; // pixels within which a marker counts as pointed at
let kept = -1;

function tell(method) {
  for (const one of $$("#figures [data-method]")) {
    const isIt = Number(one.dataset.method) === method;
    one.classList.toggle("faint", method >= 0 && !isIt);
    if (one.matches("button")) one.setAttribute("aria-pressed", isIt);
  }
  const button = $(`#figures button[data-method="${method}"]`);
  $("#told").textContent = button ? `${button.textContent}: ${button.nextElementSibling.textContent}` : "";
}

function keep(method) {
  kept = kept === method ? -1 : method;
  tell(kept);
}

// The method of the marker nearest to the pointer; -1 where there is none.
function markerAt(chart, event) {
  const away = $$(".dot path", chart).map((marker) => {
    const { left, top, width, height } = marker.getBoundingClientRect();
    return Math.hypot(left + width / 2 - event.clientX, top + height / 2 - event.clientY);
  });
  const nearest = away.indexOf(Math.min(...away));
  return away[nearest] <= NEAR ? Number($$(".dot", chart)[nearest].dataset.method) : -1;
}

for (const chart of $$(".chart svg")) {
  const point = (event) => (markerAt(chart, event) < 0 ? kept : markerAt(chart, event));
  chart.addEventListener("pointermove", (event) => tell(point(event)));
  chart.addEventListener("pointerleave", () => tell(kept));
  chart.addEventListener("click", (event) => keep(markerAt(chart, event)));
}
for (const button of $$(".methods button")) {
  const method = Number(button.dataset.method);
  for (const kind of ["pointerenter", "focus"]) button.addEventListener(kind, () => tell(method));
  for (const kind of ["pointerleave", "blur"]) button.addEventListener(kind, () => tell(kept));
  button.addEventListener("click", () => keep(method));
}
