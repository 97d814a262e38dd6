// The page: what is typed, chosen or linked to is inspected, and what comes out is drawn.
const $ = (id) => document.getElementById(id);
const LONGEST_LINK = 32_768;  // longer ones do not survive what links are sent through
const wide = matchMedia("(min-width: 72rem)");

const engine = engineOf(Uint8Array.from(atob($("module").textContent), (c) => c.charCodeAt(0)));
const ask = async (request) => (await engine)(request);

// ---- the state is three controls, and the fragment says the same: #v=5.0&s=client&h=30+06+…
function readFragment() {
  const said = new URLSearchParams(location.hash.slice(1));
  if (!said.has("h")) return false;
  for (const [key, control] of [["v", $("version")], ["s", $("sender")]]) {
    const wanted = said.get(key);
    control.value = [...control.options].some((option) => option.value === wanted) ? wanted : control.options[0].value;
  }
  $("hex").value = said.get("h");
  return true;
}

function fragment() {
  const text = new URLSearchParams({v: $("version").value, s: $("sender").value, h: $("hex").value}).toString();
  return text.length <= LONGEST_LINK ? `#${text}` : "";
}

// What else people paste, in the tools' form: 0x30, \x30, 30:06, 30-06, commas. As many characters, so that places in messages stay right.
const plainHex = (text) => text.replace(/\b0x|\\x|[,;:-]/gi, (found) => " ".repeat(found.length));

// ---- inspecting
let latest = 0;
async function inspect() {
  const mine = ++latest;
  const answer = await ask(JSON.stringify({op: "inspect", version: $("version").value, sender: $("sender").value, hex: plainHex($("hex").value)}));
  if (mine === latest) draw(answer);  // else something newer is on its way
}

function draw({error, bytes, packets = [], unlisted}) {
  const bad = error ?? packets.at(-1)?.error;
  $("verdict").textContent = error ? error.text : verdict(packets, bytes.length / 2, unlisted);
  $("verdict").className = !bad ? (packets.length > 0 ? "good" : "") : bad.class === "incomplete" ? "incomplete" : "bad";
  $("packets").replaceChildren(...packets.map((packet, at) => article(packet, at, bytes)));
}

function verdict(packets, size, unlisted) {
  if (packets.length === 0) return "Paste bytes, or choose an example.";
  const last = packets.at(-1), {error} = last, listed = last.offset + last.size, all = packets.length + unlisted;
  const parts = [];
  if (!error) parts.push(`${counted(all, "packet")}, ${counted(size, "byte")}: all is well.`);
  else if (error.class === "incomplete") parts.push(`${last.type} goes on behind the end of the input.`);
  else parts.push(`${all > 1 ? `Packet ${all}, ` : ""}${last.type} byte ${error.offset}: ${error.text}${error.statement ? ` [${error.statement}]` : ""}.`);
  if (error && listed < size) parts.push(`${counted(size - listed, "byte")} behind it ${size - listed === 1 ? "was" : "were"} not read.`);
  if (unlisted > 0) parts.push(`${counted(unlisted, "good packet")} more ${unlisted === 1 ? "is" : "are"} not listed.`);
  const assumed = packets.find((packet) => packet.is_version_assumed);
  if (assumed) parts.push(`No CONNECT names the version: read as ${assumed.version}.`);
  return parts.join(" ");
}

function article(packet, at, bytes) {
  const out = $("packet").content.firstElementChild.cloneNode(true);
  const from = packet.sender === "any" ? "" : `, from the ${packet.sender}`;
  out.querySelector("h2").append(packet.type, " ", make("small", {}, `MQTT ${packet.version}, ${counted(packet.size, "byte")} at offset ${packet.offset.toLocaleString("en")}${from}`));
  new PacketView(out, packet, bytes.slice(2 * packet.offset, 2 * (packet.offset + packet.size)), wide.matches ? 16 : 8);
  if (packet.error && packet.error.class !== "incomplete") drawFault(out.querySelector(".fault"), packet);
  if (packet.packet) prepareEditor(out.querySelector("details"), packet, at, bytes);
  else out.querySelector("details").remove();
  return out;
}

function drawFault(list, {error, version}) {
  const number = error.statement?.startsWith("U") ? ", a sentence without a number of its own" : "";
  const facts = [
    ["class", error.class.replaceAll("_", " ")],
    ["rule", make("code", {}, error.rule), `: ${error.text}`],
    ["statement", ...(error.statement ? [make("code", {}, error.statement), ` of MQTT ${version}${number}`] : ["none: a limit of the reader's own"])],
    ...error.answers.map(({by, text, bytes}) => ["answer", `the ${by === "any" ? "receiver" : by}: ${text}`, ...(bytes ? [make("code", {class: "wire"}, bytes)] : [])]),
  ];
  for (const [name, ...what] of facts) list.append(make("dt", {}, name), make("dd", {}, ...what));
  list.hidden = false;
}

// ---- a packet as JSON, and back
function prepareEditor(details, packet, at, bytes) {
  const [editor, button, status] = ["textarea", "button", "[role=status]"].map((part) => details.querySelector(part));
  editor.value = inLines(packet.packet);
  editor.rows = Math.min(24, editor.value.split("\n").length + 1);
  button.addEventListener("click", async () => {
    const text = editor.value;
    try {
      JSON.parse(text);  // says what is wrong in terms of this text alone; the engine then sees keys that stand twice
    } catch (e) {
      return say(status, e.message);
    }
    const {error, hex} = await ask(`{"op":"encode","version":"${packet.version}","sender":"${$("sender").value}","packet":${text}}`);
    if (error) return say(status, [error.text, error.rule && `rule ${error.rule}`, error.statement].filter(Boolean).join(", "));
    const before = bytes.slice(0, 2 * packet.offset), behind = bytes.slice(2 * (packet.offset + packet.size));
    $("hex").value = [before, hex, behind].filter(Boolean).join("\n");
    await changed();
    const again = $("packets").children[at]?.querySelector("details");
    if (!again) return;
    again.open = true;
    say(again.querySelector("[role=status]"), "These are its bytes now.");
    again.querySelector("button").focus();
  });
}

const say = (status, text) => (status.textContent = text);

// An item a line, but short ones together.
function inLines(value, margin = "") {
  const flat = JSON.stringify(value);
  if (flat.length <= 60 || typeof value !== "object") return flat;
  const further = `${margin}  `;
  const items = Array.isArray(value) ? value.map((one) => inLines(one, further)) : Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${inLines(one, further)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${further}${items.join(`,\n${further}`)}\n${margin}${close}`;
}

// ---- events
async function changed() {
  history.replaceState(null, "", fragment() || "#");
  await inspect();
}

let timer;
$("hex").addEventListener("input", () => {
  $("example").value = "";
  clearTimeout(timer);
  timer = setTimeout(changed, 120);
});
for (const id of ["version", "sender"]) $(id).addEventListener("change", changed);
$("input").addEventListener("submit", (e) => e.preventDefault());
wide.addEventListener("change", inspect);
addEventListener("hashchange", () => readFragment() && inspect());

for (const [group, examples] of Object.entries(EXAMPLES))
  $("example").append(make("optgroup", {label: group}, ...examples.map(([title, ...what]) => make("option", {value: JSON.stringify(what)}, title))));

function take([version, sender, hex]) {
  [$("version").value, $("sender").value, $("hex").value] = [version, sender, hex];
}
$("example").addEventListener("change", () => {
  if ($("example").value === "") return;
  take(JSON.parse($("example").value));
  changed();
});

$("copy").addEventListener("click", async () => {
  if (fragment() === "") return say($("verdict"), "This is too long for a link.");
  history.replaceState(null, "", fragment());
  const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
  $("copy").textContent = copied ? "Copied" : "See the address bar";
  setTimeout(() => ($("copy").textContent = "Copy link"), 2000);
});

if (!readFragment()) take(EXAMPLES["Good packets"][0].slice(1));
inspect();
