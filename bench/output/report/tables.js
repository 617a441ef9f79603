// Tables: sorted by a column, filtered by name, a method's runs shown below its row, and notes that lead back.

for (const table of $$("table.sortable")) {
  const body = table.tBodies[0];
  const header = table.tHead.rows[table.tHead.rows.length - 1];
  [...header.cells].forEach((cell, column) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "sort" });
    button.append(...$(".title", cell).childNodes);
    $(".title", cell).append(button);
    button.addEventListener("click", () => sort(table, cell, column));
  });
  for (const row of body.rows) {
    const runs = $$("details.runs").find((one) => one.dataset.key === row.dataset.key);
    if (runs) addOpener(row, runs);
  }
}

function sort(table, header, column) {
  const body = table.tBodies[0];
  const before = header.getAttribute("aria-sort");
  const first = header.dataset.better === "higher" ? "descending" : "ascending";
  const now = before === null ? first : before === "ascending" ? "descending" : "ascending";
  for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", now);
  for (const opened of $$("tr.opened", body)) opened.remove();
  for (const button of $$(".more", body)) button.setAttribute("aria-expanded", "false");
  const value = (row) => {
    if (!column) return $(".name", row).textContent;
    return "value" in row.cells[column].dataset ? Number(row.cells[column].dataset.value) : null;
  };
  const rows = [...body.rows].sort((a, b) => compare(value(a), value(b), now === "ascending" ? 1 : -1));
  body.append(...rows);
  for (const row of rows) {
    [...row.cells].forEach((cell, i) => cell.classList.toggle("sorted", i === column && column > 0));
  }
}

function addOpener(row, runs) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "more", textContent: "runs" });
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-label", `Runs of ${$(".name", row).textContent}`);
  row.cells[0].append(button);
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) {
      row.nextElementSibling.remove();
      return;
    }
    const below = document.createElement("tr");
    below.className = "opened";
    const cell = below.insertCell();
    cell.colSpan = row.cells.length;
    cell.append($("summary ~ div", runs).cloneNode(true));
    row.after(below);
  });
}

// A note leads back to where it was asked for last.
for (const link of $$("a.to-note")) {
  link.addEventListener("click", () => ($(".back", document.getElementById(link.hash.slice(1))).hash = link.id));
}

for (const input of $$("[data-filter]")) {
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    const tables = $$("table.sortable").filter((one) => one.dataset.group === input.dataset.filter);
    const rows = tables.flatMap((one) => $$("tbody tr[data-key]", one));
    for (const opened of tables.flatMap((one) => $$("tr.opened", one))) opened.hidden = Boolean(wanted);
    for (const row of rows) row.hidden = !$(".name", row).textContent.toLowerCase().includes(wanted);
    const count = (found) => found.length / tables.length;
    const left = count(rows.filter((row) => !row.hidden));
    $(`[data-count="${input.dataset.filter}"]`).textContent = wanted ? `${left} of ${count(rows)} rows` : "";
  });
}
