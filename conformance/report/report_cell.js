// What a cell opens: the statement, and its cases with their bytes.
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
  const who = hex !== "" || omitted ? (fromPeer ? "← received" : "→ sent") : open.p.kind === "codec" && fromPeer ? "← answer" : "event";
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
