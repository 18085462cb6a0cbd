// A grid of any size, of which only what is seen is drawn: rows and columns are taken from where they left the view.
//
// A model tells what there is: rows, columns (how many), rowName(r), columnName(c), corner, label, width, height, head
// (pixels), wide, fill(r, from, to, looks), told(r, c); and, if it wants to hear of it, open(r, c), sort(axis, i).
// One cell, or name of a row (column -1) or column (row -1), is active and in the order of tabs.

const BEYOND = 3; // rows and columns drawn outside of the view

class Grid {
  constructor(root, onActive) {
    this.root = root;
    this.onActive = onActive;
    root.classList.add("grid");
    root.setAttribute("role", "grid");
    root.addEventListener("scroll", () => this.later(), { passive: true });
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("click", (event) => this.click(event));
    new ResizeObserver(() => { this.measure(); this.draw(true); }).observe(root);
  }

  show(model) {
    this.model = model;
    const { root } = this;
    root.replaceChildren();
    root.setAttribute("aria-label", model.label);
    root.setAttribute("aria-rowcount", model.rows + 1);
    root.setAttribute("aria-colcount", model.columns + 1);
    root.classList.toggle("wide", model.wide);
    this.canvas = element("div", "", { class: "canvas", role: "presentation" });
    this.head = element("div", "", { class: "grid-head", role: "row", "aria-rowindex": 1 });
    this.corner = element("div", model.corner, { class: "corner", role: "columnheader", "aria-colindex": 1 });
    this.head.append(this.corner);
    this.body = element("div", "", { role: "rowgroup", class: "grid-body" });
    this.canvas.append(this.head, this.body);
    root.append(this.canvas);
    this.names = [];
    this.pool = [];
    this.first = this.from = -1;
    this.active = { row: 0, column: 0 };
    root.scrollTo(0, 0);
    this.measure();
    this.draw(true);
    this.onActive(null);
  }

  measure() {
    const { root, model } = this;
    if (!model) return;
    this.side = root.clientWidth < 600 ? 136 : 260; // the names of rows
    const width = this.side + model.columns * model.width, height = model.head + model.rows * model.height;
    root.style.height = `${height + 18}px`;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.head.style.width = `${width}px`;
    this.head.style.height = `${model.head}px`;
    this.corner.style.width = `${this.side}px`;
    this.seenWidth = root.clientWidth;
    this.seenHeight = root.clientHeight;
  }

  later() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.draw(false); });
  }

  /** Draw what is seen; all of it anew, or only what came into view. */
  draw(anew) {
    const { root, model } = this;
    if (!model) return;
    const rows = this.span(root.scrollTop, this.seenHeight - model.head, model.height, model.rows);
    const columns = this.span(root.scrollLeft, this.seenWidth - this.side, model.width, model.columns);
    const sideways = anew || columns.first !== this.from || columns.count !== this.names.length;
    if (!sideways && rows.first === this.first && rows.count === this.pool.length) return;
    if (sideways) this.drawNames(columns);
    this.turn(rows, columns.count, sideways);
    this.mark();
  }

  span(scrolled, seen, size, all) {
    const count = Math.min(all, Math.ceil(Math.max(seen, 0) / size) + 2 * BEYOND);
    return { first: Math.max(0, Math.min(Math.floor(scrolled / size) - BEYOND, all - count)), count };
  }

  drawNames({ first, count }) {
    const { model } = this;
    this.from = first;
    while (this.names.length < count) {
      const node = element("div", "", { role: "columnheader", class: "column-name", tabindex: -1 });
      node.append(element("span"));
      this.names.push(node);
      this.head.append(node);
    }
    while (this.names.length > count) this.names.pop().remove();
    this.names.forEach((node, i) => {
      const text = model.columnName(first + i);
      node.firstChild.textContent = node.title = text;
      node.style.left = `${this.side + (first + i) * model.width}px`;
      node.style.width = `${model.width}px`;
      node.setAttribute("aria-colindex", first + i + 2);
      node.classList.toggle("sorted", model.sorted?.column === first + i);
    });
  }

  /** Rows that left the view at one end come in at the other. */
  turn({ first, count }, columns, anew) {
    while (this.pool.length < count) this.pool.push(this.makeRow());
    while (this.pool.length > count) this.pool.pop().node.remove();
    let steps = first - this.first;
    if (this.first >= 0 && Math.abs(steps) < count) {
      for (; steps > 0; steps--) {
        this.pool.push(this.pool.shift());
        this.body.append(this.pool.at(-1).node);
      }
      for (; steps < 0; steps++) {
        this.pool.unshift(this.pool.pop());
        this.body.prepend(this.pool[0].node);
      }
    }
    this.first = first;
    this.pool.forEach((row, i) => {
      if (anew || row.row !== first + i) this.drawRow(row, first + i, columns);
    });
  }

  makeRow() {
    const node = element("div", "", { role: "row", class: "grid-row" });
    const name = element("div", "", { role: "rowheader", class: "row-name", "aria-colindex": 1, tabindex: -1 });
    name.append(element("span"));
    node.append(name);
    this.body.append(node);
    return { node, name, cells: [], row: -1 };
  }

  drawRow(row, number, columns) {
    const { model } = this;
    row.row = number;
    row.node.style.transform = `translateY(${number * model.height}px)`;
    row.node.style.width = this.canvas.style.width;
    row.node.style.height = row.node.style.lineHeight = `${model.height}px`;
    row.node.setAttribute("aria-rowindex", number + 2);
    row.node.classList.toggle("odd", number % 2 === 1);
    row.name.style.width = `${this.side}px`;
    row.name.firstChild.textContent = row.name.title = model.rowName(number);
    row.name.classList.toggle("sorted", model.sorted?.row === number);
    while (row.cells.length < columns) {
      const node = element("div", "", { role: "gridcell", class: "field", tabindex: -1 });
      row.cells.push({ node, look: null, column: -1 });
      row.node.append(node);
    }
    while (row.cells.length > columns) row.cells.pop().node.remove();
    const looks = new Array(columns);
    model.fill(number, this.from, this.from + columns, looks);
    row.cells.forEach((cell, i) => this.drawCell(cell, this.from + i, looks[i]));
  }

  drawCell(cell, column, look) {
    const { node } = cell, { model } = this;
    if (cell.column !== column) {
      cell.column = column;
      node.style.left = `${this.side + column * model.width}px`;
      node.style.width = `${model.width}px`;
      node.setAttribute("aria-colindex", column + 2);
    }
    if (cell.look !== look) {
      cell.look = look;
      node.textContent = look ? look.text : "";
      node.className = look ? `field ${look.tone}` : "field";
    }
  }

  node({ row, column }) {
    if (row < 0) return this.names[column - this.from];
    const found = this.pool[row - this.first];
    return column < 0 ? found?.name : found?.cells[column - this.from]?.node;
  }

  /** Show which cell is active, and put it in the order of tabs. */
  mark() {
    const { root, active } = this;
    for (const node of root.querySelectorAll(".active, .cross")) {
      node.classList.remove("active", "cross");
      if (node.role === "gridcell") node.removeAttribute("aria-label");
      node.tabIndex = -1;
    }
    const held = root.contains(document.activeElement);
    const node = this.node(active);
    root.tabIndex = node ? -1 : 0;
    if (!node) {
      if (held) root.focus({ preventScroll: true });
      return;
    }
    node.tabIndex = 0;
    node.classList.toggle("active", held);
    if (active.row >= 0 && active.column >= 0) {
      node.setAttribute("aria-label", this.model.told(active.row, active.column));
      if (held) {
        this.node({ row: -1, column: active.column })?.classList.add("cross");
        this.node({ row: active.row, column: -1 })?.classList.add("cross");
      }
    }
    if (held && document.activeElement !== node) node.focus({ preventScroll: true });
  }

  /** Go to a cell, a name of a row (column -1) or of a column (row -1). */
  go(row, column) {
    const { root, model } = this;
    if (!model.rows || !model.columns) return;
    this.active = {
      row: Math.max(-1, Math.min(row, model.rows - 1)),
      column: Math.max(row < 0 ? 0 : -1, Math.min(column, model.columns - 1)),
    };
    const within = (scrolled, seen, at, size) =>
      at < scrolled ? at : at + size > scrolled + seen ? at + size - seen : scrolled;
    const high = this.seenHeight - model.head, across = this.seenWidth - this.side;
    if (this.active.row >= 0) {
      root.scrollTop = within(root.scrollTop, high, this.active.row * model.height, model.height);
    }
    if (this.active.column >= 0) {
      root.scrollLeft = within(root.scrollLeft, across, this.active.column * model.width, model.width);
    }
    this.draw(false);
    this.node(this.active)?.focus({ preventScroll: true });
    this.mark();
    this.onActive(this.active.row < 0 || this.active.column < 0 ? null : this.active);
  }

  key(event) {
    if (!this.model || event.altKey || event.metaKey) return;
    const { row, column } = this.active, { rows, columns, height, head } = this.model;
    const leap = Math.max(1, Math.floor((this.seenHeight - head) / height) - 1);
    const moves = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      PageUp: [Math.max(row - leap, 0), column],
      PageDown: [row + leap, column],
      Home: [event.ctrlKey ? 0 : row, event.ctrlKey ? 0 : Math.min(column, 0)],
      End: [event.ctrlKey ? rows - 1 : row, columns - 1],
    };
    if (moves[event.key]) this.go(...moves[event.key]);
    else if (event.key === "Enter" || event.key === " ") this.choose(this.active);
    else return;
    event.preventDefault();
  }

  click(event) {
    const node = event.target.closest('[role="gridcell"], [role="rowheader"], .column-name');
    if (!node) return;
    const row = this.pool.findIndex((one) => one.node.contains(node));
    const column = row < 0 ? this.names.indexOf(node) : this.pool[row].cells.findIndex((one) => one.node === node);
    const place = { row: row < 0 ? -1 : this.first + row, column: column < 0 ? -1 : this.from + column };
    this.go(place.row, place.column);
    this.choose(place);
  }

  /** Open a field, or sort by a name. */
  choose({ row, column }) {
    const { model } = this;
    if (row >= 0 && column >= 0) model.open?.(row, column);
    else if (row < 0) model.sort?.("column", column);
    else model.sort?.("row", row);
  }
}
