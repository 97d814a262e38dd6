// npm's mqtt-connection as a client of the broadcast server: it knows packets and no more, so the acknowledgements are given here.
// usage: mqtt_connection.mjs CERTIFICATES FOLDER TCP TLS WS WSS
import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import connection from 'mqtt-connection'
import { createWebSocketStream, WebSocket } from 'ws'
import { carriers, play, versions } from './scenario.mjs'

const streams = {
  tcp: ({ port }) => net.connect({ port, host: '127.0.0.1', noDelay: true }),
  tls: ({ port, ca }) => tls.connect({ port, host: '127.0.0.1', ca }).setNoDelay(true),
  ws: ({ port }) => createWebSocketStream(new WebSocket(`ws://127.0.0.1:${port}/mqtt`, 'mqtt')),
  wss: ({ port, ca }) => createWebSocketStream(new WebSocket(`wss://127.0.0.1:${port}/mqtt`, 'mqtt', { ca })),
}

class Client {
  messages = []
  #waiting = new Map() // by message id
  #lastId = 0

  constructor(stream, protocolVersion) {
    this.stream = stream
    this.mqtt = connection(stream, { protocolVersion })
    this.mqtt.on('error', (error) => {
      if (!this.isOver) throw error
    })
    this.mqtt.on('publish', ({ topic, payload, qos, retain, messageId }) => {
      this.messages.push({ topic, payload, qos, retain })
      if (qos === 1) this.mqtt.puback({ messageId })
      if (qos === 2) this.mqtt.pubrec({ messageId })
    })
    this.mqtt.on('pubrel', ({ messageId }) => this.mqtt.pubcomp({ messageId }))
    this.mqtt.on('pubrec', ({ messageId }) => this.mqtt.pubrel({ messageId }))
    for (const answer of ['puback', 'pubcomp', 'suback']) this.mqtt.on(answer, ({ messageId }) => this.#waiting.get(messageId)())
  }

  publish(message) {
    if (message.qos === 0) return this.mqtt.publish({ ...message }) // it writes into what it is given
    return this.#ask('publish', message)
  }
  subscribe(topic) {
    return this.#ask('subscribe', { subscriptions: [{ topic, qos: 2 }] })
  }
  end() {
    this.isOver = true // what comes now is answered in vain
    const closed = new Promise((resolve) => this.stream.once('end', resolve).once('error', resolve))
    this.mqtt.disconnect({ reasonCode: 0 })
    return closed
  }
  cut() {
    this.isOver = true
    this.stream.destroy()
  }

  #ask(what, packet) {
    const messageId = (this.#lastId = (this.#lastId % 65535) + 1)
    this.mqtt[what]({ ...packet, messageId })
    return new Promise((resolve) => this.#waiting.set(messageId, resolve))
  }
}

function opening(carrier, version) {
  return async (clientId, will) => {
    const client = new Client(streams[carrier.name](carrier), version)
    client.mqtt.connect({ clientId, protocolId: version === 3 ? 'MQIsdp' : 'MQTT', protocolVersion: version, clean: true, keepalive: 60, will })
    await once(client.mqtt, 'connack')
    return client
  }
}

for (const carrier of carriers) {
  for (const [name, version] of Object.entries(versions)) await play(carrier, name, opening(carrier, version))
}
