// What a run of the conformance harness found: one result a case, and whom it was found in. Codec, broker and client runs all end in this form.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace mqttspan::conformance {

enum class verdict {
  pass,          ///< as the statements ask
  strict_pass,   ///< as the statements ask, and as they only recommend
  fail,          ///< a statement is broken
  info,          ///< what was seen, where the text leaves it open
  skip,          ///< not tried: `reason` says why
  inconclusive,  ///< tried, and nothing can be said: `reason` says why
};

/// What passed on one of a case's connections: bytes, or an event such as "closed".
struct exchange {
  std::chrono::microseconds at{};  ///< since the case began
  std::string connection;          ///< the role that the case gave it: "publisher", "subscriber", "adapter"
  bool from_peer = false;          ///< else from us
  std::vector<std::byte> bytes;
  std::size_t omitted = 0;  ///< how many more bytes there were behind these, which nobody needs to see
  std::string text;         ///< the bytes in words, or the event

  friend bool operator==(const exchange&, const exchange&) = default;
};

struct result {
  std::string id;     ///< of the case, stable: "5.0/publish/0007", "B-UTF8/5.0/publish-topic-lone-surrogate"
  std::string check;  ///< what the case belongs to: a recipe ("B-UTF8"), a vector file ("5.0/publish"), a family
  std::string title;  ///< for people
  std::string version;
  std::vector<std::string> statements;  ///< ids, of that version
  verdict found = verdict::inconclusive;
  std::string reason;  ///< what was expected and what was seen; empty for pass
  std::vector<exchange> log;
  std::string known{};  ///< of a fail that the peer file knows: why it is there

  friend bool operator==(const result&, const result&) = default;
};

/// One peer, examined once.
struct run {
  std::string kind;  ///< "codec", "connection" (a stream layer without I/O), "broker", "client"
  std::string peer;  ///< name and version, as the user or the peer file gives them
  std::string target;
  std::string date;  ///< RFC 3339, UTC
  std::vector<result> results;

  friend bool operator==(const run&, const run&) = default;
};

}  // namespace mqttspan::conformance
