// Reads packets of one version and writes them as another, with the front of every topic replaced:
//
//   bridge_rewrite [--from 3.1.1] [--to 5.0] [--strip PREFIX] [--add PREFIX] [--max-packet-size BYTES] FILE|-
//
// A comment in the output says what was left out, and which packets were, because the other version cannot say it.
// Exit code: 0 fine, 1 malformed input (what came before it is written), 2 usage.
#include <algorithm>
#include <deque>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/topic.hpp>

#include "stream.hpp"

namespace {

using namespace mqttspan;

struct bridge {
  protocol_version from, to;
  std::string strip, add;
  std::uint32_t max_packet_size;
};

// One packet on its way. Owns what the rewritten packet views, so it must live until the packet is written.
struct crossing {
  const bridge& way;
  const bool from_5 = way.from == protocol_version::v5, to_5 = way.to == protocol_version::v5;
  std::string refused{}, left_out{};
  std::deque<std::string> texts{};  // not a vector: its strings would move when it grows, and their views go bad
  std::deque<std::vector<property>> properties{};
  std::vector<std::string_view> filters{};
  std::vector<subscription> subscriptions{};
  std::vector<reason_code> codes{};

  // What becomes of each member, in whichever packet it stands.
  template <control_packet P>
  void rewrite(P& p) {
    std::optional<property> extra;
    if constexpr (P::type == packet_type::connect) {
      if (p.version != way.from) refused = "it names another version than --from";
      p.version = way.to;
      if (p.will) rename(p.will->topic), translate(p.will->properties);
      if (!from_5 && to_5 && !p.clean_start) extra = prop::session_expiry_interval(0xFFFF'FFFF);  // 3.x keeps a session for ever
    }
    if constexpr (P::type == packet_type::publish)
      if (!p.topic.empty()) rename(p.topic);
    if constexpr (requires { p.subscriptions; }) {
      for (subscription s : p.subscriptions) {
        rename(s.topic_filter, true);
        if (!to_5 && s != subscription{.topic_filter = s.topic_filter, .qos = s.qos}) left_out += " subscription_options";
        subscriptions.push_back(s);
      }
      p.subscriptions = subscriptions;
    }
    if constexpr (requires { p.topic_filters; }) {
      for (std::string_view filter : p.topic_filters) rename(filter, true), filters.push_back(filter);
      p.topic_filters = filters;
    }
    if constexpr (requires { p.reason_codes; }) {
      for (const reason_code code : p.reason_codes) codes.push_back(is_error(code) && !to_5 ? reason_code::unspecified_error : code);
      if (from_5 && !to_5 && (P::type == packet_type::unsuback || !std::ranges::equal(p.reason_codes, codes))) left_out += " reason_codes";
      p.reason_codes = codes;
      if (!from_5 && to_5 && std::ranges::any_of(codes, is_error)) extra = prop::reason_string("refused behind the bridge");
    }
    if constexpr (requires { p.reason_code; } && P::type != packet_type::connack) {
      if (!to_5 && p.reason_code != reason_code::success) left_out += " reason_code";
    }
    if constexpr (requires { p.properties; }) translate(p.properties, extra);
  }

  void rename(std::string_view& topic, bool is_filter = false) {
    const auto share = is_filter && from_5 ? split_share(topic) : std::nullopt;
    const std::string_view inner = share ? share->topic_filter : topic;
    if (!inner.starts_with(way.strip)) return void(refused = "a topic is outside the prefix");
    const std::string_view front = topic.substr(0, topic.size() - inner.size());  // "$share/<share name>/", or nothing
    topic = texts.emplace_back(front).append(way.add).append(inner.substr(way.strip.size()));
    if (is_filter && share.has_value() != (to_5 && split_share(topic))) refused = "only one version knows shared subscriptions";
  }

  void translate(property_list& list, std::optional<property> extra = {}) {
    std::vector<property>& kept = properties.emplace_back();
    for (property p : list) {
      if (std::string_view topic = p.text(); p.id() == property_id::response_topic) rename(topic), p = prop::response_topic(topic);
      if (to_5) kept.push_back(p);
      else left_out.append(" ").append(to_string(p.id()));
    }
    if (extra) kept.push_back(*extra);
    list = kept;
  }
};

template <control_packet P>
void carry(P p, const bridge& way) {
  crossing c{way};
  c.rewrite(p);
  const generate_options options{.allow = leniency::fields_not_in_version, .max_packet_size = way.max_packet_size};
  std::vector<std::byte> out(encoded_size(p, way.to, {.allow = options.allow}).value_or(0));  // without the limit: it may shrink
  const auto written = generate_within(p, way.to, out, options);
  if (!written && c.refused.empty()) c.refused = text_of(written.error());
  if (!c.refused.empty()) return void(std::cout << "# " << to_string(P::type) << " dropped: " << c.refused << '\n');
  c.left_out.append(written->without_reason_string ? " reason_string" : "").append(written->without_user_properties ? " user_property" : "");
  if (!c.left_out.empty()) std::cout << "# " << to_string(P::type) << " without" << c.left_out << '\n';
  std::cout << example::hex(written->bytes) << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  const auto given =
      example::command_line(argc, argv, {{"--from", "3.1.1"}, {"--to", "5.0"}, {"--strip", ""}, {"--add", ""}, {"--max-packet-size", "268435460"}});
  const auto from = version_named(given ? given->at("--from") : std::string());
  const auto to = version_named(given ? given->at("--to") : std::string());
  const auto limit = given ? example::number(given->at("--max-packet-size")) : std::nullopt;
  if (!from || !to || !limit)
    return std::cerr << "usage: bridge_rewrite [--from 3.1.1] [--to 5.0] [--strip PREFIX] [--add PREFIX] [--max-packet-size BYTES] FILE|-\n", 2;
  const bridge way{*from, *to, given->at("--strip"), given->at("--add"), *limit};
  return example::for_each_packet(given->at("FILE"), way.from, {}, [&](const auto& p) { return carry(p, way), way.from; });
}
