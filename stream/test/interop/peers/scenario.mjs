// What a client has to see at the broadcast server, cell by cell. A line a cell on the standard output; the first thing that is wrong ends it all.
// A cell's `open(name, will)` gives a client: subscribe(topic), publish({topic, payload, qos, retain}), cut(), end(), and its `messages`.
import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const [certificates, , ...ports] = process.argv.slice(2)
const ca = readFileSync(`${certificates}/ca.pem`)
export const versions = { 3.1: 3, '3.1.1': 4, '5.0': 5 }
export const carriers = ['tcp', 'tls', 'ws', 'wss'].map((name, i) => ({ name, port: Number(ports[i]), ca }))

async function until(isTrue, what) {
  for (let waited = 0; !isTrue(); waited += 2) {
    assert.ok(waited < 30000, `nothing came: ${what}`)
    await sleep(2)
  }
}

// The byte that stands there in the large payload.
const large = Buffer.from(Uint8Array.from({ length: 16 << 20 }, (_, at) => (at * 40503) >>> 7))

async function eachQos(topic, listener, speaker) {
  const said = []
  for (const qos of [0, 1, 2]) {
    for (const retain of [false, true]) {
      said.push({ topic, payload: Buffer.from(`QoS ${qos} \0`), qos, retain })
      await speaker.publish(said.at(-1))
      await until(() => listener.messages.length >= said.length, `QoS ${qos}`)
    }
  }
  assert.deepEqual(listener.messages.splice(0), said)
}

async function wills(topic, open, listener) {
  const will = { topic, payload: Buffer.from('lost'), qos: 1, retain: true }
  const polite = await open('polite', { ...will, payload: Buffer.from('never said') })
  await polite.end()
  const lost = await open('lost', will)
  lost.cut()
  await until(() => listener.messages.length > 0, 'the will')
  assert.deepEqual(listener.messages.splice(0), [will])
}

async function sixteenMib(topic, listener, speaker) {
  await speaker.publish({ topic, payload: large, qos: 1, retain: false })
  await until(() => listener.messages.length > 0, 'the large payload')
  const [{ payload }] = listener.messages.splice(0)
  assert.ok(large.equals(payload), 'the large payload has changed')
}

async function tenThousand(topic, listener, speaker) {
  const count = 10000
  const said = []
  for (let i = 0; i < count; ++i) said.push(speaker.publish({ topic, payload: String(i), qos: 1, retain: false }))
  await Promise.all(said)
  await until(() => listener.messages.length >= count, 'ten thousand')
  listener.messages.splice(0).forEach(({ payload }, i) => assert.equal(payload.toString(), String(i)))
}

export async function play(carrier, version, open) {
  const topic = `${carrier.name}/${version}`
  const listener = await open('listener')
  const speaker = await open('speaker')
  await listener.subscribe(topic)
  await eachQos(topic, listener, speaker)
  await wills(topic, open, listener)
  await sixteenMib(topic, listener, speaker)
  await tenThousand(topic, listener, speaker)
  assert.equal(listener.messages.length, 0)
  await speaker.end()
  await listener.end()
  console.log(`${carrier.name} ${version} ok`)
}
