// Watches everything that passes on the connections of a probe, and holds it against what the specifications ask of every packet.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/error.hpp>
#include <mqttspan/codec/packet.hpp>

#include "cited.hpp"

namespace mqttspan::conformance {

/// What a monitor has objections to.
struct finding {
  std::string row;          ///< of the monitor's table: "ids-unique"
  std::string what;         ///< for people, with the packet's words
  std::string statement{};  ///< that is broken; empty: the row's all
};

/// What has been seen of one connection; tells its owner what is wrong.
class monitor {
 public:
  virtual ~monitor() = default;
  /// A good packet that we sent.
  virtual void sent(const packet& p, std::size_t size) = 0;
  /// Bytes that we sent and that are no good packet: what the peer makes of them, and so its state, is unknown from here on.
  virtual void sent_bad() = 0;
  /// A packet of the peer's, in its order.
  virtual void received(const packet& p, std::size_t size) = 0;
  /// Bytes of the peer's that are no good packet. Read on with leniencies where that can be done.
  virtual void unreadable(const error& e, bytes_view bytes) = 0;

  std::vector<finding> findings;
  std::vector<std::string> exercised;  ///< rows that had something to judge, each once
};

/// What a monitor judges. Becomes one result for each version.
struct monitor_row {
  std::string_view name;
  std::string_view title;
  cited statements;
};

/// A monitor with a table of rows, whose first is the layout of packets.
class monitor_with_rows : public monitor {
 public:
  monitor_with_rows(protocol_version version, std::span<const monitor_row> rows) noexcept : version_(version), rows_(rows) {}

  void sent_bad() override { is_blind_ = true; }

 protected:
  protocol_version version() const noexcept { return version_; }
  bool v5() const noexcept { return version_ == protocol_version::v5; }
  /// Whether what the peer knows is unknown: it was sent something bad.
  bool is_blind() const noexcept { return is_blind_; }

  /// The row had something to judge.
  void judged(std::string_view row);
  void judge(std::string_view row, bool good, const packet& p, std::string_view objection);
  /// The row that has the statement which the error rests on; the layout, where none has.
  const monitor_row& row_of(const error& e, bytes_view bytes) const;
  void object(const monitor_row& row, const error& e, bytes_view bytes);

 private:
  protocol_version version_;
  std::span<const monitor_row> rows_;
  bool is_blind_ = false;
};

}  // namespace mqttspan::conformance
