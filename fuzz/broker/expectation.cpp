#include "expectation.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <mqttspan/codec/parse.hpp>

#include "broker/catalogue.hpp"

namespace mqttspan::fuzz {
namespace {

using statements = std::set<std::string, std::less<>>;

// Recipes of the harness whose probes are single packets too, though none of its tables has them.
constexpr std::string_view of_single_packets[] = {"B-FLAGS", "B-UTF8", "B-FILTERS", "B-PPROP", "B-CPROP"};

bool shows_that_it_closes(const conformance::probe& p) {
  return p.bad_packet || std::find(std::begin(of_single_packets), std::end(of_single_packets), p.check) != std::end(of_single_packets);
}

// What those probes rest on, where the version asks for something; and the order of packets, which dialogues of their own show there.
std::map<protocol_version, statements> statements_that_close() {
  std::map<protocol_version, statements> found;
  for (const conformance::probe& p : conformance::broker::all_probes())
    for (const protocol_version version : {protocol_version::v3_1_1, protocol_version::v5})
      if (shows_that_it_closes(p) && p.statements.played_in(version) && !p.statements.only_records(version))
        for (std::string& id : ids_of(p.statements, version)) found[version].insert(std::move(id));
  for (auto& [version, ids] : found) ids.insert({"MQTT-3.1.0-1", "MQTT-3.1.0-2"});
  return found;
}

// The bytes of the packet in front, whatever its type; 0 where its length cannot be read, nothing where the length has not come yet: then a peer need not have noticed anything.
std::optional<std::size_t> framed_size(std::string_view bytes) {
  std::string front(bytes.substr(0, 5));
  if (!front.empty()) front.front() = '\xC0';
  const auto head = peek(as_bytes(front));
  if (head) return head->packet_size();
  return head.error().code == errc::incomplete ? std::nullopt : std::optional<std::size_t>(0);
}

}  // namespace

std::string_view closing_statement(const error& e, protocol_version version, std::string_view wrong, sender by) {
  if (by == sender::server) return version == protocol_version::v3_1_1 && !statement_id(e, version, as_bytes(wrong)).empty() ? "MQTT-4.8.0-1" : "";
  static const std::map<protocol_version, statements> closing = statements_that_close();
  const auto of_version = closing.find(version);
  if (of_version == closing.end()) return {};
  const std::string_view id = statement_id(e, version, as_bytes(wrong));
  return of_version->second.count(id) != 0 ? id : std::string_view();
}

std::string closing_id(const error& e, protocol_version version) {
  const std::string type = e.in == packet_type{} ? "none" : std::string(to_string(e.in));
  return "F-CLOSE/" + std::string(to_string(version)) + "/" + type + "/" + std::string(to_string(e.violated));
}

void stream_reader::refuse(const error& e) {
  error_ = e;
  const auto size = framed_size(rest_);
  if (!size || *size > rest_.size()) standing_ = standing::lost;
  else standing_ = !closing_statement(e, version_, rest_, self_).empty() ? standing::must_close : standing::unsure;
}

bool stream_reader::is_frame_lost() const noexcept {
  for (std::string_view rest = rest_; !rest.empty();) {
    const auto size = framed_size(rest);
    if (!size || *size > rest.size() || *size == 0) return true;
    rest.remove_prefix(*size);
  }
  return false;
}

bool stream_reader::next(packet& p, std::size_t& size) {
  if (rest_.empty() || (!is_open() && standing_ != standing::torn)) return false;
  const packet_type opening = self_ == sender::client ? packet_type::connect : packet_type::connack;
  const auto type = static_cast<packet_type>(static_cast<unsigned char>(rest_.front()) >> 4);
  if (!has_begun_ && type != opening) return refuse(make_error(opening == packet_type::connect ? rule::connect_not_first : rule::packet_before_connack, 0, type)), false;
  const auto found = parse(as_bytes(rest_), version_, {.sender = self_, .allow = leniency::payload_not_utf8});  // a payload is the application's
  if (!found && found.error().code == errc::incomplete) return standing_ = standing::torn, false;
  if (type == opening && has_begun_) return refuse(make_error(opening == packet_type::connect ? rule::connect_twice : rule::connack_twice, 0, type)), false;
  if (type == packet_type::connect && !found) version_ = inspect_connect(as_bytes(rest_)).version();
  if (!found) return refuse(found.error()), false;
  accept(found->packet);
  p = found->packet;
  size = found->size;
  return true;
}

void stream_reader::accept(const packet& p) {
  has_begun_ = true;
  standing_ = type_of(p) == packet_type::disconnect ? standing::left : standing::open;
  if (const auto* c = std::get_if<mqttspan::connect>(&p)) {
    version_ = c->version;
    if (c->properties.contains(prop::authentication_method)) standing_ = standing::lost;  // until CONNACK nothing but AUTH may be sent
  }
  if (const auto* c = std::get_if<connack>(&p); c && is_error(c->reason_code)) standing_ = standing::left;
}

}  // namespace mqttspan::fuzz
