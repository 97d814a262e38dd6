// MQTT.js as a client of the broadcast server.
// usage: mqttjs.mjs CERTIFICATES FOLDER TCP TLS WS WSS
import mqtt from 'mqtt'
import { carriers, play, versions } from './scenario.mjs'

const schemes = { tcp: 'mqtt', tls: 'mqtts', ws: 'ws', wss: 'wss' }

function opening({ name, port, ca }, version) {
  return async (clientId, will) => {
    const client = await mqtt.connectAsync(`${schemes[name]}://127.0.0.1:${port}/mqtt`, {
      ca,
      clientId,
      protocolId: version === 3 ? 'MQIsdp' : 'MQTT',
      protocolVersion: version,
      reconnectPeriod: 0,
      will,
    })
    const messages = []
    client.on('message', (topic, payload, { qos, retain }) => messages.push({ topic, payload, qos, retain }))
    return {
      messages,
      subscribe: (topic) => client.subscribeAsync(topic, { qos: 2 }),
      publish: ({ topic, payload, qos, retain }) => client.publishAsync(topic, payload, { qos, retain }),
      cut: () => (client.stream.socket ?? client.stream).destroy(),
      end: () => client.endAsync(),
    }
  }
}

for (const carrier of carriers) {
  for (const [name, version] of Object.entries(versions)) await play(carrier, name, opening(carrier, version))
}
