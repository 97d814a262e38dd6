// The module of inspector.cpp under node, by the page's own loader.
import {readFileSync} from "node:fs";

const loader = readFileSync(new URL("../engine.js", import.meta.url), "utf8");

export async function engine(wasm) {
  const ask = await new Function(`${loader}; return engineOf;`)()(readFileSync(wasm));
  return (request) => ask(JSON.stringify(request));
}
