// Decodes our packets with npm's mqtt-packet and compares every field with what we meant.
// usage: codec_referee_packets json 2000 | node mqtt_packet_referee.mjs <least number of packets>
import { createInterface } from 'node:readline'
import mqtt from 'mqtt-packet'

// Faults of mqtt-packet 9.0.2 that our packets run into. Each is worked around, so that the rest of the packet is still
// compared, and counted: a fault that no longer shows up fails the run, so that the list stays true.
const knownFaults = {
  duplicateInV31: 'refuses DUP on PUBREL, SUBSCRIBE and UNSUBSCRIBE, which 3.1 allows: the flag is taken out of its copy',
  emptyAuth: 'refuses AUTH with Remaining Length 0, which 5.0 calls a short form: not decoded any further',
  emptyUserProperty: 'forgets the empty value of a user property when the name comes again: its list is not compared, the pairs as they are read are',
  illFormedText: 'replaces ill-formed UTF-8, which 3.1 has no rule against: compared after the same replacement'
}
const counts = Object.fromEntries(Object.keys(knownFaults).map((name) => [name, 0]))

const types = [, 'connect', 'connack', 'publish', 'puback', 'pubrec', 'pubrel', 'pubcomp', 'subscribe', 'suback', 'unsubscribe', 'unsuback', 'pingreq', 'pingresp', 'disconnect', 'auth']
const booleans = new Set(['payload_format_indicator', 'request_problem_information', 'request_response_information', 'retain_available',
  'wildcard_subscription_available', 'subscription_identifier_available', 'shared_subscription_available'])
const strings = new Set(['content_type', 'response_topic', 'assigned_client_identifier', 'authentication_method', 'response_information', 'server_reference', 'reason_string'])
const binaries = new Set(['correlation_data', 'authentication_data'])
const otherNames = { maximum_qos: 'maximumQoS', subscription_identifier_available: 'subscriptionIdentifiersAvailable' }

const camel = (name) => otherNames[name] ?? name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())
const bytes = (hex) => Buffer.from(hex, 'hex')

function text (hex) {
  const raw = bytes(hex)
  const decoded = raw.toString('utf8')
  if (!Buffer.from(decoded, 'utf8').equals(raw)) counts.illFormedText++
  return decoded
}

// Our list of pairs in the shape of mqtt-packet: one key a property, arrays for repeats, user properties by name.
function properties (list, pairs) {
  const shape = {}
  const users = new Map()
  for (const [name, value] of list) {
    if (name === 'user_property') {
      const [key, content] = [text(value[0]), text(value[1])]
      pairs.push([key, content])
      if (users.has(key)) users.get(key).push(content)
      else users.set(key, [content])
      continue
    }
    const decoded = booleans.has(name) ? value !== 0 : strings.has(name) ? text(value) : binaries.has(name) ? bytes(value) : value
    const key = camel(name)
    if (key in shape) shape[key] = [].concat(shape[key], decoded)
    else shape[key] = decoded
  }
  if (users.size !== 0) {
    shape.userProperties = Object.create(null)
    for (const [key, values] of users) shape.userProperties[key] = values.length === 1 ? values[0] : values
  }
  return Object.keys(shape).length === 0 ? undefined : shape
}

// What mqtt-packet should say of the packet; `pairs` gets the user properties in wire order.
function expectation ({ version, bytes: hex, packet: p }, remainingLength, pairs) {
  const cmd = types[p.type]
  const flagged = ['pubrel', 'subscribe', 'unsubscribe'].includes(cmd)
  const expected = { cmd, retain: p.retain ?? false, qos: flagged ? 1 : p.qos ?? 0, dup: cmd === 'publish' ? p.dup : false, length: remainingLength, topic: null, payload: null }
  const v5 = version === 5
  if (cmd === 'connect') {
    Object.assign(expected, { protocolId: version === 3 ? 'MQIsdp' : 'MQTT', protocolVersion: version, clean: p.clean_start, keepalive: p.keep_alive, properties: properties(p.properties, pairs), clientId: text(p.client_id) })
    if (p.will) expected.will = { retain: p.will.retain, qos: p.will.qos, properties: properties(p.will.properties, pairs), topic: text(p.will.topic), payload: bytes(p.will.payload) }
    if ('user_name' in p) expected.username = text(p.user_name)
    if ('password' in p) expected.password = bytes(p.password)
    return expected
  }
  if (cmd === 'connack') {
    expected.sessionPresent = p.session_present
    if (v5) expected.reasonCode = p.reason_code
    else expected.returnCode = [0, 0x84, 0x85, 0x88, 0x86, 0x87].indexOf(p.reason_code)
  } else if ('reason_code' in p && v5) {
    expected.reasonCode = p.reason_code
  }
  if ('packet_id' in p && (cmd !== 'publish' || p.qos > 0)) expected.messageId = p.packet_id
  if (cmd === 'publish') Object.assign(expected, { topic: text(p.topic), payload: bytes(p.payload) })
  if (cmd === 'subscribe') {
    expected.subscriptions = p.subscriptions.map((s) => ({ topic: text(s.topic_filter), qos: s.qos, ...(v5 ? { nl: s.no_local, rap: s.retain_as_published, rh: s.retain_handling } : {}) }))
  }
  if (cmd === 'unsubscribe') expected.unsubscriptions = p.topic_filters.map(text)
  if ('reason_codes' in p && (v5 || cmd === 'suback')) expected.granted = p.reason_codes
  if (p.properties) expected.properties = properties(p.properties, pairs)
  return expected
}

// mqtt-packet's answer: the packets and errors it emits, and every pair of strings it reads.
function decode (version, input) {
  const parser = mqtt.parser({ protocolVersion: version })
  const answer = { packets: [], errors: [], pairs: [] }
  const readPair = parser._parseStringPair.bind(parser)
  parser._parseStringPair = () => {
    const pair = readPair()
    answer.pairs.push([pair.name, pair.value])
    return pair
  }
  parser.on('packet', (packet) => answer.packets.push(packet))
  parser.on('error', (error) => answer.errors.push(error.message))
  answer.left = parser.parse(input)
  return answer
}

// One text for equal values: keys sorted, bytes told from text, absent and undefined alike.
function plain (value) {
  return JSON.stringify(value, function (key, member) {
    const raw = this[key]
    if (Buffer.isBuffer(raw) || raw instanceof Uint8Array) return { bytes: Buffer.from(raw).toString('hex') }
    if (raw !== null && typeof raw === 'object' && !Array.isArray(raw)) return Object.fromEntries(Object.entries(raw).sort(([a], [b]) => (a < b ? -1 : 1)))
    return member
  })
}

const forgets = (pairs) => pairs.some(([name, value], at) => value === '' && pairs.slice(at + 1).some(([later]) => later === name))

function dropUserProperties (packet) {
  delete packet.properties?.userProperties
  delete packet.will?.properties?.userProperties
}

// An empty text if mqtt-packet agrees.
function judge (line) {
  const input = bytes(line.bytes)
  const { version, packet } = line
  const headerSize = 2 + (input[1] > 127) + (input[1] > 127 && input[2] > 127) + (input[1] > 127 && input[2] > 127 && input[3] > 127)
  const pairs = []
  const expected = expectation(line, input.length - headerSize, pairs)
  if (version === 3 && packet.dup && packet.type !== 3) {
    counts.duplicateInV31++
    if (decode(version, input).errors.length === 0) return 'DUP of 3.1 is no longer refused: take the fault off the list'
    input[0] &= ~8
  }
  const got = decode(version, input)
  if (packet.type === 15 && input.length === 2) {
    counts.emptyAuth++
    return got.errors[0] === 'Invalid auth reason code' ? '' : 'AUTH of two bytes is no longer refused: take the fault off the list'
  }
  if (got.errors.length !== 0) return `refused: ${got.errors.join('; ')}`
  if (got.packets.length !== 1 || got.left !== 0) return `${got.packets.length} packets and ${got.left} bytes left over`
  if (plain(got.pairs) !== plain(pairs)) return `user properties\n  ours   ${plain(pairs)}\n  theirs ${plain(got.pairs)}`
  if (forgets(pairs)) {
    counts.emptyUserProperty++
    dropUserProperties(expected)
    dropUserProperties(got.packets[0])
  }
  const [ours, theirs] = [plain(expected), plain({ ...got.packets[0] })]
  return ours === theirs ? '' : `fields\n  ours   ${ours}\n  theirs ${theirs}`
}

const least = Number(process.argv[2])
let compared = 0
let wrong = 0
const seen = new Set()
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const parsed = JSON.parse(line)
  const verdict = judge(parsed)
  compared++
  seen.add(`${parsed.packet.type}/${parsed.version}`)
  if (verdict === '') continue
  if (++wrong <= 10) console.log(`FAILED: ${types[parsed.packet.type]} of version ${parsed.version}, ${parsed.bytes.slice(0, 400)}: ${verdict.slice(0, 2000)}`)
}
console.log(`${compared} packets of ${seen.size} types and versions compared, ${wrong} differ`)
for (const [name, count] of Object.entries(counts)) {
  console.log(`known fault of mqtt-packet, ${count} times: ${knownFaults[name]}`)
  if (count === 0) wrong++, console.log(`FAILED: ${name} did not show up: take it off the list or widen the packets`)
}
if (!(least > 0) || compared < least || seen.size !== 43) wrong++, console.log('FAILED: too few packets')
process.exitCode = wrong === 0 ? 0 : 1
