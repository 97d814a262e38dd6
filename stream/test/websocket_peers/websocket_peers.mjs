// Lets ws and MQTT.js talk with our ends, on loopback.
// usage: node websocket_peers.mjs <websocket_peer>
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { createInterface } from 'node:readline'
import mqtt from 'mqtt'
import mqttPacket from 'mqtt-packet'
import { WebSocket, WebSocketServer } from 'ws'

const program = process.argv[2]
setTimeout(() => { throw new Error('took too long') }, 200_000).unref()

const running = new Set()
process.on('exit', () => running.forEach((child) => child.kill()))

// Our program, line by line.
function run (...args) {
  const child = spawn(program, args.map(String), { stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  child.on('exit', () => running.delete(child))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const exited = once(child, 'exit')
  return { line: async () => (await lines.next()).value, exit: async () => (await exited)[0] }
}

const patterned = (size) => Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) & 0xff))

// Our server: each connects, does something, and says what our program must print.
const clients = {
  async echo (url) {
    const ws = new WebSocket(url + '/echo', 'mqtt', { perMessageDeflate: true })  // which we do not take
    await once(ws, 'open')
    assert.equal(ws.protocol, 'mqtt')
    assert.equal(ws.extensions, '')
    const said = patterned(2_000_000)
    const heard = []
    let size = 0
    const all = new Promise((resolve) => ws.on('message', (data, isBinary) => {
      assert(isBinary)
      heard.push(data)
      size += data.length
      if (size === said.length) resolve()
    }))
    for (let at = 0, piece = 0; at < said.length; at += piece, piece = piece * 3 % 100_003 + 1) ws.send(said.subarray(at, at + piece))
    await all
    assert(Buffer.concat(heard).equals(said))
    ws.close(1000)
    assert.equal((await once(ws, 'close'))[0], 1000)
    return "/echo 'mqtt': end"
  },
  async fragmentsAndPings (url) {
    const ws = new WebSocket(url + '/echo', ['soap', 'mqttv3.1'])
    await once(ws, 'open')
    ws.send(Buffer.from('a'), { fin: false })
    ws.ping('between')
    ws.send(Buffer.alloc(0), { fin: false })
    ws.send(Buffer.from('b'), { fin: true })
    let heard = ''
    const both = new Promise((resolve) => ws.on('message', (data) => { heard += data; if (heard.length === 2) resolve() }))
    assert.equal((await once(ws, 'pong'))[0].toString(), 'between')
    await both
    assert.equal(heard, 'ab')
    ws.close(4000, 'enough')
    assert.equal((await once(ws, 'close'))[0], 4000)
    return "/echo 'mqttv3.1': failed: the peer closed the WebSocket with 4000: enough"
  },
  async text (url) {
    const ws = new WebSocket(url + '/echo', 'mqtt')
    await once(ws, 'open')
    ws.send('text')
    assert.equal((await once(ws, 'close'))[0], 1003)
    return "/echo 'mqtt': failed: a text frame, where MQTT has binary frames only"
  },
  async tooLarge (url) {
    const ws = new WebSocket(url + '/echo', 'mqtt')
    await once(ws, 'open')
    ws.on('error', () => {})  // we close while it still writes
    ws.send(Buffer.alloc((4 << 20) + 1))
    const [status] = await once(ws, 'close')
    assert([1009, 1006].includes(status))
    return "/echo 'mqtt': failed: a frame is too large"
  },
  async vanishes (url) {
    const ws = new WebSocket(url + '/echo', 'mqtt')
    await once(ws, 'open')
    ws.terminate()
    return "/echo 'mqtt': failed: the peer ended the connection without a close frame"
  },
  async offersNothing (url) {
    const [error] = await once(new WebSocket(url + '/echo'), 'error')
    assert.match(error.message, /400/)
    return "'': failed: the WebSocket handshake was refused with 400: the request offers no subprotocol of ours"
  },
  async isFromElsewhere (url) {
    const [error] = await once(new WebSocket(url + '/echo', 'mqtt', { origin: 'https://evil.example' }), 'error')
    assert.match(error.message, /403/)
    return "'': failed: the WebSocket handshake was refused with 403: the origin is not welcome"
  },
  async asksPlainly (url) {
    const [answer] = await once(http.get(url.replace('ws:', 'http:') + '/'), 'response')
    assert.equal(answer.statusCode, 426)
    assert.equal(answer.headers['sec-websocket-version'], '13')
    let body = ''
    for await (const piece of answer) body += piece
    assert.equal(body, 'the request does not ask for WebSocket\n')
    return "'': failed: the WebSocket handshake was refused with 426: the request does not ask for WebSocket"
  },
  ...Object.fromEntries([3, 4, 5].map((version) => ['mqttJs' + version, (url) => mqttJs(url, version)]))
}

async function mqttJs (url, protocolVersion) {
  const is31 = protocolVersion === 3
  const client = await mqtt.connectAsync(url + '/mqtt', { protocolVersion, reconnectPeriod: 0, clientId: 'js', ...(is31 ? { protocolId: 'MQIsdp' } : {}) })
  const payloads = [Buffer.from('small'), patterned(500_000), Buffer.alloc(0)]
  const heard = []
  const all = new Promise((resolve) => client.on('message', (topic, payload) => { assert.equal(topic, 'a/b'); if (heard.push(payload) === payloads.length) resolve() }))
  await client.subscribeAsync('a/b', { qos: 1 })
  for (const payload of payloads) await client.publishAsync('a/b', payload, { qos: 1 })
  await all
  heard.forEach((payload, i) => assert(payload.equals(payloads[i])))
  await client.endAsync()
  return new RegExp(`^/mqtt '${is31 ? 'mqttv3.1' : 'mqtt'}': (end|failed: the peer (ended|closed).*)$`)
}

async function serverOfOurs () {
  const all = Object.entries(clients)
  const ours = run('serve', all.length)
  const url = `ws://127.0.0.1:${await ours.line()}`
  for (const [name, client] of all) {
    const expected = await client(url)
    const told = await ours.line()
    if (expected instanceof RegExp) assert.match(told, expected, name)
    else assert(told.endsWith(expected), `${name}: ${told}`)
    console.log(`our server: ${name}: ${told}`)
  }
  assert.equal(await ours.exit(), 0)
}

// Node's server: what it does at each path, and what our client then says.
const paths = {
  '/echo': { bytes: 3_000_000, says: 'end', does: (ws) => ws.on('message', (data) => ws.send(data)) },
  '/deflated': { bytes: 100_000, says: 'end', does: (ws) => ws.on('message', (data) => ws.send(data, { compress: true })) },
  '/pieces': {
    bytes: 5000,
    says: 'end',
    does: (ws) => ws.on('message', (data) => {
      for (let i = 0; i < data.length; i++) ws.send(data.subarray(i, i + 1), { fin: i + 1 === data.length })
      ws.ping('x')
    })
  },
  '/close': { bytes: 0, says: 'end', does: (ws) => ws.close(1000) },
  '/refuse': { bytes: 0, says: 'failed: the peer closed the WebSocket with 1008: policy', does: (ws) => ws.close(1008, 'policy') },
  '/text': { bytes: 0, says: 'failed: a text frame, where MQTT has binary frames only', does: (ws) => ws.send('text'), status: 1003 },
  '/vanish': { bytes: 0, says: 'failed: the peer ended the connection without a close frame', does: (ws) => ws.terminate() }
}

async function clientOfOurs () {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true, verifyClient: ({ req }, done) => done(req.url !== '/none', 404, '') })
  await once(server, 'listening')
  const { port } = server.address()
  for (const [path, { bytes, says, does, status }] of Object.entries(paths)) {
    const ours = run('echo', port, path, bytes)
    const [ws] = await once(server, 'connection')
    assert.equal(ws.protocol, 'mqtt')
    const closed = once(ws, 'close')
    does(ws)
    assert.equal(await ours.line(), `${path} 'mqtt': ${says}`)
    assert.equal(await ours.exit(), 0)
    const [code] = await closed
    if (says === 'end') assert.equal(code, 1000)
    if (status) assert.equal(code, status)
    console.log(`our client: ${path}: ${says}`)
  }
  const refused = run('echo', port, '/none', 0)
  assert.equal(await refused.line(), " '': failed: the server answered 404 Not Found")
  server.close()

  const silent = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => false })
  await once(silent, 'listening')
  assert.equal(await run('echo', silent.address().port, '/', 0).line(), " '': failed: the server chose no subprotocol")
  silent.close()

  const ssh = net.createServer((socket) => socket.end('SSH-2.0-OpenSSH_9\r\n\r\n')).listen(0, '127.0.0.1')
  await once(ssh, 'listening')
  assert.equal(await run('echo', ssh.address().port, '/', 0).line(), " '': failed: the server does not answer in HTTP/1.1")
  ssh.close()
}

// Packets read and written by mqtt-packet, each answer in frames of a byte.
async function mqttOfOurs () {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  server.on('connection', (ws) => {
    const parser = mqttPacket.parser()
    const say = (packet) => { for (const byte of mqttPacket.generate(packet)) ws.send(Buffer.of(byte)) }
    parser.on('packet', (packet) => {
      if (packet.cmd === 'connect') say({ cmd: 'connack', returnCode: 0, sessionPresent: false })
      if (packet.cmd === 'publish') say({ cmd: 'puback', messageId: packet.messageId })
    })
    ws.on('message', (data) => parser.parse(data))
  })
  const ours = run('mqtt', server.address().port, 1000)
  assert.equal(await ours.line(), "/mqtt 'mqtt': end")
  assert.equal(await ours.line(), '1000 acknowledged')
  assert.equal(await ours.exit(), 0)
  server.close()
  console.log('our client: 1000 messages acknowledged')
}

await serverOfOurs()
await clientOfOurs()
await mqttOfOurs()
console.log('all as expected')
process.exit(0)
