// No broker that we run has an authentication method: one that is made for it, and its faults, show that the probes of AUTH can pass, and can fail.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <list>
#include <thread>

#include <gtest/gtest.h>

#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/property.hpp>

#include "../broker/catalogue.hpp"
#include "../broker/monitor.hpp"
#include "../schedule.hpp"
#include "../wire.hpp"

namespace mqttspan::conformance {
namespace {

enum class fault { none, asks_with_code_0, names_another_method, takes_wrong_data, takes_another_method, takes_any_code, ends_with_connack, is_mute_meanwhile, talks_too_much };

// Knows the method "M": asks once, and wants "y".
class gatekeeper {
 public:
  gatekeeper(int fd, fault f) : fd_(fd), fault_(f) {}
  ~gatekeeper() { ::close(fd_); }

  void serve() {
    char in[4'096];
    for (ssize_t n = 0; !left_ && (n = ::recv(fd_, in, sizeof in, 0)) > 0;) {
      in_.append(in, static_cast<std::size_t>(n));
      while (!left_ && take()) {}
    }
    ::shutdown(fd_, SHUT_RDWR);
  }

 private:
  enum class phase { outside, first, inside, again };

  bool take() {
    const auto found = parse(as_bytes(in_), protocol_version::v5, {.sender = sender::client});
    if (!found && found.error().code == errc::incomplete) return false;
    if (!found) return left_ = true, false;
    std::visit([this](const auto& p) { hear(p); }, found->packet);
    in_.erase(0, found->size);
    return true;
  }

  template <class P>
  void hear(const P&) {
    left_ = true;
  }
  void hear(const pingreq&) {
    if (fault_ != fault::is_mute_meanwhile || phase_ != phase::again) say(pingresp{});
  }
  void hear(const mqttspan::connect& c) {
    limit_ = c.properties.get(prop::maximum_packet_size).value_or(1'000);
    const auto method = c.properties.get(prop::authentication_method);
    phase_ = phase::first;
    if (!method) say(connack{});
    else if (*method == "M") ask();
    else left_ = true;
  }
  void hear(const auth& a) {
    const reason_code due = phase_ == phase::inside ? reason_code::re_authenticate : reason_code::continue_authentication;
    const bool is_right_method = a.properties.get(prop::authentication_method) == std::string_view("M") || fault_ == fault::takes_another_method;
    const bool is_right_code = a.reason_code == due || fault_ == fault::takes_any_code;
    if (!is_right_method || !is_right_code) return void(left_ = true);
    if (phase_ == phase::inside) return phase_ = phase::again, ask();
    const auto data = a.properties.get(prop::authentication_data);
    if ((!data || as_text(*data) != "y") && fault_ != fault::takes_wrong_data) return refuse();
    const bool is_first = phase_ == phase::first || fault_ == fault::ends_with_connack;
    phase_ = phase::inside;
    const property own[] = {prop::authentication_method(name())};
    if (is_first) say(connack{.properties = own});
    else say(auth{.reason_code = reason_code::success, .properties = own});
  }

  void ask() {
    const std::string words(20, 'w');
    const property own[] = {prop::authentication_method(name()), prop::reason_string(words)};
    const bool talks = limit_ >= 40 || fault_ == fault::talks_too_much;
    say(auth{.reason_code = fault_ == fault::asks_with_code_0 ? reason_code::success : reason_code::continue_authentication, .properties = std::span(own).first(talks ? 2 : 1)});
  }
  void refuse() {
    if (phase_ == phase::first) say(connack{.reason_code = reason_code::not_authorized});
    left_ = true;
  }
  std::string_view name() const { return fault_ == fault::names_another_method ? "N" : "M"; }
  void say(const packet& p) {
    const std::string bytes = wire::encoded(p, protocol_version::v5);
    ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

  int fd_;
  fault fault_;
  phase phase_ = phase::outside;
  std::string in_;
  std::uint32_t limit_ = 1'000;
  bool left_ = false;
};

class gate {
 public:
  explicit gate(fault f) : listener_(posix::listen_at(posix::resolve_at_once({.host = "127.0.0.1", .port = 0}).front())), fault_(f) {
    at = posix::socket_address::of_socket(listener_.get());
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~gate() {
    is_over_ = true;
    acceptor_.join();
    for (std::thread& each : clients_) each.join();  // the probes are gone, and so are their connections
  }
  posix::socket_address at;

 private:
  void accept_all() {
    while (!is_over_) {
      const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (fd >= 0) clients_.emplace_back([fd, f = fault_] { gatekeeper(fd, f).serve(); });
      else ::usleep(1'000);  // the listener does not block
    }
  }
  posix::unique_fd listener_;
  fault fault_;
  std::atomic<bool> is_over_{false};
  std::list<std::thread> clients_;
  std::thread acceptor_;
};

// The probes of AUTH that failed.
std::vector<std::string> failed_with(fault f) {
  const catalogue all = broker::all_probes();
  const gate broker(f);
  posix::loop loop;
  peer who;
  who.versions = {protocol_version::v5};
  who.at = broker.at;
  who.offers = nlohmann::json::parse(R"({"auth": {"method": "M", "first": "66", "answers": ["79"], "wrong": "6e"}})");
  std::vector<play> plays;
  for (const probe& p : all)
    if (p.needs == "+auth") plays.push_back({&p, protocol_version::v5});
  schedule_options how;
  how.nonce = "test";
  how.make_monitor = broker::make_monitor;
  schedule players(loop, who, plays, std::move(how));
  std::vector<std::string> failed;
  for (const result& r : players.run()) {
    EXPECT_NE(r.found, verdict::skip) << r.id;
    EXPECT_TRUE(f != fault::none || r.found != verdict::inconclusive) << r.id << ": " << r.reason;
    if (r.found == verdict::fail) failed.push_back(r.id);
  }
  std::sort(failed.begin(), failed.end());
  return failed;
}

using ids = std::vector<std::string>;

bool has_all(const ids& failed, const ids& expected) { return std::includes(failed.begin(), failed.end(), expected.begin(), expected.end()); }

TEST(enhanced_authentication, is_good) { EXPECT_EQ(failed_with(fault::none), ids{}); }

TEST(enhanced_authentication, asks_with_another_code) { EXPECT_TRUE(has_all(failed_with(fault::asks_with_code_0), {"B-AUTHM/5.0/again", "B-AUTHM/5.0/success"})); }

TEST(enhanced_authentication, names_another_method) { EXPECT_TRUE(has_all(failed_with(fault::names_another_method), {"B-AUTHM/5.0/again", "B-AUTHM/5.0/success"})); }

TEST(enhanced_authentication, takes_wrong_data) { EXPECT_EQ(failed_with(fault::takes_wrong_data), (ids{"B-AUTHM/5.0/again-wrong", "B-AUTHM/5.0/failure"})); }

TEST(enhanced_authentication, takes_another_method) {
  EXPECT_EQ(failed_with(fault::takes_another_method), (ids{"B-AUTHM/5.0/again-other-method", "B-AUTHM/5.0/other-method"}));
}

TEST(enhanced_authentication, takes_any_code) {
  EXPECT_TRUE(has_all(failed_with(fault::takes_any_code), {"B-AUTHM/5.0/too-early", "B-AUTHRC/5.0/code-19"}));
}

TEST(enhanced_authentication, ends_with_another_packet) { EXPECT_EQ(failed_with(fault::ends_with_connack), (ids{"B-AUTHM/5.0/again", "B-AUTHM/5.0/again-traffic"})); }

TEST(enhanced_authentication, holds_up_other_packets) { EXPECT_EQ(failed_with(fault::is_mute_meanwhile), (ids{"B-AUTHM/5.0/again-traffic"})); }

TEST(enhanced_authentication, says_more_than_fits) { EXPECT_EQ(failed_with(fault::talks_too_much), (ids{"B-MAXPKTPROP/5.0/auth"})); }

}  // namespace
}  // namespace mqttspan::conformance
