// The page: a row a statement, a column a peer; filters; events.
// ---- the matrix
// A name, and below it what looks like its version.
function columnHead(p) {
  const [, name, version] = /^(.*?)(?:\s+(v?\d.*))?$/.exec(p.label);
  return `<th scope="col" data-peer="${p.at}" title="${esc(p.label)}">${esc(name)}<small>${esc(version ?? "")}<br>${esc(p.kind)}</small></th>`;
}

function cellButton(p, s) {
  const cell = p.cells[s.at];
  if (cell.state === "na") return `<td data-peer="${p.at}"><button type="button" tabindex="-1" class="s-na" aria-label="${esc(p.label)}: n/a">n/a</button></td>`;
  const n = total(cell.counts);
  const shown = ["pass", "strict-pass"].includes(cell.state) ? (cell.counts.pass ?? 0) + (cell.counts["strict-pass"] ?? 0) : cell.counts[cell.state];
  const words = n === 0 ? "no case" : inWords(cell.counts);
  return `<td data-peer="${p.at}"><button type="button" tabindex="-1" class="s-${cell.state}${isMixed(cell) ? " mixed skip" : ""}" title="${esc(words)}"
    aria-label="${esc(p.label)}: ${words}"><b aria-hidden="true">${STATES[cell.state][0]}</b>${n === 0 ? "" : short(shown)}</button></td>`;
}

// Statements of one version and section share a head.
const groups = [];
function drawMatrix() {
  $("matrix").tHead.rows[0].innerHTML = `<th scope="col" class="head">Statement</th>${peers.map(columnHead).join("")}`;
  for (const s of statements.toSorted((a, b) => VERSIONS.indexOf(a.version) - VERSIONS.indexOf(b.version))) {
    const name = `MQTT ${s.version}${s.section ? " §" + s.section : ""}`;
    if (groups.at(-1)?.name !== name) groups.push({name, rows: []});
    groups.at(-1).rows.push(s);
  }
  $("matrix").tBodies[0].innerHTML = groups.map(groupHtml).join("");
  for (const row of $("matrix").tBodies[0].rows) {
    if (row.dataset.at) statements[row.dataset.at].row = row;
    else groups[row.dataset.group].row = row;
  }
}

function groupHtml(group, at) {
  const areas = [...new Set(group.rows.map((s) => s.area))].join(", ");
  const head = `<tr class="group" data-group="${at}"><th scope="rowgroup" colspan="${peers.length + 1}">${esc(group.name)} <span>${esc(areas)}</span></th></tr>\n`;
  return head + group.rows.map((s) => `<tr data-at="${s.at}"><th scope="row" class="head"><div><b>${esc(s.id)}<i>${esc(s.scope)} · ${esc(s.actor)}</i></b>
    <span>${esc(s.summary)}</span></div></th>${peers.map((p) => cellButton(p, s)).join("")}</tr>\n`).join("");
}

// ---- filters; the fragment of the address keeps them
const chip = (kind, name, value, text, checked = false) =>
  `<label class="chip"><input type="${kind}" name="${name}" value="${esc(value)}"${checked ? " checked" : ""}><span>${text}</span></label>`;

function drawFilters() {
  const unique = (field) => [...new Set(statements.map((s) => s[field]))].sort((a, b) => a.localeCompare(b, "en", {numeric: true}));
  $("version").innerHTML += chip("radio", "version", "", "All", true) + unique("version").map((v) => chip("radio", "version", v, esc(v))).join("");
  $("verdict").innerHTML += Object.keys(STATES).map((v) => chip("checkbox", "verdict", v, `${STATES[v][0]} ${STATES[v][1]}`)).join("");
  $("scope").innerHTML = `<option value="">all</option>` + unique("scope").map((v) => `<option>${esc(v)}</option>`).join("");
  $("area").innerHTML = `<option value="">all</option>` + unique("area").map((v) => `<option>${esc(v)}</option>`).join("");
  $("peer-list").innerHTML = peers.map((p) => `<label><input type="checkbox" name="peer" value="${p.at}" checked> ${esc(p.label)}</label>`).join("");
}

const boxes = (name) => [...document.querySelectorAll(`input[name=${name}]`)];
const chosen = (name) => boxes(name).filter((box) => box.checked).map((box) => box.value);

function filters() {
  return {
    q: $("q").value.trim().toLowerCase(), version: chosen("version")[0] ?? "", scope: $("scope").value, area: $("area").value,
    verdict: new Set(chosen("verdict")), peers: chosen("peer").map((at) => peers[at]), differ: $("differ").checked,
  };
}

const words = [];  // of a statement and all its cases, in lower case; made when first searched
function wordsOf(s) {
  words[s.at] ??= [s.id, s.section, s.area, s.summary, s.note, s.code, ...peers.flatMap((p) => p.cells[s.at].cases.flatMap((c) => [c.id, c.title]))].join("\n").toLowerCase();
  return words[s.at];
}

const hasVerdict = (cell, verdicts) => verdicts.has(cell.state) || Object.keys(cell.counts).some((v) => cell.counts[v] && verdicts.has(v));

function matches(s, f) {
  if (f.version && s.version !== f.version || f.scope && s.scope !== f.scope || f.area && s.area !== f.area) return false;
  const cells = f.peers.map((p) => p.cells[s.at]);
  if (f.verdict.size !== 0 && !cells.some((cell) => hasVerdict(cell, f.verdict))) return false;
  if (f.differ && !(cells.some((c) => c.state === "fail") && cells.some((c) => c.state === "pass" || c.state === "strict-pass"))) return false;
  return f.q === "" || f.q.split(/\s+/).every((word) => wordsOf(s).includes(word));
}

const hidden = document.head.appendChild(document.createElement("style"));  // hides the columns that nobody chose
let visible = [];
function applyFilters() {
  const f = filters();
  visible = [];
  for (const group of groups) {
    let some = false;
    for (const s of group.rows) {
      const is = matches(s, f);
      s.row.hidden = !is;
      if (!is) continue;
      some = true;
      visible.push(s);
      for (const p of f.peers) s.row.cells[p.at + 1].firstChild.classList.toggle("dimmed", f.verdict.size !== 0 && !hasVerdict(p.cells[s.at], f.verdict));
    }
    group.row.hidden = !some;
  }
  const gone = peers.filter((p) => !f.peers.includes(p));
  hidden.textContent = gone.map((p) => `#matrix [data-peer="${p.at}"]`).join(",") + (gone.length ? "{display:none}" : "");
  $("peer-choice").firstElementChild.textContent = gone.length ? `Peers: ${f.peers.length} of ${peers.length}` : "Peers: all";
  $("shown").textContent = `${visible.length} of ${many(statements.length, "statement")}`;
  $("nothing").hidden = visible.length !== 0;
  moveTabStop(visible[0] && f.peers[0] ? visible[0].row.cells[f.peers[0].at + 1].firstChild : null);
}

let open = null;  // {s, p} while the dialog shows a cell
let fragment = "";
function writeFragment() {
  const f = filters();
  const out = new URLSearchParams();
  for (const name of ["version", "scope", "area", "q"]) if (f[name]) out.set(name, f[name]);
  if (f.verdict.size) out.set("verdict", [...f.verdict].join(","));
  if (f.peers.length !== peers.length) out.set("peers", JSON.stringify(f.peers.map((p) => p.label)));
  if (f.differ) out.set("differ", "1");
  if (open) out.set("cell", `${open.s.key}@${open.p.label}`);
  fragment = "#" + out;
  if (location.hash !== fragment) history.replaceState(null, "", fragment);
}

function listOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return [];
  }
}

function readFragment() {
  fragment = location.hash;
  const from = new URLSearchParams(fragment.slice(1));
  $("q").value = from.get("q") ?? "";
  for (const name of ["scope", "area"]) $(name).value = from.get(name) ?? "";
  for (const name of ["scope", "area"]) if ($(name).selectedIndex < 0) $(name).selectedIndex = 0;
  for (const box of boxes("version")) box.checked = box.value === (from.get("version") ?? "");
  if (chosen("version").length === 0) boxes("version")[0].checked = true;
  const verdicts = (from.get("verdict") ?? "").split(",");
  for (const box of boxes("verdict")) box.checked = verdicts.includes(box.value);
  const names = listOf(from.get("peers") ?? "null");
  for (const box of boxes("peer")) box.checked = !Array.isArray(names) || names.includes(peers[box.value].label);
  $("differ").checked = from.get("differ") === "1";
  applyFilters();
  const [, key, label] = /^(.*?)@(.*)$/s.exec(from.get("cell") ?? "") ?? [];
  const [s, p] = [byKey.get(key), peers.find((one) => one.label === label)];
  if (s && p) openCell(s, p);
  else if ($("cell").open) $("cell").close();
}

// ---- the keyboard: one cell of the matrix takes the focus, arrows move it
let tabStop = null;
function moveTabStop(button) {
  if (tabStop) tabStop.tabIndex = -1;
  tabStop = button;
  if (tabStop) tabStop.tabIndex = 0;
}

function cellOf(button) {
  const td = button.closest("td");
  return {s: statements[td.parentElement.dataset.at], p: peers[td.dataset.peer]};
}

const MOVES = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-15, 0], PageDown: [15, 0], Home: [0, -1e9], End: [0, 1e9]};
function onMatrixKey(event) {
  const move = MOVES[event.key];
  const button = event.target.closest("td button");
  if (!move || !button || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const shown = filters().peers;
  const {s, p} = cellOf(button);
  const clamp = (i, end) => Math.max(0, Math.min(i, end - 1));
  const to = visible[clamp(visible.indexOf(s) + move[0], visible.length)].row.cells[shown[clamp(shown.indexOf(p) + move[1], shown.length)].at + 1].firstChild;
  moveTabStop(to);
  to.focus({preventScroll: true});
  to.scrollIntoView({block: "center", inline: "nearest"});
}

// ---- events
function measure() {
  document.documentElement.style.setProperty("--peers", filters().peers.length);
  document.documentElement.style.setProperty("--window", document.documentElement.clientWidth + "px");
  document.documentElement.style.setProperty("--bar", (getComputedStyle($("filters")).position === "sticky" ? $("filters").offsetHeight : 0) + "px");
}

function changed() {
  applyFilters();
  writeFragment();
  measure();
}

function listen() {
  let later = 0;
  $("filters").addEventListener("input", (event) => {
    clearTimeout(later);
    if (event.target.id === "q") later = setTimeout(changed, 120);
    else changed();
  });
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("filters").addEventListener("reset", () => setTimeout(changed));
  $("matrix").addEventListener("click", (event) => {
    const button = event.target.closest("td button");
    if (!button) return;
    moveTabStop(button);
    const {s, p} = cellOf(button);
    openCell(s, p);
  });
  $("matrix").addEventListener("keydown", onMatrixKey);
  $("close").addEventListener("click", () => $("cell").close());
  $("previous").addEventListener("click", () => step(-1));
  $("next").addEventListener("click", () => step(1));
  $("cell").addEventListener("click", (event) => {
    if (event.target === $("cell")) $("cell").close();  // beside it
    if (event.target.id === "all-cases") openCell(open.s, open.p, Infinity);
    const other = event.target.closest(".others button");
    if (other) openCell(open.s, peers[other.dataset.peer]);
  });
  $("cell").addEventListener("close", () => {
    const back = open?.s.row.cells[open.p.at + 1].firstChild;
    open = null;
    writeFragment();
    if (back && back.offsetParent) moveTabStop(back), back.focus({preventScroll: true});
  });
  $("theme").addEventListener("click", () => {
    const isDark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = isDark ? "light" : "dark";
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || $("cell").open || event.target.matches("input, select")) return;
    event.preventDefault();
    $("q").focus();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#peer-choice")) $("peer-choice").open = false;
  });
  addEventListener("hashchange", () => {
    if (location.hash === fragment) return;
    readFragment();
    measure();
    if (!open) $("filters").scrollIntoView();
  });
  addEventListener("resize", measure);
}

drawPeers();
drawFilters();
drawMatrix();
listen();
readFragment();
measure();
