// Prints FLOW.md from the tables of flow.hpp; a test keeps the two equal. To renew it: print_flow >FLOW.md
#include "flow.hpp"

#include <iostream>
#include <string>
#include <vector>

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

using std::cout;

constexpr const char* phases[] = {"fresh", "connecting", "connected", "ended"};
constexpr const char* exchanges[] = {"free", "publish_1", "publish_2", "received", "released", "subscribe", "unsubscribe"};
constexpr const char* signals[] = {"PUBLISH QoS 1", "PUBLISH QoS 2", "PUBREL", "SUBSCRIBE", "UNSUBSCRIBE", "PUBACK", "PUBREC", "PUBREC of 0x80 or above",
                                   "PUBCOMP", "SUBACK", "UNSUBACK"};
constexpr const char* authentications[] = {"absent", "settled", "server_turn", "client_turn"};
constexpr const char* auth_signals[] = {"client: AUTH 0x18", "client: AUTH 0x19", "server: AUTH 0x18", "server: AUTH 0x00", "server: CONNACK"};
static_assert(std::size(phases) == connection_phase_count && std::size(exchanges) == exchange_count && std::size(signals) == signal_count);
static_assert(std::size(authentications) == authentication_count && std::size(auth_signals) == auth_signal_count);

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) all += (all.empty() ? "" : ", ") + part;
  return all;
}

void begin_diagram(const char* first) { cout << "```mermaid\nstateDiagram-v2\n  [*] --> " << first << '\n'; }
void arrow(const char* from, const char* to, const std::string& label) { cout << "  " << from << " --> " << to << ": " << label << '\n'; }
void end_diagram() { cout << "```\n"; }

template <class Visit>
void each_type(Visit visit) {
  for (unsigned type = 1; type < 16; ++type) visit(static_cast<packet_type>(type));
}

// The packets of one side that lead from one phase to another.
std::vector<std::string> moves(connection_phase from, sender who, connection_phase to) {
  std::vector<std::string> types;
  each_type([&](packet_type type) {
    const phase_step s = step(from, who, type);
    if (s.broken == rule::none && s.next == to) types.emplace_back(to_string(type));
  });
  return types;
}

void print_phases() {
  cout << "## Phases\n\n";
  begin_diagram("fresh");
  for (unsigned from = 0; from < connection_phase_count; ++from)
    for (unsigned to = 0; to < connection_phase_count; ++to)
      for (const sender who : {sender::client, sender::server}) {
        const auto types = moves(static_cast<connection_phase>(from), who, static_cast<connection_phase>(to));
        if (from != to && !types.empty()) arrow(phases[from], phases[to], std::string(to_string(who)) + " sends " + joined(types));
      }
  end_diagram();
  cout << "\nWhat a side must not send in a phase, and the rule that it breaks; all else that the side may send at all is good. A CONNACK that refuses leads to `ended`.\n\n"
       << "| phase | from | not | rule |\n|---|---|---|---|\n";
  for (unsigned from = 0; from < connection_phase_count; ++from)
    for (const sender who : {sender::client, sender::server})
      for (unsigned r = 1; r <= rule_count; ++r) {
        std::vector<std::string> types;
        each_type([&](packet_type type) {
          if (step(static_cast<connection_phase>(from), who, type).broken == static_cast<rule>(r)) types.emplace_back(to_string(type));
        });
        if (types.empty()) continue;
        cout << "| " << phases[from] << " | " << to_string(who) << " | " << (types.size() == 15 ? "any packet" : types.size() == 14 ? "all but " : joined(types));
        if (types.size() == 14)
          each_type([&](packet_type type) {
            if (step(static_cast<connection_phase>(from), who, type).broken != static_cast<rule>(r)) cout << to_string(type);
          });
        cout << " | `" << to_string(static_cast<rule>(r)) << "` |\n";
      }
}

void print_exchanges() {
  cout << "\n## Exchanges\n\nWhat one packet identifier is in use for; the same for the side that gave it and the side that answers.\n\n";
  begin_diagram(exchanges[0]);
  for (unsigned e = 0; e < exchange_count; ++e)
    for (unsigned s = 0; s < signal_count; ++s) {
      const exchange_step x = step(static_cast<exchange>(e), static_cast<signal>(s));
      if (x.is == progress::begins || x.is == progress::goes_on || x.is == progress::ends) arrow(exchanges[e], exchanges[static_cast<unsigned>(x.next)], signals[s]);
    }
  end_diagram();
  cout << "\nWhat changes nothing:\n\n| state | said before, and legal again | the identifier is in use | unknown |\n|---|---|---|---|\n";
  for (unsigned e = 0; e < exchange_count; ++e) {
    std::vector<std::string> of[progress_count];
    for (unsigned s = 0; s < signal_count; ++s) of[static_cast<unsigned>(step(static_cast<exchange>(e), static_cast<signal>(s)).is)].emplace_back(signals[s]);
    cout << "| " << exchanges[e];
    for (const progress p : {progress::again, progress::in_use, progress::unknown}) cout << " | " << joined(of[static_cast<unsigned>(p)]);
    cout << " |\n";
  }
}

void print_authentication() {
  cout << "\n## Enhanced authentication\n\nWhose turn it is, where CONNECT named a method (`server_turn` from then on); all that has no arrow is `authentication_out_of_turn`, and without a method "
          "`authentication_not_agreed`.\n";
  for (const bool connected : {false, true}) {
    cout << (connected ? "\nAfter CONNACK:\n\n" : "\nBefore CONNACK:\n\n");
    begin_diagram(authentications[static_cast<unsigned>(connected ? authentication::settled : authentication::server_turn)]);
    for (unsigned a = 1; a < authentication_count; ++a)
      for (unsigned s = 0; s < auth_signal_count; ++s) {
        const auth_step x = step(static_cast<authentication>(a), connected, static_cast<auth_signal>(s));
        if (x.broken == rule::none) arrow(authentications[a], authentications[static_cast<unsigned>(x.next)], auth_signals[s]);
      }
    end_diagram();
  }
}

}  // namespace
}  // namespace mqttspan::detail

int main() {
  std::cout << "# How a connection moves\n\nPrinted from the tables in `src/flow.hpp` by `test/print_flow.cpp`; a test compares. The tables do not know which side we are.\n\n";
  mqttspan::detail::print_phases();
  mqttspan::detail::print_exchanges();
  mqttspan::detail::print_authentication();
}
