// node page_test.mjs PAGE MQTTSPAN SCREENSHOTS: the page from disk in Chromium, as a reader, a keyboard and an enemy use it.
import assert from "node:assert/strict";
import {spawnSync} from "node:child_process";
import {readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {pathToFileURL} from "node:url";
import {Chromium} from "../../conformance/report/test/chromium.mjs";

const [page, mqttspan, screenshots] = process.argv.slice(2);
const url = pathToFileURL(page).href;
const browser = new Chromium();
const requests = [];
const faults = [];
const giveUp = setTimeout(() => {
  console.log("FAILED: it took more than 150 seconds");
  browser.close();
  process.exit(1);
}, 150_000);

// Functions of the page, for all that follows. What is typed is inspected 120 ms later.
const HELPERS = `
  var all = (selector) => [...document.querySelectorAll(selector)];
  var one = (selector) => document.querySelector(selector);
  var texts = (selector) => all(selector).map((element) => element.textContent);
  var wait = (ms) => new Promise((done) => setTimeout(done, ms));
  var settled = () => engine.then(() => wait(20));
  var type = (text) => { $("hex").value = text; $("hex").dispatchEvent(new Event("input")); return wait(130).then(settled); };
  var choose = (id, value) => { $(id).value = value; $(id).dispatchEvent(new Event("change")); return settled(); };
  var inspectAs = (version, sender, text) => { $("version").value = version; $("sender").value = sender; return type(text); };
  var marked = (cls) => all("[data-byte]." + cls).map((cell) => Number(cell.dataset.byte));
  var hover = (element) => element.dispatchEvent(new PointerEvent("pointerover", {bubbles: true}));
  var item = (field, nth = 0) => all("[role=treeitem]").filter((row) => row.querySelector("b").textContent === field)[nth];`;
const run = async (expression) => {
  await browser.run(HELPERS);
  return browser.run(expression);
};
const verdict = () => run("$('verdict').textContent");
const inspect = (version, sender, text) => run(`inspectAs(${JSON.stringify(version)}, ${JSON.stringify(sender)}, ${JSON.stringify(text)})`);

async function open(fragment = "") {
  for (const target of ["about:blank", url + fragment]) {  // a new fragment alone would not load the page anew
    const loaded = browser.once("Page.loadEventFired");
    await browser.send("Page.navigate", {url: target});
    await loaded;
  }
  await run("settled()");
}

const look = (width, height, theme) =>
  Promise.all([
    browser.send("Emulation.setDeviceMetricsOverride", {width, height, deviceScaleFactor: 1, mobile: false}),
    browser.send("Emulation.setEmulatedMedia", {features: [{name: "prefers-color-scheme", value: theme}, {name: "prefers-reduced-motion", value: "reduce"}]}),
  ]);

async function screenshot(name) {
  const {data} = await browser.send("Page.captureScreenshot", {format: "png"});
  writeFileSync(join(screenshots, name), Buffer.from(data, "base64"));
}

const tabBack = () => browser.send("Input.dispatchKeyEvent", {type: "keyDown", key: "Tab", code: "Tab", windowsVirtualKeyCode: 9, modifiers: 8});

// Every text's contrast with what is behind it, where it is below 4.5. Colours may be given in any notation: a canvas tells what they are.
const FAINT_TEXTS = `(() => {
  const paper = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = (colour) => {
    paper.clearRect(0, 0, 1, 1);
    paper.fillStyle = colour;
    paper.fillRect(0, 0, 1, 1);
    return [...paper.getImageData(0, 0, 1, 1).data];
  };
  const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const behind = (element) => {
    const colour = rgba(getComputedStyle(element).backgroundColor);
    return colour[3] === 255 ? colour : element.parentElement ? behind(element.parentElement) : [255, 255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let looked = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, style, template, option")) continue;
    ++looked;
    const [a, b] = [light(rgba(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) found.push(walker.currentNode.data + " " + ((a + 0.05) / (b + 0.05)).toFixed(2));
  }
  return looked < 40 ? ["too few texts: " + looked] : found;
})()`;

const WILDCARD = "30 0f 000a 706c616e742f2b2f6b57 00 3432";
const DOOR = "32 2d 0009 68616c6c2f646f6f72 0007 1b 03 000a 746578742f706c61696e 26 0004 73697465 0005 6e6f727468 6f70656e";

const tests = {
  async "begins with an example, and says that it is good"() {
    await open();
    assert.equal(await verdict(), "1 packet, 72 bytes: all is well.");
    assert.deepEqual(await run("texts('h2')"), ["CONNECT MQTT 5.0, 72 bytes at offset 0, from the client"]);
    assert.equal(await run("$('verdict').className"), "good");
  },

  async "every example is what its heading promises"() {
    const options = await run(`all("#example option").slice(1).map((o) => [o.parentElement.label, o.textContent, o.value])`);
    assert.ok(options.length > 15);
    for (const [group, title, value] of options) {
      await run(`choose("example", ${JSON.stringify(value)})`);
      const isGood = (await run("$('verdict').className")) === "good";
      assert.equal(isGood, group === "Good packets", `${title}: ${await verdict()}`);
    }
  },

  async "a bad packet: the byte, the field, the rule, the statement and the answer"() {
    await inspect("5.0", "any", WILDCARD);
    assert.equal(await verdict(), "PUBLISH byte 10: topic name has a wildcard [MQTT-3.3.2-2].");
    assert.deepEqual(await run("marked('wrong')"), [10]);
    assert.deepEqual(await run("texts('[role=treeitem].wrong .words')"), ['topic name "plant/+/kW" byte 10: topic name has a wildcard']);
    assert.deepEqual(await run("texts('.fault dd')"), ["malformed", "topic_name_has_wildcard: topic name has a wildcard", "MQTT-3.3.2-2 of MQTT 5.0",
      "the receiver: send DISCONNECT with 0x81 malformed packet, then closee0 01 81"]);
  },

  async "a byte that is missing has a place behind the last"() {
    await inspect("3.1.1", "client", "82 02 0001");
    assert.deepEqual(await run("[texts('.missing'), marked('wrong'), texts('[role=treeitem].wrong .value')]"), [["··"], [4], ["1"]]);
  },

  async "the tree and the facts are those of the command"() {
    const twice = "10 13 0004 4d515454 05 02 003c 06 21 0014 21 000a 0000";
    for (const [version, from, text] of [["5.0", "any", WILDCARD], ["5.0", "any", DOOR], ["3.1.1", "client", "82 06 0001 0001 61 03"], ["5.0", "client", twice]]) {
      await inspect(version, from, text);
      const shown = await run(`all("[role=treeitem]").map((row) => ["code", "b", ".value"].map((part) => row.querySelector(part)?.textContent ?? "").join("|"))`);
      const {stdout} = spawnSync(mqttspan, ["explain", "--version", version, "--from", from], {input: text, encoding: "utf8"});
      const lines = stdout.matchAll(/^(?: +\d+  (?:[0-9a-f]{2} )+ *| {32} *)(?:([.01]{4} [.01]{4})  )?([a-zA-Z][^:\n]*)(?:: (.*))?$/gm);
      const rows = [...lines].map(([, bits = "", field, value = ""]) => `${bits}|${field}|${value}`);
      assert.deepEqual(shown, rows);
      for (const fact of await run("texts('.fault dd code')")) assert.ok(stdout.includes(fact), `${fact} in\n${stdout}`);
    }
  },

  async "bytes and fields show each other: under the pointer, with the focus, by a click"() {
    await inspect("5.0", "any", DOOR);
    await run("hover(item('topic name'))");
    assert.deepEqual(await run("marked('own')"), [4, 5, 6, 7, 8, 9, 10, 11, 12]);
    await run("hover(one('[data-byte=\"13\"]'))");
    assert.deepEqual(await run("texts('[role=treeitem].own b')"), ["packet identifier"]);
    assert.deepEqual(await run("marked('own')"), [13, 14]);
    await run("hover(item('property'))");  // and, fainter, what it holds
    assert.deepEqual(await run("[marked('own'), marked('within')]"), [[16], [17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28]]);
    await run("hover(item('QoS'))");       // bits are of their byte
    assert.deepEqual(await run("marked('own')"), [0]);
    await run("item('payload').click(), one('[role=tree]').dispatchEvent(new PointerEvent('pointerleave'))");
    assert.deepEqual(await run("[marked('own'), document.activeElement === item('payload')]"), [[43, 44, 45, 46], true]);
    await run("one('[data-byte=\"15\"]').click()");
    assert.deepEqual(await run("texts('[role=treeitem][aria-selected=true] b')"), ["property length"]);
    assert.deepEqual(await run("all('[role=gridcell][aria-selected=true]').map((cell) => cell.getAttribute('aria-label'))"), ["1b, byte 15, property length"]);
  },

  async "an edited packet is encoded and takes the place of the old one, its neighbours stay"() {
    await inspect("5.0", "any", `c0 00\n${DOOR}\ne0 00`);
    await run("all('details')[1].open = true, all('details textarea')[1].value = all('details textarea')[1].value.replace('hall/door', 'attic'), all('details button')[1].click(), settled()");
    assert.equal(await run("$('hex').value.replace(/\\s/g, '')"), `c00032290005617474696300071b03000a746578742f706c61696e2600047369746500056e6f7274686f70656ee000`);
    assert.equal(await verdict(), "3 packets, 47 bytes: all is well.");
    assert.equal(await run("document.activeElement.textContent + one('details[open] [role=status]').textContent"), "Re-encodeThese are its bytes now.");
  },

  async "what cannot be encoded says why, and changes nothing"() {
    await inspect("5.0", "any", DOOR);
    const refusals = [
      ['"qos": 1', '"qos": 0', /packet identifier.*rule packet_id_with_qos_0/],
      ["hall/door", "hall/#", /wildcard, rule topic_name_has_wildcard, MQTT-3\.3\.2-2/],
      ['"topic"', '"topics"', /^\/topic is missing$/],
      ['"dup": false', '"dup": false, "dup": false', /there twice/],
      ["{", "", /JSON|Unexpected/],
    ];
    const good = await run("one('details textarea').value");
    for (const [from, to, why] of refusals) {
      await run(`one('details textarea').value = ${JSON.stringify(good.replace(from, to))}, one('details button').click(), settled()`);
      assert.match(await run("one('details [role=status]').textContent"), why);
      assert.equal(await run("$('hex').value"), DOOR);
    }
  },

  async "the fragment says all, and a link brings it back"() {
    await inspect("5.0", "client", "82 06 0001 00 0001 61 03 # QoS 3 & more");
    const [fragment, shown] = [await run("location.hash"), await verdict()];
    assert.match(fragment, /^#v=5\.0&s=client&h=82\+06\+/);
    await open(fragment);
    assert.deepEqual(await run("[$('version').value, $('sender').value, $('hex').value]"), ["5.0", "client", "82 06 0001 00 0001 61 03 # QoS 3 & more"]);
    assert.equal(await verdict(), shown);
    await run("location.hash = '#v=3.1.1&s=any&h=c000', settled()");  // a link within the page
    assert.deepEqual(await run("[$('version').value, $('hex').value]"), ["3.1.1", "c000"]);
  },

  async "the link goes to the clipboard, or the address bar is named"() {
    await open();
    assert.equal(await run("location.hash"), "");
    await run("$('copy').click(), settled()");
    assert.match(await run("$('copy').textContent"), /^(Copied|See the address bar)$/);
    assert.match(await run("location.hash"), /^#v=auto&s=client&h=10\+46/);
  },

  async "what people paste: C arrays, colons, comments"() {
    for (const text of ["0x30, 0x06, 0x00, 0x03, 0x61, 0x2f, 0x62, 0x21", "30:06:00:03:61:2f:62:21", "\\x30\\x06\\x00\\x03\\x61\\x2f\\x62\\x21", "3006 0003\n612f62 # a/b\n21"]) {
      await inspect("3.1.1", "any", text);
      assert.equal(await verdict(), "1 packet, 8 bytes: all is well.", text);
    }
    await inspect("3.1.1", "any", "30 06\n0x3");
    assert.equal(await verdict(), "line 2, column 3: a byte takes two hexadecimal digits");
  },

  async "versions that are guessed, packets that go on, bytes that were not read: it is said"() {
    await inspect("auto", "any", "30 06 0003 612f62 21");
    assert.equal(await verdict(), "1 packet, 8 bytes: all is well. No CONNECT names the version: read as 3.1.1.");
    await inspect("5.0", "any", "30 20 0009");
    assert.equal(await verdict(), "PUBLISH goes on behind the end of the input.");
    await inspect("5.0", "any", "c000 c100 c000");
    assert.match(await verdict(), /^Packet 2, PINGREQ byte 0: .* 2 bytes behind it were not read\.$/);
    await inspect("5.0", "any", "");
    assert.equal(await verdict(), "Paste bytes, or choose an example.");
  },

  async "hostile fragments are text, or nothing"() {
    const markup = "<img src=x onerror=alert(1)><script>document.title='taken'</script>";
    const topic = `30 ${(markup.length + 3).toString(16)} 00${markup.length.toString(16)} ${Buffer.from(markup).toString("hex")} 00`;
    const hostile = [`#h=${encodeURIComponent(markup)}`, `#v=${encodeURIComponent(markup)}&s=__proto__&h=c000`, "#h=%ff%fe%zz&v=5.0", "#h", "#v=5.0&h=&h=c000",
      "#h=30+0f+000a+3c7363726970743e%00", `#v=5.0&h=${encodeURIComponent(topic)}`];
    for (const fragment of hostile) {
      await open(fragment);
      assert.deepEqual(await run("[document.title, all('img, main script').length, all('#packets article').length <= 1]"), ["MQTT packet inspector", 0, true], fragment);
    }
    assert.match(await run("item('topic name').textContent"), /<img src=x onerror=alert\(1\)>/);
  },

  async "a million digits: the page tells what it can, and lives"() {
    const inputs = [
      ["c000".repeat(262_144), /^262,144 packets, 524,288 bytes: all is well\. 261,120 good packets more are not listed/],
      [`30 fb ff 1f 0001 61 00 ${"ff".repeat(524_279)}`, /^1 packet, 524,287 bytes: all is well/],
    ];
    for (const [hex, told] of inputs) {
      await open(`#v=5.0&s=any&h=${hex.replaceAll(" ", "+")}`);
      assert.match(await verdict(), told);
    }
    assert.match(await run("one('.gap').textContent"), /522,\d+ bytes not shown/);
    await run("type($('hex').value + ' ')");
    assert.equal(await run("location.hash"), "");  // too long for a link
    await inspect("5.0", "any", "c000");
    assert.equal(await verdict(), "1 packet, 2 bytes: all is well.");
    assert.equal(await run("location.hash"), "#v=5.0&s=any&h=c000");
  },

  async "the keyboard alone gets everywhere"() {
    await open(`#v=5.0&s=any&h=${encodeURIComponent(WILDCARD)}`);
    const at = () => run("(document.activeElement.id || document.activeElement.getAttribute('role') || document.activeElement.tagName)");
    await run("document.activeElement.blur()");
    const stops = [];
    for (let n = 0; n < 7; ++n) {
      await browser.key("Tab");
      stops.push(await at());
    }
    assert.deepEqual(stops, ["version", "sender", "example", "copy", "hex", "gridcell", "treeitem"]);
    assert.ok(await run("parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2"));
    await tabBack();
    for (const key of ["ArrowRight", "ArrowDown", "Home", "End", "ArrowUp", "ArrowLeft"]) await browser.key(key);
    const columns = await run("Number(one('[role=grid]').getAttribute('aria-colcount'))");
    assert.equal(await run("document.activeElement.dataset.byte"), "14", `${columns} columns`);
    await browser.key("Enter");
    assert.equal(await run("document.activeElement.querySelector('b').textContent"), "property length");
    await browser.key("Home");
    await browser.key("ArrowLeft");
    assert.deepEqual(await run("[item('type and flags').getAttribute('aria-expanded'), item('QoS').hidden]"), ["false", true]);
    await browser.key("ArrowDown");
    assert.equal(await run("document.activeElement.querySelector('b').textContent"), "remaining length");
    await browser.key("ArrowUp");
    await browser.key("ArrowRight");
    await browser.key("ArrowRight");
    assert.equal(await run("document.activeElement.querySelector('b').textContent"), "packet type");
    await browser.key("Enter");
    assert.equal(await run("document.activeElement.dataset.byte"), "0");
    assert.equal(await run("all('[role=grid] [tabindex=\"0\"], [role=tree] [tabindex=\"0\"]').length"), 2);
  },

  async "roles, levels and names are there for those who listen"() {
    await inspect("5.0", "any", DOOR);
    assert.equal(await run("all('[role=gridcell]').every((cell) => cell.parentElement.getAttribute('role') === 'row' && cell.closest('[role=grid]').getAttribute('aria-label'))"), true);
    assert.equal(await run("all('[role=treeitem]').every((row) => row.parentElement.getAttribute('role') === 'tree' && Number(row.getAttribute('aria-level')) >= 1)"), true);
    assert.deepEqual(await run("[$('verdict').getAttribute('role'), document.documentElement.lang]"), ["status", "en"]);
    assert.equal(await run("all('select, textarea').every((control) => control.labels.length === 1 || control.getAttribute('aria-label'))"), true);
  },

  async "no screen of 320 pixels scrolls to the side"() {
    await look(320, 800, "light");
    const options = await run(`all("#example option").slice(1).map((o) => o.value)`);
    for (const value of options) {
      await run(`choose("example", ${JSON.stringify(value)})`);
      await run("all('details').forEach((details) => (details.open = true))");
      assert.equal(await run("document.documentElement.scrollWidth"), 320, value);
      assert.deepEqual(await run("all('.bytes').filter((bytes) => bytes.scrollWidth > bytes.clientWidth).length"), 0, value);
    }
  },

  async "light and dark: every text can be read, also where it is marked"() {
    for (const theme of ["light", "dark"]) {
      await look(1280, 900, theme);
      for (const text of [DOOR, WILDCARD, "30 20 0009"]) {
        await inspect("5.0", "any", text);
        assert.deepEqual(await run(FAINT_TEXTS), [], theme);
        await run("(item('topic name') ?? item('topic name length')).focus()");
        assert.deepEqual(await run(FAINT_TEXTS), [], `${theme}, marked`);
      }
      await inspect("5.0", "any", WILDCARD);
      await run("one('[data-byte=\"10\"]').focus()");
      await screenshot(`${theme}.png`);
    }
    await look(320, 800, "dark");
    await inspect("5.0", "any", DOOR);
    await run("item('topic name').focus()");
    await screenshot("narrow.png");
  },

  async "nothing but the page was asked for, and nothing went wrong in it"() {
    assert.ok(requests.length > 10);
    assert.deepEqual(requests.filter((request) => request !== "about:blank" && request !== url), []);
    assert.match(readFileSync(page, "utf8"), /Content-Security-Policy" content="default-src 'none'; script-src 'sha256-/);
    assert.deepEqual(faults, []);
    assert.match(await run("fetch('data:,x').then(() => 'loaded', (e) => e.message)"), /Failed to fetch/);  // the policy holds
    await run("document.body.append(make('script', {}, 'window.taken = 1'))");
    assert.equal(await run("typeof window.taken"), "undefined");
  },
};

let failed = 0;
try {
  await browser.attach();
  await browser.send("Emulation.setFocusEmulationEnabled", {enabled: true});
  browser.on("Network.requestWillBeSent", ({request}) => requests.push(request.url));
  browser.on("Runtime.exceptionThrown", ({exceptionDetails}) => faults.push(exceptionDetails.exception?.description ?? exceptionDetails.text));
  browser.on("Log.entryAdded", ({entry}) => faults.push(entry.text));
  await look(1280, 900, "light");
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      console.log(`ok: ${name}`);
    } catch (e) {
      console.log(`FAILED: ${name}\n${e.message ?? e}`);
      ++failed;
    }
  }
} catch (e) {
  console.log(`FAILED: ${e.message}`);
  ++failed;
}
clearTimeout(giveUp);
browser.close();
process.exit(failed ? 1 : 0);
