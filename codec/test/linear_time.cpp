// One packet of a kind that invites more than linear work, parsed and generated once, for callgrind to count.
// usage: linear_time <user_properties|slashes|filters|names|wide_text> <divisor of the size>
// Prints the packet's bytes. Only `count_this` is counted: it is what linear_time.sh asks callgrind to collect.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <mqttspan/codec/generate.hpp>
#include <mqttspan/codec/parse.hpp>
#include <mqttspan/codec/topic.hpp>

using namespace mqttspan;

namespace {

std::vector<std::byte> bytes, out;
bool good = false;

// Parse, read everything, write it again.
template <class P, class Read>
void measure(Read read) {
  const auto got = parse_as<P>(bytes, protocol_version::v5);
  if (!got) return;
  good = read(got->packet) && generate(got->packet, protocol_version::v5, out).has_value();
}

template <class P>
void prepare(const P& p) {
  const auto size = encoded_size(p, protocol_version::v5);
  if (!size) std::exit(2);
  bytes.resize(*size);
  out.resize(*size);
  if (!generate(p, protocol_version::v5, bytes)) std::exit(2);
}

bool read_publish(const publish& p) {
  std::size_t seen = 0;
  for (const property& item : p.properties) seen += item.name().size();
  return seen + topic_levels(p.topic) != 0 && matches(p.topic, p.topic) && p.properties.contains(prop::user) == !p.properties.empty();
}

bool read_subscribe(const subscribe& p) {
  std::size_t seen = 0;
  for (const subscription& item : p.subscriptions) seen += item.topic_filter.size();
  return seen != 0;
}

}  // namespace

extern "C" [[gnu::noinline]] void count_this(std::string_view what) {
  if (what == "filters") measure<subscribe>(read_subscribe);
  else measure<publish>(read_publish);
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string_view what = argv[1];
  const auto divisor = static_cast<std::size_t>(std::atoi(argv[2]));
  if (divisor == 0) return 2;
  if (what == "user_properties") {
    const std::vector<property> list(65'536 / 9 / divisor, prop::user("ab", "cd"));
    prepare(publish{.topic = "t", .properties = list});
  } else if (what == "slashes" || what == "names" || what == "wide_text") {
    const std::string unit = what == "slashes" ? "/" : what == "names" ? "n" : "\u20AC";
    std::string topic;
    while (topic.size() + unit.size() <= 65'535 / divisor) topic += unit;
    prepare(publish{.topic = topic});
  } else if (what == "filters") {
    const std::vector<subscription> list(10'000 / divisor, {.topic_filter = "a/+/#"});
    prepare(subscribe{.packet_id = 1, .subscriptions = list});
  } else {
    return 2;
  }
  count_this(what);
  std::printf("%zu\n", bytes.size());
  return good ? 0 : 1;
}
