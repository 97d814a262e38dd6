// Packets as mqtt-packet has them, and as packet JSON has them.

export const LEVELS = {"3.1": 3, "3.1.1": 4, "5.0": 5};
const VERSIONS = {3: "3.1", 4: "3.1.1", 5: "5.0"};

/** A packet that mqtt-packet's interface has no words for. */
export class NotExpressible extends Error {}

const BOOLEANS = new Set(["payload_format_indicator", "request_problem_information", "request_response_information", "retain_available",
  "wildcard_subscription_available", "subscription_identifier_available", "shared_subscription_available"]);
const OTHER_NAMES = {maximum_qos: "maximumQoS", subscription_identifier_available: "subscriptionIdentifiersAvailable", user_property: "userProperties"};
const PROPERTIES = ["payload_format_indicator", "message_expiry_interval", "content_type", "response_topic", "correlation_data", "subscription_identifier",
  "session_expiry_interval", "assigned_client_identifier", "server_keep_alive", "authentication_method", "authentication_data", "request_problem_information",
  "will_delay_interval", "request_response_information", "response_information", "server_reference", "reason_string", "receive_maximum", "topic_alias_maximum",
  "topic_alias", "maximum_qos", "retain_available", "user_property", "maximum_packet_size", "wildcard_subscription_available", "subscription_identifier_available",
  "shared_subscription_available"];
const theirName = (name) => OTHER_NAMES[name] ?? name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const OUR_NAMES = Object.fromEntries(PROPERTIES.map((name) => [theirName(name), name]));

// 3.x return codes, as the 5.0 reason codes that packet JSON has beside them.
const REASONS_OF_RETURN_CODES = [0, 0x84, 0x85, 0x88, 0x86, 0x87];

const hex = (bytes) => ({hex: Buffer.from(bytes).toString("hex")});
const ACKS = new Set(["puback", "pubrec", "pubrel", "pubcomp"]);

// ---- theirs to ours

function propertyList(object) {
  const list = [];
  for (const [their, value] of Object.entries(object ?? {})) {
    const name = OUR_NAMES[their] ?? their;
    if (name === "user_property") {
      for (const [key, values] of Object.entries(value)) for (const one of [values].flat()) list.push([name, [key, one]]);
    } else {
      for (const one of Array.isArray(value) ? value : [value]) list.push([name, typeof one === "boolean" ? Number(one) : one instanceof Uint8Array ? hex(one) : one]);
    }
  }
  return list;
}

function connectToOurs(p) {
  const five = p.protocolVersion === 5;
  const out = {type: "connect", version: VERSIONS[p.protocolVersion], clean_start: p.clean, keep_alive: p.keepalive, client_id: p.clientId};
  if (p.will) {
    out.will = {topic: p.will.topic, payload: hex(p.will.payload), qos: p.will.qos, retain: p.will.retain};
    if (five) out.will.properties = propertyList(p.will.properties);
  }
  if (p.username !== undefined) out.user_name = p.username;
  if (p.password !== undefined) out.password = hex(p.password);
  if (five) out.properties = propertyList(p.properties);
  return out;
}

function connackToOurs(p, level) {
  const out = {type: "connack"};
  if (level !== 3) out.session_present = p.sessionPresent;
  if (level === 5) return {...out, reason_code: p.reasonCode, properties: propertyList(p.properties)};
  return {...out, reason_code: REASONS_OF_RETURN_CODES[p.returnCode], return_code: p.returnCode};
}

function publishToOurs(p, level) {
  const out = {type: "publish", dup: p.dup, qos: p.qos, retain: p.retain, topic: p.topic};
  if (p.qos > 0) out.packet_id = p.messageId;
  out.payload = hex(p.payload);
  if (level === 5) out.properties = propertyList(p.properties);
  return out;
}

const subscriptionToOurs = ({topic, qos, nl, rap, rh}, level) =>
  level === 5 ? {topic_filter: topic, qos, no_local: nl, retain_as_published: rap, retain_handling: rh} : {topic_filter: topic, qos};

const SPECIAL = {connect: connectToOurs, connack: connackToOurs, publish: publishToOurs};

export function toOurs(p, level) {
  if (SPECIAL[p.cmd]) return SPECIAL[p.cmd](p, level);
  const out = {type: p.cmd};
  if (level === 3 && ["pubrel", "subscribe", "unsubscribe"].includes(p.cmd)) out.dup = p.dup;
  if (p.messageId !== undefined) out.packet_id = p.messageId;
  if (p.cmd === "subscribe") out.subscriptions = p.subscriptions.map((s) => subscriptionToOurs(s, level));
  if (p.cmd === "unsubscribe") out.topic_filters = p.unsubscriptions;
  if (p.cmd === "suback" || (p.cmd === "unsuback" && level === 5)) out.reason_codes = p.granted;
  if (level === 5 && (ACKS.has(p.cmd) || p.cmd === "disconnect" || p.cmd === "auth")) out.reason_code = p.reasonCode;
  if (level === 5 && !p.cmd.startsWith("ping")) out.properties = propertyList(p.properties);
  return out;
}

// ---- ours to theirs

function text(value) {
  if (typeof value === "string") return value;
  throw new NotExpressible("mqtt-packet takes text as strings of JavaScript, which cannot hold bytes that are not UTF-8");
}

const bytes = (value) => (typeof value === "string" ? Buffer.from(value) : Buffer.from(value.hex, "hex"));

function propertyValue(name, value) {
  if (BOOLEANS.has(name) && (value === 0 || value === 1)) return value === 1;
  return typeof value === "object" ? bytes(value) : value;
}

function propertyObject(list) {
  if (!list) return undefined;
  const out = {};
  for (const [name, value] of list) {
    const their = theirName(name);
    if (name === "user_property") {
      const users = (out[their] ??= Object.create(null));
      const [key, content] = value.map(text);
      users[key] = key in users ? [users[key], content].flat() : content;
    } else {
      const one = propertyValue(name, value);
      out[their] = their in out ? [out[their], one].flat() : one;
    }
  }
  return out;
}

function connectFromOurs(p, level) {
  const out = {cmd: "connect", protocolVersion: level, protocolId: level === 3 ? "MQIsdp" : "MQTT", clean: p.clean_start, keepalive: p.keep_alive, clientId: text(p.client_id ?? "")};
  if (p.will) out.will = {topic: text(p.will.topic), payload: bytes(p.will.payload ?? ""), qos: p.will.qos, retain: p.will.retain, properties: propertyObject(p.will.properties)};
  if (p.user_name !== undefined) out.username = text(p.user_name);
  if (p.password !== undefined) out.password = bytes(p.password);
  return out;
}

function returnCode(p) {
  if (p.return_code !== undefined) return p.return_code;
  const at = REASONS_OF_RETURN_CODES.indexOf(p.reason_code ?? 0);
  return at < 0 ? p.reason_code : at;
}

export function fromOurs(p, versionLevel) {
  const level = p.type === "connect" && p.version ? LEVELS[p.version] : versionLevel;
  const out = p.type === "connect" ? connectFromOurs(p, level) : {cmd: p.type};
  if (p.properties) out.properties = propertyObject(p.properties);
  if (p.packet_id !== undefined) out.messageId = p.packet_id;
  if (p.dup !== undefined) out.dup = p.dup;
  if (level === 5 && p.type !== "connect") out.reasonCode = p.reason_code ?? (["connack", "disconnect", "auth"].includes(p.type) || ACKS.has(p.type) ? 0 : undefined);
  if (p.type === "connack") Object.assign(out, {sessionPresent: p.session_present, returnCode: returnCode(p)});
  if (p.type === "publish") Object.assign(out, {qos: p.qos, retain: p.retain, topic: text(p.topic), payload: bytes(p.payload ?? "")});
  if (p.type === "subscribe") {
    out.subscriptions = p.subscriptions.map((s) => ({topic: text(s.topic_filter), qos: s.qos ?? 0, nl: s.no_local, rap: s.retain_as_published, rh: s.retain_handling ?? 0}));
  }
  if (p.type === "unsubscribe") out.unsubscriptions = p.topic_filters.map(text);
  if (p.reason_codes) out.granted = p.reason_codes;
  return {packet: out, level};
}
