// What the subcommands for brokers and clients have in common.
#pragma once

#include <string>
#include <vector>

#include <mqttspan/posix/socket.hpp>

#include "../report/run_output.hpp"
#include "peer.hpp"

namespace mqttspan::conformance {

/// The peer file, or an unnamed peer for an empty path; with only these versions where there are any. Throws usage_error.
peer peer_from(const std::string& path, const std::vector<std::string>& versions);
/// "host:port", "[::1]:1883". Throws usage_error.
posix::address address_in(const std::string& text);
bool is_loopback(const posix::socket_address& at);
/// A new run of that kind, dated now.
run begin_run(std::string kind, const peer& who, std::string target);
/// Four letters that the last run did not have.
std::string nonce();
/// Marks what the peer file knows, writes the results, prints the summary. The exit code: 1 where a fail is left that the peer file does not know, else 0.
int finish(run& r, const peer& who, const destinations& where);

}  // namespace mqttspan::conformance
