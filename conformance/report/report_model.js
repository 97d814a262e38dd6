// What the page shows: the data as objects, the states of cells, the table of peers. report.html joins this with report_cell.js and report.js.
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
  return `<tr><th scope="row">${esc(p.label)}<small title="${esc(p.target)}">${esc([p.kind, p.date.slice(0, 10), p.target].filter(Boolean).join(" · "))}</small></th>
    <td class="bar-cell"><div class="bar" role="img" aria-label="of ${applicable} statements that can be seen: ${esc(inWords({...states, na: 0}))}">${bar}</div></td>
    ${DECIDED.map((v) => statementNumber(v, states[v] ?? 0)).join("")}${data.verdicts.map((v, i) => caseNumber(v, p.counts[v] ?? 0, i === 0 ? "cases" : "")).join("")}</tr>`;
}
