// node adapter.mjs: npm's mqtt-packet behind the adapter protocol (../README.md). The codec works in a thread of its own (codec.mjs): if that hangs or dies, the
// request is answered with an error, and a new one takes the next.
import {createInterface} from "node:readline";
import {Worker} from "node:worker_threads";

const PATIENCE = Number(process.env.MQTT_ADAPTER_PATIENCE ?? 10);  // seconds
let thread;
let settle = () => {};  // the request that waits

function start() {
  const started = new Worker(new URL("codec.mjs", import.meta.url), {resourceLimits: {maxOldGenerationSizeMb: 2048}});
  started.on("message", (value) => settle(value));
  started.on("error", (e) => started === thread && fail({thrown: e.name, message: `the codec's thread died: ${e.message}`}));
  started.on("exit", (code) => started === thread && fail({thrown: "exit", message: `the codec's thread ended with ${code}`}));
  return started;
}

function end() {
  const ended = thread;
  thread = undefined;
  return ended?.terminate();
}

function fail(error) {
  end();
  settle({packets: [], error});
}

// The codec's answer, or an error in its place.
async function answer(request) {
  thread ??= start();
  const timer = setTimeout(() => fail({hang: true, message: `no answer within ${PATIENCE} s`}), PATIENCE * 1000);
  const value = await new Promise((resolve) => {
    settle = resolve;
    thread.postMessage(request);
  });
  clearTimeout(timer);
  return {id: request?.id ?? null, ...value};
}

async function answerLine(line) {
  let request;
  try {
    request = JSON.parse(line);
  } catch (e) {
    return {id: null, error: {class: "bad_request", message: e.message}};
  }
  return answer(request);
}

for await (const line of createInterface({input: process.stdin, crlfDelay: Infinity})) process.stdout.write(JSON.stringify(await answerLine(line)) + "\n");
await end();
