#include "damaged_packets.hpp"

#include <type_traits>
#include <variant>

namespace mqttspan::fuzz {
namespace {

using test::entropy;

// Text of up to 12 bytes of any kind, now and then of 65,536.
std::string_view any_text(entropy& choices, test::packet_storage& kept) {
  constexpr std::string_view telling[] = {"", "#", "+", "a/#", "$share/g/t", "$share//t", "$share/g/", std::string_view("\0", 1), "\xC0\x80", "\xED\xA0\x80", "\xFF", "\xEF\xBB\xBF", "a/+b"};
  const std::uint32_t kind = choices.below(16);
  std::string text;
  if (kind == 15) text.assign(0x1'0000, 'x');
  else if (kind < 8) text = telling[choices.below(std::size(telling))];
  else
    for (std::uint32_t left = choices.below(13); left != 0; --left) text += static_cast<char>(choices.below(256));
  return kept.texts.emplace_back(std::move(text));
}

property any_property(entropy& choices, test::packet_storage& kept) {
  const auto id = static_cast<property_id>(choices.below(48));
  switch (choices.below(4)) {
    case 0: return property(id, choices.below(2) == 0 ? choices.below(300) : 0xFFFF'FFFFu - choices.below(3));
    case 1: return property(id, any_text(choices, kept));
    case 2: return property(id, as_bytes(any_text(choices, kept)));
    default: return property(id, string_pair{any_text(choices, kept), any_text(choices, kept)});
  }
}

void add_any(property_list& list, entropy& choices, test::packet_storage& kept) {
  std::vector<property>& all = kept.properties.emplace_back();
  for (const property& p : list) all.push_back(p);
  const auto before = all.begin() + static_cast<std::ptrdiff_t>(choices.below(static_cast<std::uint32_t>(all.size() + 1)));
  all.insert(before, any_property(choices, kept));
  list = all;
}

// Replaces one field of the packet; which ones there are is seen from its members.
struct damage {
  entropy& choices;
  test::packet_storage& kept;
  std::uint32_t which;

  template <class P>
  void operator()(P& p) const {
    const auto any_byte = [this] { return choices.below(256); };
    if constexpr (requires { p.properties; })
      if (which == 0) add_any(p.properties, choices, kept);
    if constexpr (requires { p.packet_id; })
      if (which == 1) p.packet_id = static_cast<std::uint16_t>(choices.below(2) == 0 ? 0 : choices.below(0x1'0000));
    if constexpr (requires { p.reason_code; })
      if (which == 2) p.reason_code = static_cast<reason_code>(any_byte());
    if constexpr (requires { p.qos; })
      if (which == 3) p.qos = static_cast<qos>(choices.below(4));
    if constexpr (requires { p.dup; })
      if (which == 4) p.dup = !p.dup;
    if constexpr (requires { p.topic; })
      if (which == 5) p.topic = any_text(choices, kept);
    if constexpr (requires { p.client_id; })
      if (which == 6) p.client_id = any_text(choices, kept);
    lists(p);
    if constexpr (std::is_same_v<P, connect>) of_connect(p);
  }

  // None at all, or one more.
  template <class List, class T>
  void change(List& list, std::vector<T>& all, T more) const {
    if (choices.below(4) != 0) {
      for (const T each : list) all.push_back(each);
      all.push_back(more);
    }
    list = all;
  }

  template <class P>
  void lists(P& p) const {
    const auto flag = [this] { return choices.below(2) != 0; };
    if (which != 7) return;
    if constexpr (requires { p.subscriptions; })
      change(p.subscriptions, kept.subscriptions,
             subscription{any_text(choices, kept), static_cast<qos>(choices.below(4)), flag(), flag(), static_cast<retain_handling>(choices.below(4))});
    if constexpr (requires { p.topic_filters; }) change(p.topic_filters, kept.topic_filters, any_text(choices, kept));
    if constexpr (requires { p.reason_codes; }) change(p.reason_codes, kept.reason_codes, static_cast<reason_code>(choices.below(256)));
  }

  void of_connect(connect& p) const {
    if (which == 7) p.user_name = any_text(choices, kept);
    if (which == 8) p.password = as_bytes(any_text(choices, kept));
    if (which == 9) p.clean_start = !p.clean_start;
    if (which == 10) p.user_name.reset();
    if (which < 11 || which > 13) return;
    if (!p.will) p.will.emplace();
    if (which == 11) p.will->topic = any_text(choices, kept);
    if (which == 12) p.will->qos = static_cast<qos>(choices.below(4));
    if (which == 13) add_any(p.will->properties, choices, kept);
  }
};

}  // namespace

test::sample perhaps_damaged(entropy& choices) {
  const bool is_damaged = choices.below(2) != 0;
  const std::uint32_t which = choices.below(14);
  test::sample s = test::packet_source(choices, 2000).next();
  if (!is_damaged) return s;
  const auto more = std::make_shared<test::packet_storage>();
  std::visit(damage{choices, *more, which}, s.packet);
  s.storage = std::shared_ptr<const test::packet_storage>(more.get(), [old = s.storage, more](const test::packet_storage*) {});  // views point into both
  return s;
}

}  // namespace mqttspan::fuzz
