// One packet on the page: a grid of its bytes, a tree of its fields, and how each shows what belongs to it in the other.
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);  // strings become text, never markup
  return element;
};

const counted = (n, noun) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;

class PacketView {
  #rows;          // of the answer, each with its `item` in the tree and the [from, to) of its `own` bytes and of those `within`
  #cells = [];    // by the byte's place in the packet; there are holes where bytes are not shown
  #owners = [];   // the row that has the byte, alike
  #selected = 0;  // a row
  #grid;
  #tree;

  // `digits`: two for each byte of the packet. `columns`: bytes in a line.
  constructor(article, packet, digits, columns) {
    this.packet = packet;
    this.#grid = article.querySelector("[role=grid]");
    this.#tree = article.querySelector("[role=tree]");
    this.#rows = packet.rows.map((row, at) => ({...row, at, parent: -1}));
    this.#spread();
    this.#drawTree();
    this.#drawGrid(digits, columns);
    this.#markFault();
    this.#listen();
    this.#show(-1);
  }

  // A row's own bytes; those within are also of the rows below it. Bits are of the byte that they are in.
  #spread() {
    const open = [];  // the rows that the next may be in
    for (const row of this.#rows) {
      while (open.length > row.depth) open.pop();
      row.own = [row.offset, row.offset + (row.bits ? 1 : row.size)];
      row.within = [...row.own];
      row.parent = open.findLast((one) => one)?.at ?? -1;
      for (const above of open) if (above) above.within = [above.within[0], Math.max(above.within[1], row.own[1])];
      if (!row.bits) for (let at = row.own[0]; at < row.own[1]; ++at) this.#owners[at] = row.at;
      open[row.depth] = row;
    }
  }

  #drawTree() {
    const parents = new Set(this.#rows.map((row) => row.parent));
    for (const row of this.#rows) {
      row.item = make("li", {role: "treeitem", tabindex: row.at === 0 ? 0 : -1, "aria-level": row.depth + 1, "data-row": row.at});
      if (parents.has(row.at)) row.item.setAttribute("aria-expanded", "true");
      row.item.style.setProperty("--depth", row.depth);
      const words = make("span", {class: "words"});
      if (row.bits) words.append(make("code", {}, row.bits), " ");
      words.append(make("b", {}, row.field), row.value ? " " : "", make("span", {class: "value"}, row.value));
      row.item.append(make("span", {class: "offset"}, row.size > 0 ? `${row.offset}` : ""), make("i", {class: "fold", "aria-hidden": "true"}), words);
    }
    this.#tree.setAttribute("aria-label", `Fields of the ${this.packet.type}`);
    this.#tree.append(...this.#rows.map((row) => row.item));
  }

  #drawGrid(digits, columns) {
    const {size, shown} = this.packet;
    this.#grid.setAttribute("aria-label", `Bytes of the ${this.packet.type}`);
    this.#grid.setAttribute("aria-rowcount", Math.ceil(size / columns));
    this.#grid.setAttribute("aria-colcount", columns);
    let next = 0;  // the line behind the one drawn last
    for (const [first, last] of shown) {
      for (let line = Math.max(next, Math.floor(first / columns)); line * columns < last; next = ++line) {
        if (line > next) this.#grid.append(this.#gap(line * columns - next * columns));
        const cells = [];
        for (let at = line * columns; at < Math.min((line + 1) * columns, size); ++at) cells.push((this.#cells[at] = this.#cell(at, digits.slice(2 * at, 2 * at + 2))));
        this.#grid.append(make("div", {role: "row", "aria-rowindex": line + 1}, make("span", {class: "offset", "aria-hidden": "true"}, `${line * columns}`), ...cells));
      }
    }
    if (next * columns < size) this.#grid.append(this.#gap(size - next * columns));
    this.#cells[0]?.setAttribute("tabindex", 0);
  }

  #gap(bytes) {
    return make("div", {role: "row"}, make("span", {role: "gridcell", class: "gap"}, `… ${counted(bytes, "byte")} not shown`));
  }

  #cell(at, digits) {
    const field = this.#rows[this.#owners[at]]?.field ?? "";
    return make("span", {role: "gridcell", tabindex: -1, "data-byte": at, "aria-label": `${digits}, byte ${at}, ${field}`}, digits);
  }

  // The wrong byte, and the field that it is in; behind the last byte a place where one is missing.
  #markFault() {
    const {error, size} = this.packet;
    if (!error || error.class === "incomplete") return;
    let cell = this.#cells[error.offset];
    if (!cell && error.offset >= size) {
      cell = make("span", {role: "gridcell", tabindex: -1, class: "missing", "data-byte": size, "aria-label": `byte ${size} is missing`}, "··");
      this.#grid.lastElementChild.append(cell);
      this.#cells[size] = cell;
      this.#owners[size] = this.#rows.length - 1;
    }
    const row = this.#rows[this.#owners[error.offset] ?? this.#rows.length - 1];
    const note = `byte ${error.offset}: ${error.text}`;
    cell?.classList.add("wrong");
    cell?.setAttribute("aria-label", `${cell.getAttribute("aria-label")}, wrong: ${error.text}`);
    cell?.setAttribute("aria-invalid", "true");
    row.item.classList.add("wrong");
    row.item.querySelector(".words").append(" ", make("em", {}, note));
  }

  #listen() {
    const rowOf = (target) => {
      const {row, byte} = target.closest("[data-row],[data-byte]")?.dataset ?? {};
      return row ?? this.#owners[byte] ?? -1;
    };
    for (const part of [this.#grid, this.#tree]) {
      part.addEventListener("pointerover", (e) => this.#show(Number(rowOf(e.target))));
      part.addEventListener("pointerleave", () => this.#show(this.#selected));
      part.addEventListener("focusin", (e) => this.#select(Number(rowOf(e.target)), e.target));
      part.addEventListener("focusout", (e) => part.contains(e.relatedTarget) || this.#show(this.#selected));
    }
    this.#grid.addEventListener("click", (e) => e.target.closest("[data-byte]")?.focus());
    this.#tree.addEventListener("click", (e) => {
      const row = this.#rows[rowOf(e.target)];
      if (e.target.matches(".fold")) this.#fold(row, row.item.getAttribute("aria-expanded") === "true");
      row?.item.focus();
    });
    this.#grid.addEventListener("keydown", (e) => this.#act(e, this.#gridStep(e)));
    this.#tree.addEventListener("keydown", (e) => this.#act(e, this.#treeStep(e)));
  }

  #act(event, target) {
    if (!target || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    target.focus();
  }

  // Where a key leads: an element, or nothing.
  #gridStep({key, target}) {
    const at = Number(target.dataset.byte), line = target.parentElement, columns = Number(this.#grid.getAttribute("aria-colcount"));
    switch (key) {
      case "ArrowLeft": return this.#cells.findLast((cell, byte) => cell && byte < at);
      case "ArrowRight": return this.#cells.find((cell, byte) => cell && byte > at);  // also across what is not shown
      case "ArrowUp": return this.#cells[at - columns];
      case "ArrowDown": return this.#cells[at + columns];
      case "Home": return line.querySelector("[data-byte]");
      case "End": return line.lastElementChild;
      case "Enter": return this.#unfolded(this.#rows[this.#owners[at]])?.item;
    }
  }

  #treeStep({key, target}) {
    const row = this.#rows[target.dataset.row], visible = this.#rows.filter((one) => !one.item.hidden), at = visible.indexOf(row);
    const expanded = target.getAttribute("aria-expanded");
    switch (key) {
      case "ArrowUp": return visible[at - 1]?.item;
      case "ArrowDown": return visible[at + 1]?.item;
      case "Home": return visible[0].item;
      case "End": return visible.at(-1).item;
      case "ArrowLeft": return expanded === "true" ? this.#fold(row, true) : this.#rows[row.parent]?.item;
      case "ArrowRight": return expanded === "false" ? this.#fold(row, false) : expanded && visible[at + 1]?.item;
      case "Enter": return this.#cells[row.within[0]];
    }
  }

  // Gives the row's item.
  #fold(row, folded) {
    row.item.setAttribute("aria-expanded", String(!folded));
    for (const one of this.#rows.slice(row.at + 1)) {
      if (one.depth <= row.depth) break;
      const above = this.#rows[one.parent].item;
      one.item.hidden = above.hidden || above.getAttribute("aria-expanded") === "false";
    }
    return row.item;
  }

  #unfolded(row) {
    for (let above = this.#rows[row?.parent]; above; above = this.#rows[above.parent]) this.#fold(above, false);
    return row;
  }

  // What has the focus is where Tab comes back to, and stays marked when the pointer is gone; the other side shows its part.
  #select(at, element) {
    this.#selected = at;
    for (const one of element.closest("[role=grid],[role=tree]").querySelectorAll("[tabindex='0']")) one.tabIndex = -1;
    element.tabIndex = 0;
    this.#show(at);
    const other = element.dataset.byte ? this.#unfolded(this.#rows[at])?.item : this.#cells[this.#rows[at].within[0]];
    other?.scrollIntoView({block: "nearest"});
  }

  #show(at) {
    const {own = [0, 0], within = [0, 0]} = this.#rows[at] ?? {};
    this.#cells.forEach((cell, byte) => {
      const isOwn = byte >= own[0] && byte < own[1];
      cell.classList.toggle("own", isOwn);
      cell.classList.toggle("within", !isOwn && byte >= within[0] && byte < within[1]);
      cell.setAttribute("aria-selected", String(isOwn));
    });
    for (const row of this.#rows) {
      row.item.classList.toggle("own", row.at === at);
      row.item.setAttribute("aria-selected", String(row.at === at));
    }
  }
}
