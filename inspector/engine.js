// The C++ of inspector.cpp, compiled to WebAssembly: gives a function that takes a request and gives the answer, both as inspector.cpp describes them; the request as JSON text.
async function engineOf(bytes) {
  const module = await WebAssembly.compile(bytes);
  const imports = {env: {emscripten_notify_memory_growth() {}}, wasi_snapshot_preview1: {proc_exit(status) { throw new Error(`exit status ${status}`); }}};
  const begin = async () => {
    const {exports} = await WebAssembly.instantiate(module, imports);
    exports._initialize();
    return exports;
  };
  let cpp = await begin();
  return async (request) => {
    try {
      const text = new TextEncoder().encode(request);
      const room = cpp.mqttspan_room(text.length);
      new Uint8Array(cpp.memory.buffer, room, text.length).set(text);
      const size = cpp.mqttspan_answer();
      return JSON.parse(new TextDecoder().decode(new Uint8Array(cpp.memory.buffer, cpp.mqttspan_answer_text(), size)));
    } catch (e) {  // out of memory, or a fault of ours: what is left of the instance cannot be trusted
      cpp = await begin();
      return {error: {text: `the inspector has failed: ${e.message ?? "a C++ exception"}`}};
    }
  };
}
