#include "minimise.hpp"

#include <algorithm>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>

#include "wire.hpp"

namespace mqttspan::fuzz {
namespace {

using clock = std::chrono::steady_clock;

// The end of such a list is a sentinel, which std::vector does not take.
template <class T, class List>
std::vector<T> items_of(const List& list) {
  std::vector<T> all;
  for (const T& each : list) all.push_back(each);
  return all;
}

// What is tried on each field of a packet that can be read.
class simplifier {
 public:
  simplifier(const packet& p, protocol_version version, const std::string& as_it_is) : version_(version), size_(as_it_is.size()), as_it_is_(as_it_is) {
    std::visit([this](const auto& each) { simplify(each); }, p);
  }
  std::vector<std::string> take() { return std::move(found_); }

 private:
  void offer(const packet& p) {
    std::string bytes(as_it_is_.size() + 16, '\0');
    const auto done = generate(p, version_, as_writable_bytes(bytes.data(), bytes.size()));
    if (!done) return;
    bytes.resize(done->size());
    if (bytes != as_it_is_ && bytes.size() <= size_ && std::find(found_.begin(), found_.end(), bytes) == found_.end()) found_.push_back(std::move(bytes));
  }
  template <class P>
  void properties_of(const P& p, property_list P::*list) {
    P fewer = p;
    fewer.*list = {};
    offer(fewer);
    const auto all = items_of<property>(p.*list);
    for (std::size_t i = 0; all.size() > 1 && i < all.size(); ++i) {
      std::vector<property> rest = all;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      fewer.*list = rest;
      offer(fewer);
    }
  }
  template <class P, class Change>
  void change(P p, Change&& how) {
    how(p);
    offer(p);
  }

  template <class P>
  void simplify(const P& p) {
    if constexpr (requires { p.properties; }) properties_of(p, &P::properties);
    if constexpr (requires { p.packet_id; }) change(p, [](P& c) { c.packet_id = 1; });
    if constexpr (requires { p.reason_code; }) change(p, [](P& c) { c.reason_code = {}; });
  }
  void simplify(const mqttspan::connect& p) {
    change(p, [](auto& c) { c = {.version = c.version, .keep_alive = 0, .client_id = "c"}; });
    change(p, [](auto& c) { c.will.reset(); });
    change(p, [](auto& c) { c.user_name.reset(), c.password.reset(); });
    change(p, [](auto& c) { c.client_id = "c"; });
    change(p, [](auto& c) { c.keep_alive = 0; });
    change(p, [](auto& c) { c.clean_start = true; });
    if (p.will) will_of(p);
    properties_of(p, &mqttspan::connect::properties);
  }
  void will_of(const mqttspan::connect& p) {
    change(p, [](auto& c) { c.will->properties = {}; });
    change(p, [](auto& c) { c.will->topic = "t"; });
    change(p, [](auto& c) { c.will->payload = {}; });
    change(p, [](auto& c) { c.will->qos = qos::at_most_once; });
    change(p, [](auto& c) { c.will->retain = false; });
  }
  void simplify(const publish& p) {
    properties_of(p, &publish::properties);
    change(p, [](publish& c) { c.payload = {}; });
    change(p, [](publish& c) { c.payload = c.payload.subspan(0, c.payload.size() / 2); });
    change(p, [](publish& c) { c.topic = c.topic.empty() ? c.topic : "t"; });
    change(p, [](publish& c) { c.qos = qos::at_most_once, c.packet_id = 0, c.dup = false; });
    change(p, [](publish& c) { c.packet_id = c.qos == qos::at_most_once ? std::uint16_t{0} : std::uint16_t{1}; });
    change(p, [](publish& c) { c.dup = false; });
    change(p, [](publish& c) { c.retain = false; });
  }
  void simplify(const subscribe& p) {
    const auto all = items_of<subscription>(p.subscriptions);
    each_alone(p, all, [](subscribe& c, std::span<const subscription> list) { c.subscriptions = list; });
    for (const std::string_view filter : {"t", "#"}) {
      std::vector<subscription> changed = all;
      for (subscription& s : changed) s = {.topic_filter = filter};
      change(p, [&](subscribe& c) { c.subscriptions = changed; });
    }
    properties_of(p, &subscribe::properties);
    change(p, [](subscribe& c) { c.packet_id = 1; });
  }
  void simplify(const unsubscribe& p) {
    const auto all = items_of<std::string_view>(p.topic_filters);
    each_alone(p, all, [](unsubscribe& c, std::span<const std::string_view> list) { c.topic_filters = list; });
    std::vector<std::string_view> changed(all.size(), "t");
    change(p, [&](unsubscribe& c) { c.topic_filters = changed; });
    properties_of(p, &unsubscribe::properties);
    change(p, [](unsubscribe& c) { c.packet_id = 1; });
  }
  template <class P, class T, class Set>
  void each_alone(const P& p, const std::vector<T>& all, Set&& set) {
    for (std::size_t i = 0; all.size() > 1 && i < all.size(); ++i) change(p, [&](P& c) { set(c, std::span(all).subspan(i, 1)); });
    if (all.size() > 2) change(p, [&](P& c) { set(c, std::span(all).first(all.size() / 2)); });
  }

  protocol_version version_;
  std::size_t size_;
  const std::string& as_it_is_;
  std::vector<std::string> found_;
};

class minimiser {
 public:
  minimiser(script s, const test_of_script& shows, std::chrono::milliseconds at_most) : best_(std::move(s)), shows_(shows), until_(clock::now() + at_most) {}

  script run() {
    by_cases();
    by_packets();
    for (std::size_t i = 0; i < best_.steps.size(); ++i) by_fields(i);
    for (std::size_t i = 0; i < best_.steps.size(); ++i) by_bytes(i);
    by_packets();  // what was needed for a long packet may not be for a short one
    return compacted(best_);
  }

 private:
  bool has_time() const { return clock::now() < until_; }
  bool holds(const script& s) const { return has_time() && shows_(compacted(s)); }

  // Of many cases on one connection it is mostly a single one, behind the CONNECT.
  void by_cases() {
    const auto is_mark = [](const step& s) { return s.what == action::mark; };
    if (best_.parties.size() != 1 || std::count_if(best_.steps.begin(), best_.steps.end(), is_mark) < 2) return;
    for (auto from = best_.steps.begin() + 1; from != best_.steps.end() && has_time();) {
      const auto to = std::find_if(from, best_.steps.end(), is_mark);
      script one{best_.parties, {best_.steps.front()}};
      one.steps.insert(one.steps.end(), from, to);
      if (holds(one)) return void(best_ = std::move(one));
      from = to == best_.steps.end() ? to : to + 1;
    }
  }

  void by_packets() {
    best_.steps = minimised<step>(best_.steps, [this](const std::vector<step>& steps) { return !steps.empty() && holds({best_.parties, steps}); });
  }
  bool replace(std::size_t at, std::string bytes) {
    script changed = best_;
    changed.steps[at].bytes = std::move(bytes);
    if (!holds(changed)) return false;
    best_ = std::move(changed);
    return true;
  }
  void by_fields(std::size_t at) {
    for (bool is_simpler = true; is_simpler && has_time();) {
      is_simpler = false;
      for (std::string& bytes : simpler_fields(best_.steps[at].bytes, best_.parties[best_.steps[at].party]))
        if (replace(at, std::move(bytes))) {
          is_simpler = true;
          break;
        }
    }
  }
  // Behind a fixed header that fits its packet it is made to fit again; else the bytes are taken as they are.
  void by_bytes(std::size_t at) {
    const std::string& bytes = best_.steps[at].bytes;
    const auto head = peek(as_bytes(bytes));
    if (bytes.size() < 2 || simpler_than_that_makes_no_sense(bytes)) return;
    const bool fits = head && head->packet_size() == bytes.size();
    const auto first = static_cast<unsigned char>(bytes.front());
    const std::string body = fits ? bytes.substr(head->header_size) : bytes.substr(1);
    const auto whole = [first, fits](const std::string& rest) { return fits ? conformance::wire::framed(first, rest) : conformance::wire::u8(first) + rest; };
    const std::vector<char> kept = minimised<char>({body.begin(), body.end()}, [&](const std::vector<char>& fewer) { return replace(at, whole(std::string(fewer.begin(), fewer.end()))); });
    static_cast<void>(kept);
  }
  // A good CONNECT has been dealt with by fields.
  static bool simpler_than_that_makes_no_sense(const std::string& bytes) {
    const auto read = parse(as_bytes(bytes), protocol_version::v3_1_1, from_client);
    return read && type_of(read->packet) == packet_type::connect && bytes.size() <= 20;
  }

  script best_;
  const test_of_script& shows_;
  clock::time_point until_;
};

}  // namespace

std::vector<std::string> simpler_fields(const std::string& bytes, protocol_version version) {
  const auto read = parse(as_bytes(bytes), version, {.sender = sender::client, .allow = leniency::payload_not_utf8});
  if (!read || read->size != bytes.size()) return {};
  return simplifier(read->packet, version, bytes).take();
}

script minimised(script s, const test_of_script& shows, std::chrono::milliseconds at_most) { return minimiser(std::move(s), shows, at_most).run(); }

}  // namespace mqttspan::fuzz
