// node mqtt_packet.mjs STREAMS PACKAGES [--quick]: npm's mqtt-packet on our workloads, in nanoseconds a packet, as TSV.
// STREAMS has the streams that mqttspan_write_streams writes and their checksums.tsv; PACKAGES is a folder with mqtt-packet among its node_modules
// (conformance/adapters/mqtt_packet after npm ci). --quick: one pass each, to see that the answers are right.
import {existsSync, readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {join, resolve} from "node:path";

const LEVELS = {"3.1.1": 4, "5.0": 5};
const WORKLOADS = ["W1", "W2", "W3", "W4", "W5", "W6", "W6A", "W7", "W8"];
const RUNS = 5, RUN_MS = 100;

const quick = process.argv.includes("--quick");
const [streams, packages] = process.argv.slice(2).filter((argument) => argument !== "--quick");
if (!packages) stop("usage: mqtt_packet.mjs STREAMS PACKAGES [--quick]", 2);
const require = createRequire(resolve(packages, "package.json"));
const mqtt = require("mqtt-packet");
const PROPERTY_IDS = require("mqtt-packet/constants.js").properties;

function stop(message, code = 1) {
  console.error(message);
  process.exit(code);
}

// ---- the checksum over all fields, as in ../checksum.hpp and ../fields.hpp

// All text in the streams is ASCII: characters are bytes.
const text = (value) => (value === "" ? 0 : value.length + value.charCodeAt(0) + value.charCodeAt(value.length - 1));
const bytes = (value) => (value.length === 0 ? 0 : value.length + value[0] + value[value.length - 1]);

// One name has a list where it was there more than once.
function userProperties(users) {
  let sum = 0;
  for (const name in users) {
    const value = users[name];
    for (const one of Array.isArray(value) ? value : [value]) sum += PROPERTY_IDS.userProperties + text(name) + text(one);
  }
  return sum;
}

function properties(object) {
  let sum = 0;
  for (const name in object) {
    const value = object[name];
    if (name === "userProperties") sum += userProperties(value);
    else sum += PROPERTY_IDS[name] + (typeof value === "string" ? text(value) : typeof value === "object" ? bytes(value) : Number(value));
  }
  return sum;
}

function connect(p) {
  let sum = p.protocolVersion + p.clean + p.keepalive + properties(p.properties) + text(p.clientId);
  if (p.will) sum += p.will.qos + p.will.retain + properties(p.will.properties) + text(p.will.topic) + bytes(p.will.payload);
  if (p.username !== undefined) sum += text(p.username);
  if (p.password !== undefined) sum += bytes(p.password);
  return sum;
}

function subscribe(p) {
  let sum = p.messageId + properties(p.properties);
  for (const s of p.subscriptions) sum += text(s.topic) + s.qos + (s.nl ?? 0) + (s.rap ?? 0) + (s.rh ?? 0);
  return sum;
}

function suback(p) {
  let sum = p.messageId + properties(p.properties);
  for (const code of p.granted) sum += code;
  return sum;
}

function fields(p) {
  switch (p.cmd) {
    case "publish": return text(p.topic) + (p.messageId ?? 0) + p.qos + p.retain + p.dup + bytes(p.payload) + properties(p.properties);
    case "puback": return p.messageId + (p.reasonCode ?? 0) + properties(p.properties);
    case "connect": return connect(p);
    case "subscribe": return subscribe(p);
    case "suback": return suback(p);
    case "pingresp": return 0;
    default: throw new Error(`a ${p.cmd} among the packets`);
  }
}

// ---- the operations: each returns what is known beforehand

function parsing(stream, level) {
  const parser = mqtt.parser({protocolVersion: level});
  let sum;
  parser.on("packet", (packet) => (sum += fields(packet)));
  return () => {
    sum = 0;
    parser.parse(stream);
    return sum;
  };
}

function parsed(stream, level) {
  const parser = mqtt.parser({protocolVersion: level});
  const packets = [];
  parser.on("packet", (packet) => packets.push(packet));
  parser.parse(stream);
  return packets;
}

function generating(packets, level) {
  const options = {protocolVersion: level};
  return () => {
    let size = 0;
    for (const packet of packets) size += mqtt.generate(packet, options).length;
    return size;
  };
}

// ---- the clock

// Milliseconds a pass. The clock is read after each one: the shortest takes some hundred times as long as that.
function run(pass, expected) {
  const start = performance.now();
  let passes = 0, elapsed;
  do {
    const answer = pass();
    if (answer !== expected) throw new Error(`${answer} instead of ${expected}`);
    ++passes;
    elapsed = performance.now() - start;
  } while (elapsed < RUN_MS && !quick);
  return elapsed / passes;
}

function measure(pass, expected) {
  if (quick) return run(pass, expected);
  run(pass, expected);  // the compiler and the caches take their time
  const times = Array.from({length: RUNS}, () => run(pass, expected));
  return times.sort((a, b) => a - b)[RUNS >> 1];
}

// ---- the table

function measureStream(workload, version, [count, checksum]) {
  const stream = readFileSync(join(streams, `${workload}-${version}.bin`));
  const level = LEVELS[version];
  const packets = parsed(stream, level);
  if (packets.length !== count) throw new Error(`${packets.length} packets instead of ${count}`);
  const sum = packets.reduce((before, packet) => before + fields(packet), 0);
  if (sum !== checksum) throw new Error(`checksum ${sum} instead of ${checksum}`);
  if (!Buffer.concat(packets.map((packet) => mqtt.generate(packet, {protocolVersion: level}))).equals(stream)) throw new Error("generate writes other bytes than those of the stream");

  const row = (operation, ms) => console.log([workload, version, `mqtt-packet ${operation}`, (ms * 1e6 / count).toFixed(1)].join("\t"));
  row("parse", measure(parsing(stream, level), checksum));
  row("generate", measure(generating(packets, level), stream.length));
}

function readChecksums() {
  const lines = readFileSync(join(streams, "checksums.tsv"), "utf8").trimEnd().split("\n");
  return new Map(lines.map((line) => line.split("\t")).map(([title, ...numbers]) => [title, numbers.map(Number)]));  // far below 2^53
}

console.error(`# node ${process.versions.node}, mqtt-packet ${require("mqtt-packet/package.json").version}`);
console.log("workload\tversion\toperation\tns a packet");
const checksums = readChecksums();
for (const workload of WORKLOADS) {
  for (const version of Object.keys(LEVELS)) {
    const title = `${workload}-${version}`;
    if (!existsSync(join(streams, `${title}.bin`))) continue;
    if (!checksums.has(title)) stop(`${title}: not in checksums.tsv`);
    try {
      measureStream(workload, version, checksums.get(title));
    } catch (e) {
      stop(`${title}: mqtt-packet: ${e.message}`);
    }
  }
}
