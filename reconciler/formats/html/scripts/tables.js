// The tables of the plan: find, show one kind, sort. Without this they are whole and in the order of the plan.

function sortable(table) {
  const heads = [...table.tHead.rows[0].querySelectorAll("th")];
  const body = table.tBodies[0], original = [...body.rows];
  heads.forEach((head, i) => {
    const button = element("button", head.textContent, { type: "button", title: say("sortBy", { column: head.textContent }) });
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const next = { ascending: "descending", descending: null }[head.ariaSort] ?? (head.ariaSort ? null : "ascending");
      for (const other of heads) other.removeAttribute("aria-sort");
      if (next) head.setAttribute("aria-sort", next);
      const rows = next ? sorted(original, i + 1, next === "ascending" ? 1 : -1) : original;
      body.append(...rows);
    });
  });
}

/** What a cell is sorted by; numbers without what stands between their thousands. */
function textOf(cell) {
  return cell.classList.contains("number") ? cell.textContent.replace(/\D/g, "") : cell.textContent.trim();
}

/** Rows by one of their cells; alike ones in the order of the plan. */
function sorted(rows, cell, way) {
  return rows
    .map((row, i) => ({ row, i, text: textOf(row.cells[cell]) }))
    .sort((a, b) => way * collator.compare(a.text, b.text) || a.i - b.i)
    .map(({ row }) => row);
}

function findInPlan() {
  const input = document.getElementById("plan-find");
  if (!input) return;
  const show = document.getElementById("plan-show"), status = document.getElementById("plan-status");
  const parts = [...document.querySelectorAll("#plan .part")].map((part) => ({
    part,
    rows: [...part.querySelectorAll("tbody tr")].map((row) => [row, row.textContent.toLocaleLowerCase(page.language)]),
  }));
  const all = parts.reduce((sum, { rows }) => sum + rows.length, 0);
  const update = () => {
    const text = input.value.trim().toLocaleLowerCase(page.language);
    let shown = 0;
    for (const { part, rows } of parts) {
      const kind = !show.value || part.classList.contains(show.value);
      let any = !text && !rows.length;
      for (const [row, words] of rows) {
        row.hidden = !words.includes(text);
        if (!row.hidden && kind) { any = true; shown++; }
      }
      part.hidden = !kind || !any;
    }
    status.textContent = text || show.value ? say("rowsShown", { shown: numerals.format(shown), all: numerals.format(all) }) : "";
  };
  input.addEventListener("input", update);
  show.addEventListener("change", update);
}
