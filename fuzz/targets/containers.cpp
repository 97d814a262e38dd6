// What the connection keeps its state in, beside the standard library's containers: packet identifiers, topic aliases, the queue of output. The input: choices.
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <mqttspan/stream/output_queue.hpp>
#include <mqttspan/stream/packet_ids.hpp>
#include <mqttspan/stream/topic_aliases.hpp>

#include "generators.hpp"
#include "target.hpp"

namespace mqttspan::fuzz {
namespace {

using test::byte_entropy;

void check_ids(byte_entropy& choices) {
  std::vector<packet_ids::entry> memory(packet_ids::places_for(1 + choices.below(12))), more(2 * memory.size());
  packet_ids ids(memory);
  std::map<std::uint16_t, exchange> expected;
  bool has_grown = false;
  while (!choices.empty()) {
    const std::uint32_t act = choices.below(8);
    auto id = static_cast<std::uint16_t>(choices.below(4) == 0 ? choices.below(0x1'0000) : choices.below(24));
    if (act == 0) {
      id = ids.next_free();
      require((id == 0) == (expected.size() >= ids.capacity()) && !expected.contains(id), "the next identifier is free, and there is one as long as there is room");
    }
    if (act < 4 && !expected.contains(id)) {
      const auto state = static_cast<exchange>(1 + choices.below(6));
      const auto* const entry = ids.insert(id, state);
      require((entry != nullptr) == (id != 0 && expected.size() < ids.capacity()), "there is room up to the capacity");
      if (entry) expected[id] = state;
    } else if (act < 6) {
      ids.erase(id);
      expected.erase(id);
    } else if (act == 6 && !has_grown) {
      ids.grow_into(more);
      has_grown = true;
    } else if (id == 0) {
      ids.clear();
      expected.clear();
    }
    require(ids.size() == expected.size(), "as many are in use as were entered and not freed");
    for (const auto& [used, state] : expected) require(ids.find(used) && ids.find(used)->state == state, "what was entered is found");
    require(expected.contains(id) == (ids.find(id) != nullptr), "and nothing else");
    observe(ids.size());
  }
}

void check_aliases(byte_entropy& choices) {
  constexpr std::string_view topics[] = {"", "a", "b", "a/b", "sensors/1/temperature", "sensors/2/temperature"};
  topic_aliases aliases;
  const auto maximum = static_cast<std::uint16_t>(choices.below(6));
  require(aliases.reset(maximum) && aliases.maximum() == maximum, "there are as many as were asked for");
  std::map<std::uint16_t, std::string_view> expected;
  std::vector<std::uint16_t> uses;  // the latest last
  const auto use = [&](std::uint16_t alias) { std::erase(uses, alias), uses.push_back(alias); };
  while (!choices.empty()) {
    const auto alias = static_cast<std::uint16_t>(choices.below(8));
    const std::string_view topic = topics[choices.below(6)];
    if (choices.below(2) == 0) {
      const bool is_set = aliases.set(alias, topic);
      require(is_set == (alias != 0 && alias <= maximum), "aliases are 1 to the maximum");
      if (is_set) expected[alias] = topic, use(alias);
    } else if (const std::uint16_t found = aliases.alias_of(topic); found != 0) {
      require(!topic.empty() && expected.contains(found) && expected[found] == topic, "an alias that is found stands for the topic");
      use(found);
    }
    require(aliases.topic_of(alias) == (expected.contains(alias) ? expected[alias] : ""), "an alias has the topic that was set last");
    require(uses.size() != (expected.empty() ? 0 : expected.rbegin()->first) || aliases.least_recent() == (uses.empty() ? 0 : uses.front()), "the one whose use is longest ago is known");
    observe(aliases.least_recent() * 8u + aliases.unused());
  }
}

void check_queue(byte_entropy& choices) {
  std::vector<std::byte> memory(2 * (8 + choices.below(56)));
  output_queue queue(memory);
  const std::string payload(1 + choices.below(40), 'p');
  std::string expected;
  std::byte next{};
  while (!choices.empty()) {
    const std::uint32_t size = choices.below(32);
    switch (choices.below(4)) {
      case 0: case 1: {
        const std::span<std::byte> tail = queue.tail();
        require(tail.size() == queue.space(), "all the space is in one piece");
        const std::size_t n = std::min<std::size_t>(size, tail.size());
        for (std::size_t i = 0; i < n; ++i) expected += static_cast<char>(tail[i] = next), next = static_cast<std::byte>(static_cast<unsigned>(next) + 1);
        queue.commit(n);
        break;
      }
      case 2: {
        if (queue.is_borrowing()) break;
        queue.borrow(as_bytes(payload));
        expected += payload;
        break;
      }
      default: {
        const std::size_t n = std::min<std::size_t>(size, queue.front().size());
        queue.consume(n);
        expected.erase(0, n);
      }
    }
    const bytes_view front = queue.front();
    require(queue.size() == expected.size() && front.empty() == expected.empty() && front.size() <= expected.size(), "what waits is what was put and not taken");
    require(front.empty() || std::memcmp(front.data(), expected.data(), front.size()) == 0, "and comes in order");
    observe(queue.size());
  }
}

}  // namespace
}  // namespace mqttspan::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mqttspan;
  test::byte_entropy choices(fuzz::input_of(data, size));
  constexpr void (*checks[])(test::byte_entropy&) = {fuzz::check_ids, fuzz::check_aliases, fuzz::check_queue};
  checks[choices.below(3)](choices);
  return 0;
}
