// Requests of the adapter protocol, carried out by mqtt-packet. It is a thread's program: one request comes in, one answer goes out.
import {createRequire} from "node:module";
import {parentPort} from "node:worker_threads";
import mqtt from "mqtt-packet";
import {fromOurs, LEVELS, NotExpressible, toOurs} from "./packets.mjs";

const CAPABILITIES = {
  codec: `mqtt-packet ${createRequire(import.meta.url)("mqtt-packet/package.json").version}`,
  versions: ["3.1", "3.1.1", "5.0"],
  senders: ["any"],  // it is never told whose packets it reads
  ops: ["decode", "encode"],
  property_order: false,
  notes: [
    "properties are one object: the order of different ones, and of user properties with different names, is lost",
    "text is decoded with U+FFFD in place of what is not UTF-8",
    "the parser does not say how many bytes of an incomplete packet it holds",
  ],
};

class BadRequest extends Error {}

function check(request) {
  if (!(request.version in LEVELS || request.version === "auto")) throw new BadRequest('"version" must be 3.1, 3.1.1, 5.0 or auto');
  if (!Array.isArray(request.chunks) || request.chunks.some((chunk) => !/^([0-9a-f]{2})*$/i.test(chunk))) throw new BadRequest('"chunks" must be an array of bytes in hex');
}

function decode(request) {
  check(request);
  const parser = mqtt.parser(request.version === "auto" ? {} : {protocolVersion: LEVELS[request.version]});
  const packets = [];
  let level = LEVELS[request.version] ?? 4;
  let error = null;
  parser.on("error", (e) => (error ??= {message: e.message}));
  parser.on("packet", (packet) => {
    if (packet.cmd === "connect" && request.version === "auto") level = packet.protocolVersion;
    if (!error) packets.push(toOurs(packet, level));
  });
  try {
    for (const chunk of request.chunks) {
      if (error) break;  // whoever uses it closes the connection now
      parser.parse(Buffer.from(chunk, "hex"));
    }
  } catch (e) {
    error = {thrown: e.name, message: e.message};
  }
  return {packets, error};
}

// mqtt-packet refuses by throwing a plain Error; anything else is thrown by accident.
function encode(request) {
  const {packet, level} = fromOurs(request.packet, LEVELS[request.version] ?? 4);
  try {
    const bytes = mqtt.generate(packet, {protocolVersion: level});
    return bytes.length === 0 ? {error: {message: "nothing was written"}} : {hex: bytes.toString("hex")};
  } catch (e) {
    return {error: e.constructor === Error ? {message: e.message} : {thrown: e.name, message: e.message}};
  }
}

const OPERATIONS = {decode, encode, capabilities: () => CAPABILITIES};

function carryOut(request) {
  const operation = OPERATIONS[request?.op];
  if (!operation) return {error: {class: "bad_request", message: '"op" must be decode, encode or capabilities'}};
  try {
    return operation(request);
  } catch (e) {
    if (e instanceof NotExpressible) return {skip: e.message};
    return {error: {class: "bad_request", message: `${e.name}: ${e.message}`}};  // a fault of the request or of ours: the codec's own are caught above
  }
}

parentPort.on("message", (request) => parentPort.postMessage({id: request?.id ?? null, ...carryOut(request)}));
