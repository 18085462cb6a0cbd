// A grid of any size, of which only what is seen is drawn: rows and columns are taken from where they left the view.
//
// A model tells what there is: rows, columns (how many), rowName(r), columnName(c), corner, label, width, height, head
// (pixels), wide, fill(r, from, to, looks), told(r, c); and, if it wants to hear of it, open(r, c), sort(axis, i).
// One cell, or name of a row (column -1) or column (row -1), is active and in the order of tabs.

const BEYOND = 3; // rows and columns drawn outside of the view

/** As many things as told, each with an element of its own; new ones stand nowhere yet. */
function resize(things, count, make) {
  while (things.length < count) things.push({ node: make(), at: -1 });
  while (things.length > count) things.pop().node.remove();
}

/** Things that left the view at one end come in at the other, in the list and in the document. */
function rotate(things, steps) {
  if (Math.abs(steps) >= things.length) return;
  for (; steps > 0; steps--) {
    const [first] = things.splice(0, 1);
    things.at(-1).node.after(first.node);
    things.push(first);
  }
  for (; steps < 0; steps++) {
    const last = things.pop();
    things[0].node.before(last.node);
    things.unshift(last);
  }
}

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
    this.marked = [];
    this.first = this.from = 0;
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
    const sideways = columns.first !== this.from || columns.count !== this.names.length;
    if (!anew && !sideways && rows.first === this.first && rows.count === this.pool.length) return;
    // an element that is moved in the document loses the focus
    const held = root.contains(document.activeElement);
    if (anew) this.forget();
    this.drawNames(columns);
    this.drawRows(rows, columns);
    this.mark(held);
  }

  span(scrolled, seen, size, all) {
    const count = Math.min(all, Math.ceil(Math.max(seen, 0) / size) + 2 * BEYOND);
    return { first: Math.max(0, Math.min(Math.floor(scrolled / size) - BEYOND, all - count)), count };
  }

  /** Nothing that is drawn stays as it is. */
  forget() {
    for (const name of this.names) name.at = -1;
    for (const row of this.pool) {
      row.at = -1;
      for (const cell of row.cells) cell.at = -1;
    }
  }

  drawNames({ first, count }) {
    const { model } = this;
    resize(this.names, count, () => this.head.appendChild(this.makeName("column-name", "columnheader")));
    rotate(this.names, first - this.from);
    this.from = first;
    this.names.forEach((name, i) => {
      const column = first + i;
      if (name.at === column) return;
      this.putAt(name, column);
      name.node.firstChild.textContent = name.node.title = model.columnName(column);
      name.node.classList.toggle("sorted", model.sorted?.column === column);
    });
  }

  drawRows({ first, count }, columns) {
    resize(this.pool, count, () => this.makeRow());
    rotate(this.pool, first - this.first);
    this.first = first;
    this.pool.forEach((row, i) => {
      if (row.at !== first + i) this.putRow(row, first + i);
      this.drawCells(row, columns);
    });
  }

  makeName(style, role) {
    const node = element("div", "", { role, class: style, tabindex: -1 });
    node.append(element("span"));
    return node;
  }

  makeRow() {
    const node = element("div", "", { role: "row", class: "grid-row" });
    node.append(this.makeName("row-name", "rowheader"));
    node.firstChild.setAttribute("aria-colindex", 1);
    return this.body.appendChild(node);
  }

  putRow(row, number) {
    const { model } = this, { node } = row, name = node.firstChild;
    row.at = number;
    row.cells ??= [];
    node.style.transform = `translateY(${number * model.height}px)`;
    node.style.width = this.canvas.style.width;
    node.style.height = node.style.lineHeight = `${model.height}px`;
    node.setAttribute("aria-rowindex", number + 2);
    node.classList.toggle("odd", number % 2 === 1);
    name.style.width = `${this.side}px`;
    name.firstChild.textContent = name.title = model.rowName(number);
    name.classList.toggle("sorted", model.sorted?.row === number);
  }

  drawCells(row, { first, count }) {
    const { cells } = row;
    resize(cells, count, () => row.node.appendChild(element("div", "", { role: "gridcell", class: "field", tabindex: -1 })));
    rotate(cells, first - (row.from ?? first));
    row.from = first;
    const looks = new Array(count);
    this.model.fill(row.at, first, first + count, looks);
    cells.forEach((cell, i) => {
      if (cell.at !== first + i) this.putAt(cell, first + i);
      if (cell.look !== looks[i]) this.drawLook(cell, looks[i]);
    });
  }

  drawLook(cell, look) {
    cell.look = look;
    cell.node.textContent = look ? look.text : "";
    cell.node.className = look ? `field ${look.tone}` : "field";
  }

  /** Put a cell or a name into a column. */
  putAt(thing, column) {
    const { node } = thing, { width } = this.model;
    thing.at = column;
    node.style.left = `${this.side + column * width}px`;
    node.style.width = `${width}px`;
    node.setAttribute("aria-colindex", column + 2);
  }

  node({ row, column }) {
    if (row < 0) return this.names[column - this.from]?.node;
    const found = this.pool[row - this.first];
    return column < 0 ? found?.node.firstChild : found?.cells[column - this.from]?.node;
  }

  /** Show which cell is active, and put it in the order of tabs; held is whether the focus is here. */
  mark(held) {
    const { root, active } = this;
    for (const node of this.marked) {
      node.classList.remove("active", "cross");
      if (node.role === "gridcell") node.removeAttribute("aria-label");
      node.tabIndex = -1;
    }
    const node = this.node(active), pair = active.row >= 0 && active.column >= 0;
    root.tabIndex = node ? -1 : 0;
    this.marked = [node, this.node({ row: -1, column: active.column }), this.node({ row: active.row, column: -1 })];
    this.marked = this.marked.filter(Boolean);
    if (node) {
      node.tabIndex = 0;
      node.classList.toggle("active", held);
      if (pair) node.setAttribute("aria-label", this.model.told(active.row, active.column));
    }
    if (!held) return;
    for (const name of this.marked) if (pair && name !== node) name.classList.add("cross");
    (node ?? root).focus({ preventScroll: true });
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
    this.mark(true);
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
    const things = row < 0 ? this.names : this.pool[row].cells;
    const column = things.findIndex((one) => one.node === node);
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
