// The adapter protocol: requests and answers as lines of JSON, by which any codec in any language can be tested.
#pragma once

#include <string>
#include <string_view>

namespace mqttspan {

/// The answer to one request line, without the line feed. Never throws for what the line holds: a bad request is answered with an error.
///
///     {"id":1,"op":"decode","version":"5.0","sender":"any","chunks":["100f","0004…"]}  →  {"id":1,"packets":[…],"error":null,"pending":0}
///     {"id":2,"op":"encode","version":"3.1.1","packet":{…}}                            →  {"id":2,"hex":"3003…"} or {"id":2,"error":{…}}
///     {"id":3,"op":"capabilities"}                                                     →  {"id":3,"versions":[…],"senders":[…]}
std::string answer_line(std::string_view request);

}  // namespace mqttspan
