#include <algorithm>
#include <variant>

#include <mqttspan/codec/generate.hpp>

#include "hostile.hpp"
#include "wire_monitor.hpp"

namespace mqttspan::test {
namespace {

std::string_view text_of(bytes_view bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

class player {
 public:
  player(const script& s, std::size_t chunk, connection_memory* shared)
      : script_(s), chunk_(chunk), line_(shared ? connection(s.self, now_, *shared) : connection(s.self, now_, s.options)), monitor_(s.self, s.version) {
    monitor_.ordered = s.options.ordered_acknowledgements;
  }

  performance play() {
    if (!script_.session.empty()) {
      const bool imports = line_.import_session(script_.session).has_value();
      if (imports) monitor_.resume(script_.session);
      result_.events += imports ? "import\n" : "no import\n";
    }
    for (const act& a : script_.acts) perform(a);
    pump();
    finish();
    return std::move(result_);
  }

 private:
  void fault(bool is_fault, std::string_view what) {
    if (is_fault && result_.fault.empty()) result_.fault = std::string(what);
  }

  void perform(const act& a) {
    switch (a.what) {
      case act::kind::bytes: backlog_ += a.bytes; break;
      case act::kind::send: send(a.packet); break;
      case act::kind::wait:
        now_ = now_ + a.amount;
        line_.handle_timeout(now_);
        break;
      case act::kind::drain: drain(a.amount); break;
      case act::kind::close: line_.close(reason_code::unspecified_error); break;
      case act::kind::end_of_input: line_.end_of_input(); break;
    }
    look();
    pump();
  }

  void send(const sample& s) {
    const std::size_t before = line_.output_size();
    const bool was_over = line_.phase() == connection_phase::ended;
    const auto done = line_.send(s.packet, now_);
    fault(done && was_over, "sends after the end");
    fault(!done && line_.output_size() != before, "writes what it refuses");
    fault(done && line_.output_size() == before, "does not write what it says it sends");
    result_.events += done ? "sent " + std::to_string(done->packet_id) + '\n' : "refused " + std::to_string(static_cast<int>(done.error().violated)) + ' ' + std::to_string(static_cast<int>(done.error().code)) + '\n';
  }

  // All that comes in is read, as far as the connection wants it.
  void pump() {
    for (;;) {
      next_events();
      if (backlog_.empty() || line_.input_left() != 0 || line_.phase() == connection_phase::ended) return;
      input_.assign(backlog_, 0, chunk_ == 0 ? backlog_.size() : chunk_);
      told_ = 0;
      if (!line_.receive(as_bytes(input_), now_)) return;
      backlog_.erase(0, input_.size());
    }
  }

  void next_events() {
    for (;;) {
      const connection_event e = line_.next_event();
      if (e.kind() != connection_event_kind::nothing) ++result_.packets_read;
      fault(told_end_ && e.kind() != connection_event_kind::nothing, "an event after the end");
      log(e);
      look();
      if (e.kind() != connection_event_kind::nothing) continue;
      line_.rest();
      result_.rests += line_.is_resting();
      return;
    }
  }

  void log(const connection_event& e) {
    using enum connection_event_kind;
    if (e.kind() != payload_chunk && e.kind() != nothing && is_in_payload_) result_.events += '\n', is_in_payload_ = false;
    switch (e.kind()) {
      case nothing: break;
      case packet: write_packet(e.packet()); break;
      case publish_begin:
        result_.events += "begin " + std::to_string(e.publish_begin().payload_size) + ' ' + std::string(e.publish_begin().publish.topic) + '\n';
        break;
      case payload_chunk:
        result_.events += text_of(e.chunk().bytes);
        is_in_payload_ = true;
        break;
      case publish_end: result_.events += "end\n"; break;
      case ended: {
        told_end_ = true;
        result_.has_ended = true;
        const struct ending& x = e.ending();
        result_.events += "ended " + std::to_string(static_cast<int>(x.why)) + ' ' + std::to_string(static_cast<int>(x.error.violated)) + " in " +
                          std::to_string(static_cast<int>(x.error.in)) + " code " + std::to_string(static_cast<int>(x.error.code)) + " at " + std::to_string(x.position) +
                          '+' + std::to_string(x.error.offset) + " reason " + std::to_string(static_cast<int>(x.reason)) + (x.will_is_due ? " will\n" : "\n");
        fault(!script_.acts.empty() && x.why == ending::cause::no_memory, "out of memory");
      }
    }
  }

  void write_packet(const mqttspan::packet& p) {
    char room[1024];
    const auto written = generate(p, line_.version(), std::as_writable_bytes(std::span(room)), {.allow = all_leniencies});
    result_.events += std::string(to_string(type_of(p))) + ' ';
    if (written) result_.events += text_of(*written);
    result_.events += '\n';
  }

  // What came out since the last look, and what was read for it.
  void look() {
    if (!was_told_of_end_) {
      const std::size_t used = input_.size() - line_.input_left();
      monitor_.read(as_bytes(std::string_view(input_).substr(told_, used - told_)));
      told_ = used;
    }
    const bytes_view out = line_.output();
    fault(out.size() != line_.output_size(), "output in pieces");
    fault(line_.output_size() > script_.options.output_size, "more output than it may keep");
    fault(was_told_of_end_ && out.size() > seen_, "output after the end");
    if (told_end_) was_told_of_end_ = true;
    if (out.size() > seen_) {
      monitor_.wrote(out.subspan(seen_));
      result_.output += text_of(out.subspan(seen_));
      seen_ = out.size();
    }
    if (script_.takes == transport::takes_all) drain(seen_);
    result_.was_connected |= line_.phase() == connection_phase::connected;
    fault(line_.phase() == connection_phase::ended && line_.next_timeout().has_value(), "a timeout after the end");
  }

  void drain(std::size_t size) {
    const std::size_t n = std::min(size, seen_);
    line_.consume_output(n, now_);
    seen_ -= n;
  }

  void finish() {
    if (line_.phase() == connection_phase::ended) {
      fault(!told_end_, "the end is not told");
      fault(line_.receive(as_bytes(std::string_view("x")), now_), "takes input after the end");
      fault(line_.next_event().kind() != connection_event_kind::nothing, "the end is told twice");
      line_.close();
      line_.end_of_input();
      line_.handle_timeout(now_ + 1'000'000);
      look();
    }
    fault(!monitor_.fault().empty(), monitor_.fault());
    result_.packets_written = monitor_.packets_written();
    session_entry kept[64];
    const std::size_t count = line_.export_session(kept);
    fault(count > 20, "keeps more than it may");
    for (std::size_t i = 0; i < count && i < 64; ++i)
      result_.events += "kept " + std::to_string(kept[i].packet_id) + ' ' + std::to_string(static_cast<int>(kept[i].state)) + (kept[i].is_ours ? " ours\n" : "\n");
  }

  static constexpr auto all_leniencies = static_cast<leniency>(0xFFFF);

  const script& script_;
  std::size_t chunk_;
  instant now_{1'000};
  connection line_;
  wire_monitor monitor_;
  performance result_;
  std::string backlog_, input_;
  std::size_t told_ = 0, seen_ = 0;
  bool told_end_ = false, was_told_of_end_ = false, is_in_payload_ = false;
};

}  // namespace

performance play(const script& s, std::size_t chunk, connection_memory* shared) { return player(s, chunk, shared).play(); }

}  // namespace mqttspan::test
