// aedes on loopback, over TCP, TLS, ws and wss. A port of "-": not over that; without TLS and WSS nobody reads the certificates.
// Nobody may publish or subscribe to topics below "denied".
// usage: aedes.mjs CERTIFICATES FOLDER TCP TLS WS WSS
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import tls from 'node:tls'
import { Aedes } from 'aedes'
import { createWebSocketStream, WebSocketServer } from 'ws'

const [certificates, , ...ports] = process.argv.slice(2)
const shown = () => ({ cert: readFileSync(`${certificates}/cert.pem`), key: readFileSync(`${certificates}/key.pem`) })
const broker = await Aedes.createBroker()

const isDenied = ({ topic }) => topic.startsWith('denied/')
const { authorizePublish, authorizeSubscribe } = broker
broker.authorizePublish = (client, packet, done) => (isDenied(packet) ? done(new Error('denied')) : authorizePublish(client, packet, done))
broker.authorizeSubscribe = (client, subscription, done) => (isDenied(subscription) ? done(null, null) : authorizeSubscribe(client, subscription, done))

// As aedes' documentation has it.
const overWebSocket = (server) => {
  new WebSocketServer({ server }).on('connection', (socket, request) => broker.handle(createWebSocketStream(socket), request))
  return server
}
const servers = [
  () => net.createServer(broker.handle),
  () => tls.createServer(shown(), broker.handle),
  () => overWebSocket(http.createServer()),
  () => overWebSocket(https.createServer(shown())),
]
servers.forEach((server, i) => {
  if (ports[i] !== '-') server().listen(Number(ports[i]), '127.0.0.1')
})
