// Drives headless Chromium through its debugging pipe: no port, no WebSocket, no package.
import {spawn} from "node:child_process";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--remote-debugging-pipe"];

export class Chromium {
  #waiting = new Map();
  #listeners = [];
  #last = 0;
  #session;

  constructor() {
    this.profile = mkdtempSync(join(tmpdir(), "mqttspan-report-"));
    // In a process group of its own, so that what it starts ends with it.
    this.child = spawn("chromium", [...FLAGS, `--user-data-dir=${this.profile}`, "about:blank"], {detached: true, stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"]});
    this.child.on("error", (e) => this.#end(e.message));
    this.child.on("exit", () => this.#end("chromium has ended"));
    let rest = "";
    this.child.stdio[4].setEncoding("utf8").on("data", (text) => {
      const messages = (rest + text).split("\0");
      rest = messages.pop();
      for (const message of messages) this.#receive(JSON.parse(message));
    });
    this.child.stdio[3].on("error", () => {});  // it has ended
  }

  #end(why) {
    for (const {reject} of this.#waiting.values()) reject(new Error(why));
    this.#waiting.clear();
  }

  #receive(message) {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (waiting && message.error) waiting.reject(new Error(message.error.message));
    else if (waiting) waiting.resolve(message.result);
    else this.#listeners.forEach((listener) => listener(message));
  }

  send(method, params = {}) {
    const id = ++this.#last;
    this.child.stdio[3].write(JSON.stringify({id, method, params, sessionId: this.#session}) + "\0");
    return new Promise((resolve, reject) => this.#waiting.set(id, {resolve, reject}));
  }

  on(method, act) {
    this.#listeners.push((message) => message.method === method && act(message.params));
  }

  once(method) {
    return new Promise((resolve) => this.on(method, resolve));
  }

  async attach() {
    const {targetInfos} = await this.send("Target.getTargets");
    const {targetId} = targetInfos.find((target) => target.type === "page");
    this.#session = (await this.send("Target.attachToTarget", {targetId, flatten: true})).sessionId;
    for (const domain of ["Page", "Runtime", "Network", "Log"]) await this.send(`${domain}.enable`);
  }

  // What `expression` gives in the page, awaited.
  async run(expression) {
    const {result, exceptionDetails} = await this.send("Runtime.evaluate", {expression, awaitPromise: true, returnByValue: true});
    if (exceptionDetails) throw new Error(`${exceptionDetails.exception?.description ?? exceptionDetails.text}\nin ${expression}`);
    return result.value;
  }

  key(key, code = key) {
    const text = key === "Enter" ? "\r" : key.length === 1 ? key : undefined;
    const windowsVirtualKeyCode = {Enter: 13, Escape: 27, ArrowDown: 40, ArrowRight: 39, Tab: 9}[key] ?? key.charCodeAt(0);
    return this.send("Input.dispatchKeyEvent", {type: "keyDown", key, code, text, windowsVirtualKeyCode}).then(() => this.send("Input.dispatchKeyEvent", {type: "keyUp", key, code, windowsVirtualKeyCode}));
  }

  close() {
    try {
      process.kill(-this.child.pid, "SIGKILL");
    } catch {}  // it has ended
    rmSync(this.profile, {recursive: true, force: true, maxRetries: 5, retryDelay: 200});
  }
}
