// MQTT.js, driven by the live harness: lines of JSON in, lines of JSON out (../README.md, "Drivers").
// usage: NODE_MODULES=folder-with-mqtt node mqttjs.mjs
import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'

const require = createRequire(join(process.env.NODE_MODULES ?? process.cwd(), 'package.json'))
const mqtt = require('mqtt')

const say = (what) => process.stdout.write(JSON.stringify(what) + '\n')
const textIn = (value) => (typeof value === 'string' ? value : Buffer.from(value.hex, 'hex'))
const levels = { '3.1': ['MQIsdp', 3], '3.1.1': ['MQTT', 4], '5.0': ['MQTT', 5] }

let client
let store  // of a session that is to go on

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

function optionsOf(command) {
  const [protocolId, protocolVersion] = levels[command.version]
  const options = {
    clientId: command.client_id, clean: command.clean, keepalive: command.keep_alive, protocolId, protocolVersion, reconnectPeriod: 0, resubscribe: false,
    connectTimeout: 1000 * (command.connect_timeout ?? 10), username: command.user_name, password: command.password, reschedulePings: true,
    will: command.will && { topic: command.will.topic, payload: command.will.payload, qos: command.will.qos, retain: command.will.retain },
  }
  if (command.automatic_aliases) options.autoUseTopicAlias = true
  if (command.manual) throw { unsupported: 'the application cannot answer by itself' }
  if (protocolVersion === 5) options.properties = propertiesOf(command)
  if (store) Object.assign(options, store)
  return options
}

function connect(command) {
  if (!command.clean && !store) store = { incomingStore: new mqtt.Store({ clean: false }), outgoingStore: new mqtt.Store({ clean: false }) }
  const mine = mqtt.connect(`mqtt://${command.host}:${command.port}`, optionsOf(command))
  client = mine
  mine.on('connect', (p) => say({ connected: true, reason_code: p.reasonCode ?? p.returnCode ?? 0, session_present: p.sessionPresent }))
  mine.on('message', (topic, payload, p) => say({ message: { topic, payload: payload.toString(), qos: p.qos, retain: p.retain, packet_id: p.messageId ?? 0 } }))
  mine.on('error', (e) => say({ event_error: String(e.message ?? e) }))
  mine.on('disconnect', (p) => say({ disconnect: p.reasonCode ?? 0 }))
  let told = false
  mine.on('close', () => { if (!told) say({ closed: 'close' }); told = true })
}

const verbs = {
  connect,
  subscribe(c) {
    const options = { qos: c.qos }
    if (c.subscription_identifier) options.properties = { subscriptionIdentifier: c.subscription_identifier }
    let refused
    client.subscribe(textIn(c.topic), options, (e, granted) => { if (e) { refused = e; say({ event_error: e.message }) } else say({ subscribed: granted.map((g) => g.qos) }) })
    if (refused) throw refused
  },
  unsubscribe(c) { client.unsubscribe(textIn(c.topic), () => say({ unsubscribed: true })) },
  publish(c) {
    const properties = propertiesOf(c)
    let refused
    client.publish(textIn(c.topic), textIn(c.payload), { qos: c.qos, retain: c.retain, ...(Object.keys(properties).length ? { properties } : {}) }, (e) => { if (e) { refused = e; say({ event_error: e.message }) } else say({ published: true }) })
    if (refused) throw refused
  },
  disconnect(c) {
    const properties = propertiesOf(c)
    const options = c.reason_code !== undefined || Object.keys(properties).length ? { reasonCode: c.reason_code ?? 0, properties } : {}
    client.end(false, options)
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
