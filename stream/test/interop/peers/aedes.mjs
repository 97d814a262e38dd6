// aedes on loopback, over TCP, TLS, ws and wss.
// usage: aedes.mjs CERTIFICATES FOLDER TCP TLS WS WSS
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import tls from 'node:tls'
import { Aedes } from 'aedes'
import { createWebSocketStream, WebSocketServer } from 'ws'

const [certificates, , ...ports] = process.argv.slice(2)
const shown = { cert: readFileSync(`${certificates}/cert.pem`), key: readFileSync(`${certificates}/key.pem`) }
const broker = await Aedes.createBroker()

const overWebSocket = (server) => {
  new WebSocketServer({ server }).on('connection', (socket, request) => broker.handle(createWebSocketStream(socket), request))
  return server
}
const servers = [
  net.createServer(broker.handle),
  tls.createServer(shown, broker.handle),
  overWebSocket(http.createServer()),
  overWebSocket(https.createServer(shown)),
]
servers.forEach((server, i) => server.listen(Number(ports[i]), '127.0.0.1'))
