// MQTT.js, driven by the live harness: lines of JSON in, lines of JSON out (../client/README.md, "Drivers").
// usage: NODE_MODULES=folder-with-mqtt node mqttjs.mjs
import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'

const require = createRequire(join(process.env.NODE_MODULES ?? process.cwd(), 'package.json'))
const mqtt = require('mqtt')
const { generate } = createRequire(require.resolve('mqtt'))('mqtt-packet')

const say = (what) => process.stdout.write(JSON.stringify(what) + '\n')
const textIn = (value) => (typeof value === 'string' ? value : Buffer.from(value.hex, 'hex'))
const levels = { '3.1': ['MQIsdp', 3], '3.1.1': ['MQTT', 4], '5.0': ['MQTT', 5] }

let client
let store  // of a session that is to go on
let acknowledgements = new Map()  // with "manual": what MQTT.js waits for, by packet identifier
let authentication  // what MQTT.js waits for behind AUTH

function propertiesOf(command) {
  const properties = {}
  const take = (from, to, convert = (x) => x) => { if (command[from] !== undefined) properties[to] = convert(command[from]) }
  take('session_expiry', 'sessionExpiryInterval')
  take('receive_maximum', 'receiveMaximum')
  take('maximum_packet_size', 'maximumPacketSize')
  take('topic_alias_maximum', 'topicAliasMaximum')
  take('request_problem_information', 'requestProblemInformation', Boolean)
  take('authentication_method', 'authenticationMethod')
  take('authentication_data', 'authenticationData', (x) => Buffer.from(x))
  take('message_expiry', 'messageExpiryInterval')
  take('topic_alias', 'topicAlias')
  take('subscription_identifier', 'subscriptionIdentifier')
  take('reason_string', 'reasonString')
  take('user_properties', 'userProperties', Object.fromEntries)
  return properties
}

// What the server takes. MQTT.js hands that to the application, and sends what it is asked for; so this application does not ask for more. Topic aliases MQTT.js counts itself.
function keepToLimits(packet) {
  const limits = client.serverProperties ?? {}
  const keep = (holds, name) => { if (!holds) throw { unsupported: `MQTT.js leaves the server's ${name} to the application` } }
  const filters = (packet.subscriptions ?? []).map((s) => s.topic)
  keep((packet.cmd !== 'publish') || packet.qos <= (limits.maximumQoS ?? 2), 'Maximum QoS')
  keep(!packet.retain || limits.retainAvailable !== false, 'Retain Available')
  keep(limits.wildcardSubscriptionAvailable !== false || !filters.some((f) => /[+#]/.test(f)), 'Wildcard Subscription Available')
  keep(limits.subscriptionIdentifiersAvailable !== false || packet.properties?.subscriptionIdentifier === undefined, 'Subscription Identifier Available')
  keep(limits.sharedSubscriptionAvailable !== false || !filters.some((f) => f.startsWith('$share/')), 'Shared Subscription Available')
  keep(!limits.maximumPacketSize || generate(packet, { protocolVersion: 5 }).length <= limits.maximumPacketSize, 'Maximum Packet Size')
}

function optionsOf(command) {
  const [protocolId, protocolVersion] = levels[command.version]
  const options = {
    clientId: command.client_id, clean: command.clean, keepalive: command.keep_alive, protocolId, protocolVersion, reconnectPeriod: 0, resubscribe: false,
    connectTimeout: 1000 * (command.connect_timeout ?? 10), username: command.user_name, password: command.password, reschedulePings: true,
    will: command.will && { topic: command.will.topic, payload: command.will.payload, qos: command.will.qos, retain: command.will.retain },
  }
  if (command.automatic_aliases) options.autoUseTopicAlias = true
  if (command.manual) options.customHandleAcks = (topic, payload, packet, done) => { acknowledgements.set(packet.messageId, done); given(topic, payload, packet) }
  if (protocolVersion === 5) options.properties = propertiesOf(command)
  if (store) Object.assign(options, store)
  return options
}

const given = (topic, payload, p) => say({ message: { topic, payload: payload.toString(), qos: p.qos, retain: p.retain, packet_id: p.messageId ?? 0 } })

function connect(command) {
  if (!command.clean && !store) store = { incomingStore: new mqtt.Store({ clean: false }), outgoingStore: new mqtt.Store({ clean: false }) }
  acknowledgements = new Map()
  const url = `${command.host}:${command.port}`
  const mine = mqtt.connect(command.transport === 'websocket' ? `ws://${url}${command.path}` : `mqtt://${url}`, optionsOf(command))
  client = mine
  mine.handleAuth = (packet, callback) => { authentication = callback; say({ authentication: packet.reasonCode }) }
  mine.on('connect', (p) => say({ connected: true, reason_code: p.reasonCode ?? p.returnCode ?? 0, session_present: p.sessionPresent }))
  mine.on('message', (topic, payload, p) => { if (!command.manual || p.qos === 0) given(topic, payload, p) })
  mine.on('error', (e) => say({ event_error: String(e.message ?? e) }))
  mine.on('disconnect', (p) => say({ disconnect: p.reasonCode ?? 0 }))
  let told = false
  mine.on('close', () => { if (!told) say({ closed: 'close' }); told = true })
}

// Behind a verb of MQTT.js: an error that it told at once is the driver's answer, a later one an event.
function attempt(act, event) {
  let refused
  act((e, ...rest) => {
    refused = e
    say(e ? { event_error: e.message } : event(...rest))
  })
  if (refused) throw refused
}

const verbs = {
  connect,
  subscribe(c) {
    const options = { qos: c.qos, properties: propertiesOf(c) }
    keepToLimits({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: c.topic, ...options }], properties: options.properties })
    attempt((done) => client.subscribe(textIn(c.topic), options, done), (granted) => ({ subscribed: granted.map((g) => g.qos) }))
  },
  unsubscribe(c) { client.unsubscribe(textIn(c.topic), () => say({ unsubscribed: true })) },
  publish(c) {
    const options = { qos: c.qos, retain: c.retain, properties: propertiesOf(c) }
    keepToLimits({ cmd: 'publish', messageId: 1, topic: c.topic, payload: textIn(c.payload), ...options })
    attempt((done) => client.publish(textIn(c.topic), textIn(c.payload), options, done), () => ({ published: true }))
  },
  disconnect(c) {
    const properties = propertiesOf(c)
    const options = c.reason_code !== undefined || Object.keys(properties).length ? { reasonCode: c.reason_code ?? 0, properties } : {}
    keepToLimits({ cmd: 'disconnect', ...options })
    client.end(false, options)
  },
  authenticate(c) {
    if (c.reason_code !== 0x18) throw { unsupported: 'MQTT.js sends AUTH only where the server has sent one' }
    if (authentication) authentication(null, { cmd: 'auth', reasonCode: c.reason_code, properties: propertiesOf(c) })
    authentication = undefined
  },
  acknowledge(c) {
    if (!['puback', 'pubrec'].includes(c.packet)) throw { unsupported: `MQTT.js asks no application about ${c.packet}` }
    if (c.reason_string || c.user_properties) throw { unsupported: 'MQTT.js takes no properties for acknowledgements' }
    acknowledgements.get(c.packet_id)(null, c.reason_code ?? 0)
    acknowledgements.delete(c.packet_id)
  },
}

function obey(line) {
  const command = JSON.parse(line)
  const verb = verbs[command.do]
  if (!verb) return say({ unsupported: `MQTT.js's interface has no "${command.do}"` })
  try {
    verb(command)
    say({ done: command.do })
  } catch (e) {
    say(e.unsupported ? e : { error: String(e.message ?? e) })
  }
}

createInterface({ input: process.stdin }).on('line', obey).on('close', () => process.exit(0))
