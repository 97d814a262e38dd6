// node engine_test.mjs MODULE VECTORS MQTTSPAN: the module says of every golden vector what the vector says, and of a sample of them, byte for byte, what the command explains.
// Vectors of more than 20,000 bytes are not for a page, and are left out: sizes are the codec's own tests' business.
import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {readFileSync, readdirSync} from "node:fs";
import {join} from "node:path";
import {engine} from "./engine.mjs";

const [module, folder, mqttspan] = process.argv.slice(2);
const ask = await engine(module);

const repeated = (part) => (typeof part === "string" ? part.replaceAll(" ", "") : part.rep.repeat(part.n));
const digits = (bytes) => [bytes].flat().map(repeated).join("");
const vectors = ["3.1", "3.1.1", "5.0"]
  .flatMap((version) => readdirSync(join(folder, version)).flatMap((file) => JSON.parse(readFileSync(join(folder, version, file))).tests.map((test) => ({...test, version}))))
  .filter((test) => digits(test.bytes ?? "").length <= 40_000);
const inspected = (test) => ask({op: "inspect", version: test.version, sender: test.sender, hex: digits(test.bytes)});

// A value may hold its hexadecimal digits in segments, as bytes do.
const whole = (value) => {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(whole);
  if (Object.keys(value).join() === "hex") return {hex: digits(value.hex)};
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, whole(one)]));
};

// The lines of explanation.cpp from the answer: offset, eight bytes a line, the field in its words.
function explained({bytes, packets: [packet]}) {
  const lines = [], {error} = packet;
  const mark = (column) => lines.push(`${" ".repeat(8 + 3 * column)}^^${" ".repeat(22 - 3 * column)}byte ${error.offset}: ${error.text}`);
  const judged = error && error.class !== "incomplete";
  for (const row of packet.rows) {
    const words = `${"  ".repeat(row.depth)}${row.bits && row.bits + "  "}${row.field}${row.value && ": " + row.value}`;
    if (row.size === 0) lines.push(" ".repeat(32) + words);
    for (let at = row.offset; at < row.offset + row.size; at += 8) {
      const end = Math.min(at + 8, row.offset + row.size);
      const hex = bytes.slice(2 * at, 2 * end).replace(/..(?!$)/g, "$& ");
      lines.push(`${String(at).padStart(6)}  ${at === row.offset ? hex.padEnd(24) + words : hex}`);
      if (judged && error.offset >= at && error.offset < end) mark(error.offset - at);
    }
  }
  if (judged && error.offset >= packet.size) mark(0);
  return lines;
}

const counts = {};
for (const test of vectors.filter((test) => test.op !== "encode")) {
  const answer = await inspected(test);
  const [packet] = answer.packets;
  assert.equal(answer.packets.length, 1, test.id);
  assert.equal(answer.bytes, digits(test.bytes), test.id);
  counts[test.result] = (counts[test.result] ?? 0) + 1;
  if (test.result === "incomplete") assert.equal(packet.error.class, "incomplete", test.id);
  else if (test.error) {
    assert.deepEqual([packet.error.rule, packet.error.offset], [test.error.rule, test.error.offset], test.id);
    // A CONNECT that names another version is judged by that one's statements.
    assert.ok(test.statements.includes(packet.error.statement) || packet.version !== test.version, `${test.id}: ${packet.error.statement} is not among ${test.statements}`);
  } else {
    assert.equal(packet.error, undefined, test.id);
    if (!packet.packet) assert.ok(packet.size > 2048, test.id);
    else if (!JSON.stringify(test.value).includes('"rep"')) assert.deepEqual(packet.packet, test.value, test.id);
  }
}
assert.ok(counts.valid > 1000 && counts.malformed > 1000 && counts.protocol_error > 200 && counts.incomplete > 90, JSON.stringify(counts));

// What a valid vector means is encoded to its bytes, and what no encoder may write is refused.
let encoded = 0;
for (const test of vectors.filter((test) => test.value && test.canonical && !test.status)) {
  const answer = await ask({op: "encode", version: test.version, sender: test.sender, packet: whole(test.value)});
  assert.equal(answer.hex?.replaceAll(" ", ""), digits(test.bytes), `${test.id}: ${JSON.stringify(answer.error)}`);
  ++encoded;
}
for (const test of vectors.filter((test) => test.op === "encode" && test.error)) {
  const answer = await ask({op: "encode", version: test.version, sender: test.sender, packet: whole(test.value)});
  assert.ok([test.error.rule, undefined].includes(answer.error.rule), test.id);  // or packet JSON cannot hold it
  ++encoded;
}

// Every thirtieth, beside the command.
const sample = vectors.filter((test, at) => test.op !== "encode" && at % 30 === 0 && digits(test.bytes).length < 4000);
for (const test of sample) {
  const {stdout} = spawnSync(mqttspan, ["explain", "--hex", "--version", test.version, "--from", test.sender], {input: digits(test.bytes), encoding: "utf8"});
  const [, ...body] = stdout.trimEnd().split("\n");
  const verdict = body.findIndex((line) => /^ {2}(class|incomplete) /.test(line));
  assert.deepEqual(explained(await inspected(test)), verdict < 0 ? body : body.slice(0, verdict), test.id);
}
assert.ok(sample.length > 80);

// Bad requests are answered, and the next is as good as ever.
for (const request of [null, 7, [], {}, {op: "inspect"}, {op: "inspect", hex: 7, version: "5.0"}, {op: "inspect", hex: "", version: "6"}, {op: "encode", version: "5.0"}, {op: "no"}])
  assert.equal(typeof (await ask(request)).error.text, "string", JSON.stringify(request));
assert.equal((await ask({op: "inspect", version: "auto", hex: "30 0"})).error.text, "line 1, column 4: a byte takes two hexadecimal digits");
assert.equal((await ask({op: "inspect", version: "5.0", hex: "c000 # a ping"})).packets.length, 1);

// A million bytes cost what they cost, but what is told of them stays small: the front, and what is around the fault.
const pings = await ask({op: "inspect", version: "5.0", hex: "c000".repeat(500_000)});
assert.deepEqual([pings.packets.length, pings.unlisted], [1024, 498_976]);
const codes = await ask({op: "inspect", version: "5.0", hex: `90 d3 84 3d 0001 00 ${"00".repeat(999_995)}77${"00".repeat(20)}`});
assert.deepEqual([codes.packets[0].error.rule, codes.packets[0].error.offset], ["reason_code_not_of_packet", 1_000_002]);
assert.equal(codes.packets[0].shown.length, 2);
assert.ok(codes.packets[0].rows.length < 2300);

// A module that fails is told of, and replaced.
const {instantiate} = WebAssembly;
WebAssembly.instantiate = async (...how) => {
  const {exports} = await instantiate(...how);
  WebAssembly.instantiate = instantiate;
  return {exports: {...exports, mqttspan_answer() { throw new WebAssembly.RuntimeError("unreachable"); }}};
};
const failing = await engine(module);
assert.equal((await failing({op: "inspect", version: "5.0", hex: "c000"})).error.text, "the inspector has failed: unreachable");
assert.equal((await failing({op: "inspect", version: "5.0", hex: "c000"})).packets.length, 1);

console.log(`${Object.values(counts).reduce((a, b) => a + b)} vectors inspected (${JSON.stringify(counts)}), ${encoded} encoded, ${sample.length} explained`);
