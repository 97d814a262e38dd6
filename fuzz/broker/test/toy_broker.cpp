// A small broker that keeps the rules, and breaks one of them, or itself, when told: what the fuzzer must find, and where it must find nothing.
//
//   toy-broker [--bug NAME] PORT      toy-broker --list
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <mqttspan/codec/owned.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/topic.hpp>
#include <mqttspan/posix/server.hpp>

using namespace mqttspan;

namespace {

constexpr std::string_view bugs[] = {"long-length", "empty-subscribe", "second-connect", "stray-pubrel",  "hang-unsubscribe",  "stall-slashes",
                                     "leak-unsubscribe", "bad-puback", "takes-qos-3", "takes-bad-utf8", "overflow-keep-alive", "will-takeover"};
std::string_view bug;
bool has(std::string_view name) { return bug == name; }

// Takes apart what passes, packet by packet, in front of the library: where a parser of one's own would be.
class frames {
 public:
  /// Calls `see(packet)` for each packet that is whole; its bytes may be changed.
  template <class See>
  void take(bytes_view bytes, See&& see) {
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    std::size_t at = 0;
    for (;;) {
      const bytes_view rest = bytes_view(kept_).subspan(at);
      const auto head = peek(rest);
      if (!head && head.error().code != errc::incomplete) return see(rest, false), kept_.clear();
      if (!head || head->packet_size() > rest.size()) break;
      see(rest.subspan(0, head->packet_size()), true);
      at += head->packet_size();
    }
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(at));
  }

 private:
  std::vector<std::byte> kept_;
};

// The bugs of a parser.
class buggy_transport {
 public:
  explicit buggy_transport(any_transport lower) : lower_(std::move(lower)) {}

  transfer read_some(std::span<std::byte> into) noexcept {
    const transfer t = lower_.read_some(into);
    if (t.outcome != progress::moved) return t;
    in_.take(bytes_view(into.data(), t.size), [this](bytes_view packet, bool is_framed) { look_at(packet, is_framed); });
    if (has("takes-qos-3")) take_qos_3(into.subspan(0, t.size));
    return t;
  }
  transfer write_some(bytes_view from) noexcept {
    if (!has("bad-puback")) return lower_.write_some(from);
    std::vector<std::byte> changed(from.begin(), from.end());
    for (std::size_t at = 0; at < changed.size();) {
      const auto head = peek(bytes_view(changed).subspan(at));
      if (!head) break;
      if (head->type == packet_type::puback) changed[at] |= std::byte{1};
      at += head->packet_size();
    }
    return lower_.write_some(changed);
  }
  transfer shut_down() noexcept { return lower_.shut_down(); }
  bool has_pending() const noexcept { return lower_.has_pending(); }
  std::string_view failure() const noexcept { return lower_.failure(); }

 private:
  void look_at(bytes_view packet, bool is_framed) {
    const auto first = std::to_integer<unsigned>(packet.front());
    const unsigned type = first >> 4;
    if (!is_framed && has("long-length") && packet.size() > 4 && type != 0) std::abort();
    if (type == 8 && packet.size() < 6 && has("empty-subscribe")) *static_cast<volatile int*>(nullptr) = 1;
    if (type == 1 && connects_++ != 0 && has("second-connect")) std::exit(1);
    if (type == 3 && (first & 6) == 4) has_qos_2_ = true;
    if (type == 6 && !has_qos_2_ && has("stray-pubrel")) std::abort();
  }
  static void take_qos_3(std::span<std::byte> bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
      const auto head = peek(bytes.subspan(at));
      if (!head) break;
      if (head->type == packet_type::publish && (head->flags & 6) == 6) bytes[at] &= std::byte{0xFD};
      at += head->packet_size();
    }
  }

  any_transport lower_;
  frames in_;
  int connects_ = 0;
  bool has_qos_2_ = false;
};

struct client_state {
  std::string id;
  std::map<std::string, subscription, std::less<>> filters;  // the views of the options are not used
  bool has_will = false;
};

class broker {
 public:
  explicit broker(posix::loop& loop) : server_(loop, options()) {
    server_.on.connect = [this](auto& e, const connect& c) { hello(e, c); };
    server_.on.subscribe = [this](auto& e, const subscribe& s) { subscribed(e, s); };
    server_.on.unsubscribe = [this](auto& e, const unsubscribe& u) { unsubscribed(e, u); };
    server_.on.publish = [this](auto& e, const publish& p) { published(&e, p); };
    server_.on.close = [this](auto& e, const posix::closing& why) { gone(e, why); };
  }

  bool listen(std::uint16_t port) {
    return server_.listen({.host = "127.0.0.1", .port = port}, [](any_transport lower, const posix::address&) { return any_transport(buggy_transport(std::move(lower))); });
  }
  std::uint16_t port() const { return server_.addresses().front().port; }
  std::string failure() const { return server_.failure(); }

 private:
  static posix::server_options options() {
    posix::server_options o;
    o.endpoint.mqtt.topic_alias_maximum = 4;
    if (has("takes-bad-utf8")) o.endpoint.mqtt.parse.allow = leniency::ill_formed_utf8;
    return o;
  }

  static client_state& state(posix::endpoint& e) { return std::any_cast<client_state&>(e.data); }

  void hello(posix::endpoint& e, const connect& c) {
    client_state mine;
    mine.id = c.client_id.empty() ? "auto-" + std::to_string(++unnamed_) : std::string(c.client_id);
    mine.has_will = c.will.has_value();
    if (has("overflow-keep-alive")) deadline_ = static_cast<int>(c.keep_alive) * 40'000;  // overflows from 53,688 on
    if (const auto other = clients_.find(mine.id); other != clients_.end()) {
      if (has("will-takeover") && state(*other->second).has_will) std::abort();
      other->second->close(reason_code::session_taken_over);
    }
    clients_[mine.id] = &e;
    const property given[] = {prop::subscription_identifier_available(0), prop::shared_subscription_available(0), prop::assigned_client_identifier(mine.id)};
    const bool is_v5 = c.version == protocol_version::v5;
    e.data = std::move(mine);
    if (!e.send(connack{.properties = std::span(given, is_v5 ? (c.client_id.empty() ? 3u : 2u) : 0u)})) e.close();
  }

  void subscribed(posix::endpoint& e, const subscribe& wish) {
    std::vector<reason_code> codes;
    for (const subscription& s : wish.subscriptions) codes.push_back(static_cast<reason_code>(s.qos));
    if (!e.send(suback{.packet_id = wish.packet_id, .reason_codes = codes})) return e.close();
    for (const subscription& s : wish.subscriptions) {
      const bool is_new = state(e).filters.insert_or_assign(std::string(s.topic_filter), s).second;
      if (s.retain_handling == retain_handling::do_not_send || (s.retain_handling == retain_handling::send_if_new && !is_new)) continue;
      for (const auto& [topic, kept] : retained_)
        if (matches(s.topic_filter, topic, e.mqtt().version())) pass_on(e, *kept, s.qos, true);
    }
  }

  void unsubscribed(posix::endpoint& e, const unsubscribe& wish) {
    std::vector<reason_code> codes;
    for (const std::string_view filter : wish.topic_filters) {
      const auto at = state(e).filters.find(filter);
      codes.push_back(at == state(e).filters.end() ? reason_code::no_subscription_existed : reason_code::success);
      if (at != state(e).filters.end()) state(e).filters.erase(at);
      if (has("leak-unsubscribe")) leak_.emplace_back(48 * 1024, 'x');
      if (has("hang-unsubscribe") && filter.find('+') != std::string_view::npos) return e.pause();
    }
    if (e.mqtt().version() != protocol_version::v5) codes.clear();
    if (!e.send(unsuback{.packet_id = wish.packet_id, .reason_codes = codes})) e.close();
  }

  void published(posix::endpoint* from, const publish& news) {
    if (has("stall-slashes") && news.topic.find("//") != std::string_view::npos) {
      for (volatile bool forever = true; forever;) {}
    }
    if (news.retain) keep(news);
    for (auto& [id, client] : clients_) {
      int most = -1;
      bool keeps_retain = false;
      for (const auto& [filter, s] : state(*client).filters)
        if (!(s.no_local && client == from) && matches(filter, news.topic, client->mqtt().version())) {
          most = std::max(most, static_cast<int>(s.qos));
          keeps_retain = keeps_retain || s.retain_as_published;
        }
      if (most >= 0) pass_on(*client, news, static_cast<qos>(most), news.retain && keeps_retain);
    }
  }

  void keep(const publish& news) {
    const std::string topic(news.topic);
    if (news.payload.empty() || retained_.size() > 1'000) return void(retained_.erase(topic));
    publish copy = news;
    copy.dup = false;
    const posix::message clean(copy);
    if (auto kept = owned<publish>::copy_of(clean.view(), protocol_version::v5)) retained_.insert_or_assign(topic, std::move(*kept));
  }

  static void pass_on(posix::endpoint& to, const publish& news, qos most, bool retain) {
    publish copy = news;
    copy.retain = retain;
    posix::message m(copy);
    (void)to.deliver(m, most);
  }

  void gone(posix::endpoint& e, const posix::closing& why) {
    if (!e.data.has_value()) return;
    const std::string id = state(e).id;
    if (const auto place = clients_.find(id); place != clients_.end() && place->second == &e) clients_.erase(place);
    if (why.will) published(nullptr, *why.will);
  }

  posix::server server_;
  std::map<std::string, posix::endpoint*> clients_;
  std::map<std::string, owned<publish>> retained_;
  std::vector<std::string> leak_;
  unsigned long unnamed_ = 0;
  volatile int deadline_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> args(argv + 1, argv + argc);
  if (args.size() == 1 && args[0] == "--list") {
    for (const std::string_view name : bugs) std::printf("%.*s\n", static_cast<int>(name.size()), name.data());
    return 0;
  }
  if (args.size() == 3 && args[0] == "--bug") bug = args[1];
  if (args.empty() || (!bug.empty() && std::find(std::begin(bugs), std::end(bugs), bug) == std::end(bugs))) return std::fprintf(stderr, "usage: toy-broker [--bug NAME] PORT\n"), 2;
  posix::loop loop;
  broker all(loop);
  if (!all.listen(static_cast<std::uint16_t>(std::atoi(argv[argc - 1])))) return std::fprintf(stderr, "%s\n", all.failure().c_str()), 1;
  std::printf("%u\n", all.port()), std::fflush(stdout);
  loop.run();
}
