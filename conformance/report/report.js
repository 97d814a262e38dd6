"use strict";
// The page: a row a statement, a column a peer. html_data.hpp says how the data are laid out.
(() => {
const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);

// What a cell or a case can be, the gravest first: the order of every list on the page.
const STATES = {
  "fail": ["✗", "fail", "A statement is broken."],
  "inconclusive": ["?", "inconclusive", "Tried, but nothing can be said; the case tells why."],
  "skip": ["–", "skip", "Not tried on this peer; the case tells why."],
  "info": ["i", "info", "What was seen where the text leaves it open, or only recommends. No judgement."],
  "pass": ["✓", "pass", "As the statement asks."],
  "strict-pass": ["✓✓", "strict-pass", "As the statement asks, and as the text recommends beside it."],
  "untried": ["·", "no case", "Such a peer can be examined for it, but no case of this run was."],
  "na": ["", "n/a", "Cannot be seen in such a peer: no single packet shows it, or nothing of it reaches the wire."],
};
const DECIDED = ["fail", "inconclusive", "skip", "info", "pass", "untried", "na"];  // of statements: strict-pass counts as pass
const VERSIONS = ["3.1", "3.1.1", "5.0"];
const escapes = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"};
const esc = (text) => String(text).replace(/[&<>"]/g, (c) => escapes[c]);
const many = (n, one, more = one + "s") => `${n.toLocaleString("en")} ${n === 1 ? one : more}`;
const short = (n) => (n < 1000 ? String(n) : n < 10000 ? (n / 1000).toFixed(1) + "k" : Math.round(n / 1000) + "k");
const badge = (state, text = STATES[state][1]) => `<span class="badge s-${state}">${STATES[state][0]} ${esc(text)}</span>`;

// ---- the data, as objects
const FIELDS = ["id", "version", "area", "actor", "scope", "summary", "vectors", "code", "broker", "client", "note"];
const statements = data.statements.map((row, at) => {
  const s = Object.fromEntries(FIELDS.map((field, i) => [field, row[i]]));
  s.at = at;
  s.section = /-(\d+(?:[.-]\d+)*)-[^-]*$/.exec(s.id)?.[1].replace(/-/g, ".") ?? "";
  s.key = s.version + "/" + s.id;
  return s;
});
const byKey = new Map(statements.map((s) => [s.key, s]));
const peers = data.peers.map((p, at) => ({...p, at, cells: statements.map(() => ({counts: {}, cases: [], alike: []}))}));
for (const [at, p] of peers.entries()) {
  const before = peers.slice(0, at).filter((other) => other.name === p.name).length;
  p.label = before === 0 ? p.name : `${p.name} (${before + 1})`;
  p.counts = {};
  for (const row of p.cases) {
    const [id, check, title, rows, verdict, reason, log] = row;
    const one = {id, check: data.strings[check], title: data.strings[title], verdict: data.verdicts[verdict], reason: data.strings[reason], log, rows};
    count(p.counts, one.verdict, 1);
    for (const r of rows) count(p.cells[r].counts, one.verdict, 1), p.cells[r].cases.push(one);
  }
  for (const [check, rows, verdict, number] of p.alike) {
    const name = data.verdicts[verdict];
    count(p.counts, name, number);
    for (const r of rows) count(p.cells[r].counts, name, number), p.cells[r].alike.push({check: data.strings[check], verdict: name, number});
  }
  for (const s of statements) p.cells[s.at].state = stateOf(p.cells[s.at].counts, p.kind, s);
}
delete data.peers;

function count(counts, name, number) {
  counts[name] = (counts[name] ?? 0) + number;
}

function canBeSeen(kind, s) {
  if (kind === "codec") return s.vectors !== "-";
  if (kind === "connection") return s.scope === "stream";
  return (kind === "broker" ? s.broker : s.client) !== "no";
}

// A fail outweighs all; what was decided outweighs what was not.
function stateOf(counts, kind, s) {
  if (counts.fail) return "fail";
  if (counts.pass) return "pass";
  for (const state of ["strict-pass", "inconclusive", "skip", "info"]) if (counts[state]) return state;
  return canBeSeen(kind, s) ? "untried" : "na";
}

const isMixed = (cell) => ["pass", "strict-pass"].includes(cell.state) && (cell.counts.inconclusive || cell.counts.skip);
const total = (counts) => Object.values(counts).reduce((sum, n) => sum + n, 0);
const inWords = (counts) => Object.keys(STATES).filter((v) => counts[v]).map((v) => `${counts[v].toLocaleString("en")} ${STATES[v][1]}`).join(", ");

// ---- peers
function drawPeers() {
  const columns = DECIDED.map((v) => `<th scope="col">${STATES[v][1]}</th>`).join("");
  const verdicts = data.verdicts.map((v, i) => `<th scope="col"${i === 0 ? ' class="cases"' : ""}>${v}</th>`).join("");
  $("peers-statements").colSpan = DECIDED.length + 1;
  $("peers-cases").colSpan = data.verdicts.length;
  $("peers-columns").innerHTML = `<th scope="col"><span class="visually-hidden">Share</span></th>${columns}${verdicts}`;
  $("peers").tBodies[0].innerHTML = peers.map(peerRow).join("");
  const dates = [...new Set(peers.map((p) => p.date.slice(0, 10)))].sort();
  const cases = peers.reduce((sum, p) => sum + total(p.counts), 0);
  const days = dates.length > 1 ? `${dates[0]} to ${dates.at(-1)}` : dates[0] ?? "";
  $("subtitle").textContent = `${many(peers.length, "peer")} · ${many(statements.length, "statement")} · ${many(cases, "case")} · ${days}`;
  $("legend").innerHTML = Object.entries(STATES).map(([state, [, , text]]) => `<dt>${badge(state)}</dt><dd>${text}</dd>`).join("");
}

function peerRow(p) {
  const states = {};
  for (const cell of p.cells) count(states, cell.state === "strict-pass" ? "pass" : cell.state, 1);
  const applicable = statements.length - (states.na ?? 0);
  const bar = DECIDED.filter((v) => v !== "na" && states[v]).map((v) => `<i class="${v}" style="flex:${states[v]}" title="${STATES[v][1]}: ${states[v]}"></i>`).join("");
  const number = (v, n, text, extra = "") => `<td class="${v === "fail" ? "fail-number " : ""}${n ? "" : "zero "}${extra}">${text}</td>`;
  const link = (v, n) => `<a href="#verdict=${v}&peers=${encodeURIComponent(JSON.stringify([p.label]))}" aria-label="Show the ${n} statements: ${STATES[v][1]}">${n}</a>`;
  const statementNumber = (v, n) => number(v, n, n && ["fail", "untried", "na"].includes(v) ? link(v, n) : n);
  const caseNumber = (v, n, extra) => number(v, n, n.toLocaleString("en"), extra);
  return `<tr><th scope="row">${esc(p.label)}<small>${esc([p.kind, p.target, p.date.slice(0, 10)].filter(Boolean).join(" · ").slice(0, 90))}</small></th>
    <td class="bar-cell"><div class="bar" role="img" aria-label="of ${applicable} statements that can be seen: ${esc(inWords({...states, na: 0}))}">${bar}</div></td>
    ${DECIDED.map((v) => statementNumber(v, states[v] ?? 0)).join("")}${data.verdicts.map((v, i) => caseNumber(v, p.counts[v] ?? 0, i === 0 ? "cases" : "")).join("")}</tr>`;
}

// ---- the matrix
// A name, and below it what looks like its version.
function columnHead(p) {
  const [, name, version] = /^(.*?)(?:\s+(v?\d[^ ]*))?$/.exec(p.label);
  return `<th scope="col" data-peer="${p.at}" title="${esc(p.label)}">${esc(name)}<small>${esc(version ?? "")}<br>${esc(p.kind)}</small></th>`;
}

function cellButton(p, s) {
  const cell = p.cells[s.at];
  if (cell.state === "na") return `<td data-peer="${p.at}"><button type="button" tabindex="-1" class="s-na" aria-label="${esc(p.label)}: n/a">n/a</button></td>`;
  const n = total(cell.counts);
  const shown = cell.state === "fail" ? cell.counts.fail : n;
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

// ---- a cell's dialog
const WHY_NA = {
  codec: (s) => `No single packet shows this statement (its scope is ${s.scope}).`,
  connection: (s) => `A connection alone does not decide this statement (its scope is ${s.scope}).`,
  broker: () => "Nothing that a broker sends or leaves out shows this statement.",
  client: () => "Nothing that a client sends or leaves out shows this statement.",
};

function whyNoCase(s, p) {
  if (p.cells[s.at].state === "na") return WHY_NA[p.kind]?.(s) ?? "Cannot be seen in such a peer.";
  const watched = {broker: s.broker, client: s.client}[p.kind] === "obs";
  return watched ? "No case provokes it; only a breach would be seen. This run reports none." : "This run has no case for it.";
}

function hexDump(hex, omitted) {
  const bytes = hex.match(/../g) ?? [];
  const lines = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = bytes.slice(at, at + 16);
    const plain = part.map((byte) => {
      const code = parseInt(byte, 16);
      return code > 0x20 && code < 0x7f ? String.fromCharCode(code) : "·";
    }).join("");
    const digits = part.map((byte, i) => (i === 8 ? " " : "") + byte).join(" ");
    const offset = bytes.length > 16 ? at.toString(16).padStart(4, "0") + "  " : "";
    lines.push(`<span class="plain">${offset}</span>${digits}<span class="plain">${" ".repeat((bytes.length > 16 ? 49 : digits.length) - digits.length + 2)}${esc(plain)}</span>`);
  }
  if (omitted) lines.push(`<span class="plain">… ${many(omitted, "byte")} more</span>`);
  return lines.length ? `<pre>${lines.join("\n")}</pre>` : "";
}

const milliseconds = (us) => (us < 1e6 ? (us / 1e3).toFixed(us < 1e4 ? 2 : 0) + " ms" : (us / 1e6).toFixed(2) + " s");

function exchangeHtml([at, connection, fromPeer, hex, omitted, text]) {
  const who = hex === "" && !omitted ? "event" : fromPeer ? "← received" : "→ sent";
  const name = data.strings[connection];
  return `<li class="${fromPeer ? "from-peer" : ""}"><span class="who"><b>${who}</b>${esc(name)}<br>${at ? milliseconds(at) : ""}</span>
    <div>${data.strings[text] ? `<p>${esc(data.strings[text])}</p>` : ""}${hexDump(hex, omitted)}</div></li>`;
}

// "expected: …" and "seen: …" each in a row of its own.
function reasonHtml(reason) {
  if (!reason) return "";
  const rows = [];
  for (const line of reason.split("\n")) {
    const [, name, rest] = /^(expected|seen|but|and seen):\s*(.*)$/i.exec(line) ?? [];
    if (name) rows.push([name, rest]);
    else if (rows.length) rows.at(-1)[1] += "\n" + line;
    else rows.push(["reason", line]);
  }
  return `<dl class="reason">${rows.map(([name, text]) => `<dt>${esc(name)}</dt><dd>${esc(text)}</dd>`).join("")}</dl>`;
}

function caseHtml(one, isOpen) {
  const others = one.rows.map((r) => statements[r].id).join(", ");
  const log = one.log.length ? `<ol class="log">${one.log.map(exchangeHtml).join("")}</ol>` : `<p class="more">No bytes were recorded.</p>`;
  return `<details class="case"${isOpen ? " open" : ""}><summary>${badge(one.verdict)}<span>${esc(one.title || one.id)}</span><small>${esc(one.id)} · shows ${esc(others)}</small></summary>
    <div>${reasonHtml(one.reason)}${log}</div></details>`;
}

const MOST_CASES = 100;
function casesHtml(cell, most) {
  const order = Object.keys(STATES);
  const sorted = cell.cases.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  let html = sorted.slice(0, most).map((one, i) => caseHtml(one, i === 0 || sorted.length <= 3)).join("");
  if (sorted.length > most) html += `<p><button type="button" id="all-cases">Show all ${many(sorted.length, "case")}</button></p>`;
  for (const {check, verdict, number} of cell.alike) html += `<p class="more">${badge(verdict)} ${many(number, "case")} more of ${esc(check)}, not shown one by one; the run's JSON has them.</p>`;
  return html;
}

function openCell(s, p, most = MOST_CASES) {
  open = {s, p};
  const cell = p.cells[s.at];
  const n = total(cell.counts);
  const tags = [`MQTT ${s.version}`, s.area, `scope: ${s.scope}`, `binds: ${s.actor}`, s.code && s.code !== "-" ? `reason code: ${s.code.replace("|", " or ")}` : ""].filter(Boolean);
  $("cell-content").innerHTML = `<h2 id="cell-title">${esc(s.id)}</h2>
    <ul class="tags">${tags.map((t) => `<li>${esc(t)}</li>`).join("")}</ul>
    <p class="summary">${esc(s.summary)}</p>${s.note ? `<p class="faint">${esc(s.note)}</p>` : ""}
    <div class="others" role="group" aria-label="Peers">${peers.map((other) => `<button type="button" data-peer="${other.at}"${other === p ? ' aria-current="true"' : ""}>
      ${esc(other.label)} ${badge(other.cells[s.at].state)}</button>`).join("")}</div>
    <p class="tally"><strong>${esc(p.label)}</strong>: ${n === 0 ? esc(whyNoCase(s, p)) : `${many(n, "case")}: ${inWords(cell.counts)}`}</p>
    ${casesHtml(cell, most)}`;
  const at = visible.indexOf(s);
  $("previous").disabled = at <= 0;
  $("next").disabled = at < 0 || at + 1 >= visible.length;
  if (!$("cell").open) $("cell").showModal();
  $("cell-content").scrollTop = 0;
  writeFragment();
}

function step(by) {
  const next = open && visible[visible.indexOf(open.s) + by];
  if (next) openCell(next, open.p);
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
})();
