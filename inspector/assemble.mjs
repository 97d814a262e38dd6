// node assemble.mjs SOURCES MODULE PAGE: puts style, scripts and module into the page. The policy names style and script by their hashes, so the page runs nothing else.
import {createHash} from "node:crypto";
import {readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";

const [sources, module, page] = process.argv.slice(2);
const text = (name) => readFileSync(join(sources, name), "utf8");
const hash = (inline) => `sha256-${createHash("sha256").update(inline).digest("base64")}`;

const style = text("inspector.css");
const script = `"use strict";\n${["engine.js", "examples.js", "packet_view.js", "inspector.js"].map(text).join("\n")}`;
const parts = {STYLE: style, STYLE_HASH: hash(style), SCRIPT: script, SCRIPT_HASH: hash(script), MODULE: readFileSync(module).toString("base64")};
writeFileSync(page, text("inspector.html").replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]));
