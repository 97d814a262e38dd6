// node browser_test.mjs WEBSOCKET_SERVER: a page in Chromium talks MQTT over WebSocket to the example, with MQTT.js; a device talks to it over TCP; each hears the other.
import {spawn} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync} from "node:fs";
import {createServer} from "node:http";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {fileURLToPath} from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const started = [];
const profile = mkdtempSync(join(tmpdir(), "mqttspan-browser-"));
const told = [];      // by the page
let wake = () => {};  // whoever waits for something to be told or printed

function end(status) {
  for (const child of started) {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {}  // it has ended
  }
  rmSync(profile, {recursive: true, force: true, maxRetries: 5, retryDelay: 200});
  process.exit(status);
}

function fail(why) {
  console.log(`FAILED: ${why}`);
  console.log("the page told:", told);
  for (const child of started) console.log(`--- ${child.spawnfile}\n${child.printed.slice(-3000)}`);
  end(1);
}

// In a process group of its own, so that what it starts ends with it.
function start(program, ...words) {
  const child = spawn(program, words, {detached: true, stdio: ["ignore", "pipe", "pipe"]});
  child.printed = "";
  child.on("error", (e) => fail(`${program}: ${e.message}`));
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      child.printed += data;
      wake();
    });
  started.push(child);
  return child;
}

// Gives what `find` finds, when it does; no page may fail, or close, before that.
async function until(what, find, page) {
  for (;;) {
    const found = find();
    if (found) return found;
    if (told.some((line) => line.startsWith("error") || line.startsWith(`${page} error`) || line === `${page} closed`)) fail(`waiting for ${what}`);
    await new Promise((resolve) => (wake = resolve));
  }
}

const files = {
  "/page.html": ["text/html", readFileSync(join(here, "page.html"))],
  "/mqtt.min.js": ["text/javascript", readFileSync(join(here, "node_modules/mqtt/dist/mqtt.min.js"))],
};
const pages = createServer(async (request, response) => {
  const file = files[new URL(request.url, "http://page").pathname];
  if (request.method === "POST") {
    const body = await request.toArray();
    told.push(Buffer.concat(body).toString());
    wake();
  }
  response.writeHead(file || request.method === "POST" ? 200 : 404, {"Content-Type": file?.[0] ?? "text/plain"});
  response.end(file?.[1]);
});
setTimeout(() => fail("it took more than 100 seconds"), 100_000);

const server = start(process.argv[2], "0", "0");
const url = await until("the server", () => server.printed.match(/^websocket at (.*)$/m)?.[1]);
const port = await until("the server", () => server.printed.match(/^listening at 127\.0\.0\.1:(\d+)$/m)?.[1]);
const device = start("stdbuf", "-oL", "mosquitto_sub", "-d", "-h", "127.0.0.1", "-p", port, "-q", "1", "-t", "to/device", "-v");
await until("the device to subscribe", () => device.printed.includes("Subscribed"));

await new Promise((resolve) => pages.listen(0, "127.0.0.1", resolve));
start("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", `--user-data-dir=${profile}`, `http://127.0.0.1:${pages.address().port}/page.html?server=${encodeURIComponent(url)}`);

for (const page of ["page4", "page5"]) {
  await until(`${page} to subscribe`, () => told.includes(`${page} has subscribed`), page);
  start("mosquitto_pub", "-h", "127.0.0.1", "-p", port, "-q", "1", "-t", `${page}/device`, "-m", `to ${page}`);
  await until(`${page} to hear the device`, () => told.includes(`${page} heard ${page}/device to ${page}`), page);
  await until(`the device to hear ${page}`, () => device.printed.includes(`to/device from ${page}\n`));
  await until(`${page} to close`, () => told.includes(`${page} closed`), page);
}
if (/reset|gone|protocol/.test(server.printed)) fail("the server saw a page go in disorder");
end(0);
