// node page_test.mjs FOLDER: the pages of the sample runs, from disk, in Chromium; what is on them is compared with the runs' JSON. Screenshots go to the folder.
import assert from "node:assert/strict";
import {readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {pathToFileURL} from "node:url";
import {Chromium} from "./chromium.mjs";

const folder = process.argv[2];
const runs = [0, 1, 2, 3, 4, 5].map((n) => JSON.parse(readFileSync(join(folder, `matrix${n}.json`))));
const browser = new Chromium();
const requests = [];
const faults = [];
const giveUp = setTimeout(() => {
  console.log("FAILED: it took more than 150 seconds");
  browser.close();
  process.exit(1);
}, 150_000);

async function open(file, fragment = "") {
  const loaded = browser.once("Page.loadEventFired");
  await browser.send("Page.navigate", {url: pathToFileURL(join(folder, file)) + fragment});
  await loaded;
}

// Functions of the page, for all that follows.
const HELPERS = `
  var rows = () => [...document.querySelectorAll("#matrix tbody tr[data-at]")].filter((row) => row.offsetParent);
  var groups = () => [...document.querySelectorAll("#matrix tbody tr.group")].filter((row) => row.offsetParent);
  var byId = (id) => [...document.querySelectorAll("#matrix tbody th b")].filter((b) => b.firstChild.data === id).at(-1).closest("tr");
  var columns = () => [...document.querySelectorAll("#matrix thead th[data-peer]")].filter((th) => th.offsetParent).length;
  var text = (selector) => document.querySelector(selector).textContent;
  var settle = () => new Promise((done) => setTimeout(done, 200));
  var set = (selector, value) => { const e = document.querySelector(selector); if (e.type === "checkbox" || e.type === "radio") e.click(); else { e.value = value; e.dispatchEvent(new Event("input", {bubbles: true})); } return settle(); };`;
const run = async (expression) => {
  await browser.run(HELPERS);
  return browser.run(expression);
};

async function screenshot(name) {
  const {data} = await browser.send("Page.captureScreenshot", {format: "png"});
  writeFileSync(join(folder, name), Buffer.from(data, "base64"));
}

const look = (width, height, theme) =>
  Promise.all([
    browser.send("Emulation.setDeviceMetricsOverride", {width, height, deviceScaleFactor: 1, mobile: false}),
    browser.send("Emulation.setEmulatedMedia", {features: [{name: "prefers-color-scheme", value: theme}, {name: "prefers-reduced-motion", value: "reduce"}]}),
  ]);

const tests = {
  async "every statement is a row, every peer a column"() {
    assert.equal(await run("rows().length"), 659);
    assert.equal(await run("columns()"), runs.length);
    assert.equal(await run("document.querySelectorAll('#matrix tbody td button').length"), 659 * runs.length);
    assert.match(await run("text('#subtitle')"), /^6 peers · 659 statements · [\d,]+ cases · 2026-11-22$/);
  },

  async "each peer's cases are counted as in its run"() {
    for (const [at, one] of runs.entries()) {
      const numbers = await run(`[...document.querySelectorAll("#peers tbody tr")[${at}].cells].slice(-6).map((td) => Number(td.textContent.replaceAll(",", "")))`);
      assert.deepEqual(numbers, Object.values(one.counts), one.peer);
    }
  },

  async "each peer's statements add up to 659"() {
    const sums = await run(`[...document.querySelectorAll("#peers tbody tr")].map((row) => [...row.cells].slice(2, 9).reduce((sum, td) => sum + Number(td.textContent), 0))`);
    assert.deepEqual(sums, runs.map(() => 659));
  },

  async "a statement fails when one of its cases does"() {
    const failed = new Set(runs[3].results.filter((r) => r.verdict === "fail").flatMap((r) => r.statements.map((id) => r.version + id)));
    assert.equal(await run(`Number(document.querySelectorAll("#peers tbody tr")[3].cells[2].textContent)`), failed.size);
    assert.equal(await run(`document.querySelectorAll("#matrix td[data-peer='3'] button.s-fail").length`), failed.size);
  },

  async "a cell counts the cases of its verdict"() {
    const results = runs[3].results.filter((r) => r.version === "5.0" && r.statements.includes("MQTT-3.3.1-4"));
    const passed = results.filter((r) => r.verdict === "pass" || r.verdict === "strict-pass").length;
    const failed = results.filter((r) => r.verdict === "fail").length;
    assert.match(await run("byId('MQTT-3.3.1-4').cells[4].textContent"), new RegExp(`^\\D+${failed || passed || results.length}$`));
  },

  async "a number of fails leads to them"() {
    await run("document.querySelectorAll('#peers tbody tr')[3].querySelector('td.fail-number a').click(), settle()");
    assert.equal(await run("rows().length"), await run("document.querySelectorAll(\"#matrix td[data-peer='3'] button.s-fail\").length"));
    assert.equal(await run("columns()"), 1);
    await run("document.querySelector('#reset').click(), settle()");
  },

  async "the version, the scope and the area filter"() {
    await run("set('#version input[value=\"3.1\"]')");
    assert.equal(await run("rows().length"), 48);
    assert.match(await run("location.hash"), /version=3\.1$/);
    await run("set('#version input[value=\"\"]')");
    await run("set('#scope', 'codec')");
    assert.equal(await run("rows().length"), 289);
    await run("set('#area', 'UTF-8')");
    assert.ok(await run("rows().length > 5 && rows().length < 30"));
    assert.equal(await run("groups().length < 10"), true);
    await run("document.querySelector('#reset').click(), settle()");
    assert.equal(await run("rows().length"), 659);
    assert.equal(await run("location.hash"), "");
  },

  async "a verdict shows the statements that have it"() {
    await run("set('#verdict input[value=skip]')");
    const skipped = new Set(runs.flatMap((one) => one.results.filter((r) => r.verdict === "skip").flatMap((r) => r.statements.map((id) => r.version + id))));
    assert.equal(await run("rows().length"), skipped.size);
    assert.equal(await run("rows().some((row) => row.querySelector('button.s-fail.dimmed'))"), true);
    await run("document.querySelector('#reset').click(), settle()");
  },

  async "peers can be left out, and the filters ask only those that stay"() {
    await run("set('#peer-list input[value=\"1\"]')");
    assert.equal(await run("columns()"), 5);
    await run("set('#differ')");
    const differing = await run("rows().length");
    assert.ok(differing > 0 && differing < 659);
    assert.equal(await run("rows().every((row) => row.querySelector('td:not([data-peer=\"1\"]) .s-fail'))"), true);
    await run("document.querySelector('#reset').click(), settle()");
    assert.equal(await run("columns()"), 6);
  },

  async "text finds statements, and cases by their titles"() {
    await run("set('#q', 'surrogate')");
    assert.ok(await run("rows().length > 0 && rows().length < 20"));
    await run("set('#q', 'MQTT-3.3.1-4 case')");
    assert.ok(await run("rows().some((row) => row.textContent.includes('MQTT-3.3.1-4'))"));
    await run("set('#q', 'nothing has this text')");
    assert.equal(await run("rows().length"), 0);
    assert.equal(await run("document.querySelector('#nothing').hidden"), false);
    await run("document.querySelector('#reset').click(), settle()");
  },

  async "a cell opens its cases, with bytes in both directions"() {
    const fail = runs[3].results.find((r) => r.verdict === "fail" && r.version === "5.0");
    await run(`byId(${JSON.stringify(fail.statements[0])}).cells[4].firstChild.click()`);
    assert.equal(await run("document.querySelector('#cell').open"), true);
    assert.equal(await run("text('#cell-title')"), fail.statements[0]);
    assert.match(await run("text('.tally')"), /tiny broker 0\.4: .* fail/);
    assert.match(await run("text('.case[open] summary')"), /✗ fail/);
    assert.deepEqual(await run("[...document.querySelectorAll('.case[open] .reason dt')].slice(0, 2).map((e) => e.textContent)"), ["expected", "seen"]);
    assert.match(await run("text('.case[open] .log li:nth-child(1)')"), /→ sent[^]*publisher[^]*PUBLISH "a\/b"[^]*32 0a 00 03 61 2f 62 00 +07 68 69/);
    assert.match(await run("text('.case[open] .log li:nth-child(2)')"), /← received[^]*40 02 00 07/);
    assert.match(await run("text('.case[open] .log li:nth-child(3)')"), /event[^]*closed/);
    assert.match(await run("location.hash"), /cell=5\.0%2FMQTT/);
    await browser.key("Escape");
    assert.equal(await run("settle().then(() => document.querySelector('#cell').open)"), false);
    assert.equal(await run("document.activeElement.closest('td').dataset.peer"), "3");
  },

  async "skipped, inconclusive and untried cells say why"() {
    const one = runs[2].results.find((r) => r.verdict === "skip");
    await run(`location.hash = "#cell=" + encodeURIComponent("${one.version}/${one.statements[0]}@${runs[2].peer}"), settle()`);
    assert.match(await run("text('#cell-content')"), /– skip[^]*the peer's file says that it has no authentication/);
    const na = await run("document.querySelector('#matrix td[data-peer=\"0\"] .s-na').closest('tr').querySelector('b').firstChild.data");
    await run(`document.querySelector('#close').click(), byId("${na}").cells[1].firstChild.click()`);
    assert.match(await run("text('.tally')"), /No single packet shows this statement/);
    await run("document.querySelector('#close').click()");
    await run("document.querySelector('#matrix .s-untried').click()");
    assert.match(await run("text('.tally')"), /no case for it|reports none/);
    await run("document.querySelector('#close').click(), settle()");
  },

  async "cases of a family are counted, and some shown"() {
    const all = runs[1].results.filter((r) => r.statements.includes("MQTT-1.5.4-1") && r.version === "5.0");
    await run(`location.hash = "#cell=" + encodeURIComponent("5.0/MQTT-1.5.4-1@${runs[1].peer}"), settle()`);
    assert.match(await run("text('.tally')"), new RegExp(`: ${all.length.toLocaleString("en")} cases: `));
    assert.match(await run("[...document.querySelectorAll('.more')].map((e) => e.textContent).join()"), /[\d,]+ cases more of family-\d+, not shown one by one/);
    const button = await run("document.querySelector('#all-cases')?.click(), document.querySelectorAll('.case').length");
    assert.ok(button > 100);
    await run("document.querySelector('#close').click(), settle()");
  },

  async "the fragment keeps filters and cell"() {
    await open("nasty.html");
    await open("matrix.html", "#version=3.1.1&scope=codec&verdict=fail,info&q=utf&peers=" + encodeURIComponent(JSON.stringify([runs[1].peer])) + "&cell=3.1.1%2FMQTT-1.5.3-1%40" + encodeURIComponent(runs[1].peer));
    assert.equal(await run("document.querySelector('#version input:checked').value"), "3.1.1");
    assert.equal(await run("document.querySelector('#q').value"), "utf");
    assert.equal(await run("document.querySelector('#scope').value"), "codec");
    assert.deepEqual(await run("[...document.querySelectorAll('#verdict input:checked')].map((e) => e.value)"), ["fail", "info"]);
    assert.equal(await run("columns()"), 1);
    assert.equal(await run("text('#cell-title')"), "MQTT-1.5.3-1");
    await open("nasty.html");
    await open("matrix.html");
  },

  async "the keyboard reaches every cell"() {
    await browser.key("/", "Slash");
    assert.equal(await run("document.activeElement.id"), "q");
    await run("document.querySelector('#matrix button[tabindex=\"0\"]').focus()");
    await browser.key("ArrowDown");
    await browser.key("ArrowRight");
    assert.deepEqual(await run("[rows().indexOf(document.activeElement.closest('tr')), document.activeElement.closest('td').dataset.peer]"), [1, "1"]);
    assert.equal(await run("document.querySelectorAll('#matrix button[tabindex=\"0\"]').length"), 1);
    await browser.key("Enter");
    assert.equal(await run("settle().then(() => document.querySelector('#cell').open)"), true);
    const before = await run("text('#cell-title')");
    await run("document.querySelector('#next').click()");
    assert.notEqual(await run("text('#cell-title')"), before);
    await browser.key("Escape");
    await run("settle()");
  },

  async "text has a contrast of at least 4.5, in light and in dark"() {
    for (const theme of ["light", "dark"]) {
      await look(1440, 1000, theme);
      const poor = await run(`(() => {
        const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
        const paint = (colours) => { canvas.fillStyle = "${theme === "dark" ? "#000" : "#fff"}"; canvas.fillRect(0, 0, 1, 1); for (const c of colours) { canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); } return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3); };
        const light = (rgb) => { const [r, g, b] = rgb.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const seen = new Map();
        const look = (e) => {
          const backs = [];
          for (let up = e; up; up = up.parentElement) backs.unshift(getComputedStyle(up).backgroundColor);
          const key = getComputedStyle(e).color + backs.join();
          if (seen.has(key)) return;
          const [a, b] = [light(paint([...backs, getComputedStyle(e).color])), light(paint(backs))].sort((x, y) => y - x);
          seen.set(key, {ratio: (a + 0.05) / (b + 0.05), text: e.textContent.slice(0, 40), at: e.className || e.tagName});
        };
        document.querySelector("#reading").open = true;
        document.querySelector("#matrix .s-fail").click();
        for (const e of document.querySelectorAll("body *")) if (e.offsetParent && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && !e.disabled) look(e);
        document.querySelector("#close").click();
        document.querySelector("#reading").open = false;
        return [...seen.values()].filter((v) => v.ratio < 4.5);
      })()`);
      assert.deepEqual(poor, [], theme);
    }
  },

  async "text from peers is text"() {
    await open("nasty.html");
    assert.equal(await run("columns()"), 3);
    assert.match(await run("text('#peers tbody tr:nth-child(3) th')"), /^peer <"&'> 1\.0 \(2\)/);
    await run("byId('MQTT-1.5.4-1').cells[1].firstChild.click()");
    assert.match(await run("text('#cell-content')"), /<\/script><b>&amp; "quoted" 'single' \]\]> \\x00\\x01\\x1b\[31m\\xff/);
    assert.equal(await run("document.querySelectorAll('#cell-content script').length"), 0);
    assert.match(await run("[...document.querySelectorAll('.log')].map((e) => e.textContent).join()"), /… 9,749 bytes more/);
    assert.deepEqual(await run("['fail', 'inconclusive', 'skip', 'info', 'pass', 'strict-pass'].map((v) => document.querySelectorAll('.case .s-' + v).length)"), [2, 1, 1, 1, 1, 1]);
  },
};

async function screenshots() {
  await look(1440, 1000, "light");
  await open("matrix.html");
  await run("settle()");
  await screenshot("matrix-light.png");
  await run("rows()[300].scrollIntoView({block: 'center'}), settle()");
  await screenshot("matrix-scrolled.png");
  await run("byId('MQTT-3.3.1-4').querySelector('td[data-peer=\"3\"] button').click(), settle()");
  await screenshot("cell-light.png");
  await look(1440, 1000, "dark");
  await run("settle()");
  await screenshot("cell-dark.png");
  await run("document.querySelector('#close').click(), scrollTo(0, 0), set('#verdict input[value=fail]')");
  await screenshot("matrix-dark.png");
  await run("document.querySelector('#reading').open = true, settle()");
  await screenshot("legend-dark.png");
  await look(420, 900, "light");
  await run("document.querySelector('#reset').click(), document.querySelector('#reading').open = false, settle()");
  await run("rows()[3].scrollIntoView({block: 'center'}), settle()");
  await screenshot("matrix-narrow.png");
}

let failed = 0;
try {
  await browser.attach();
  browser.on("Network.requestWillBeSent", ({request}) => requests.push(request.url));
  browser.on("Runtime.exceptionThrown", ({exceptionDetails}) => faults.push(exceptionDetails.exception?.description ?? exceptionDetails.text));
  browser.on("Log.entryAdded", ({entry}) => faults.push(entry.text));
  await look(1440, 1000, "light");
  await open("matrix.html");
  console.log(`the page with ${runs.reduce((sum, one) => sum + one.results.length, 0)} results was ready after ${Math.round(await run("performance.getEntriesByType('navigation')[0].loadEventEnd"))} ms`);
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      console.log(`ok  ${name}`);
    } catch (e) {
      failed++;
      console.log(`FAILED: ${name}: ${e.message}`);
    }
  }
  await screenshots();
  const loaded = [...new Set(requests.map((url) => url.split("#")[0]))].filter((url) => !url.endsWith("/matrix.html") && !url.endsWith("/nasty.html"));
  if (loaded.length !== 0 || requests.length === 0) failed++, console.log("FAILED: the page loads", loaded);
  if (faults.length !== 0) failed++, console.log("FAILED: the page complains", faults);
} catch (e) {
  failed++;
  console.log(`FAILED: ${e.stack}`);
} finally {
  browser.close();
  clearTimeout(giveUp);
}
process.exitCode = failed === 0 ? 0 : 1;
