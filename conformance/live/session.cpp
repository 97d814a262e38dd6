#include "session.hpp"

namespace mqttspan::conformance {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) all += (all.empty() ? "" : "; ") + part;
  return all;
}

}  // namespace

session::session(posix::loop& loop, const conformance::peer& who, protocol_version version, std::string key, monitor_maker make_monitor)
    : loop_(loop), peer_(who), version_(version), key_(std::move(key)), make_monitor_(std::move(make_monitor)) {}

session::~session() { loop_.forget(*this); }

std::string session::client_id(std::string_view role) const {
  std::string id = "m" + key_;
  for (const char c : role)
    if (id.size() < 23 && std::isalnum(static_cast<unsigned char>(c))) id += c;
  return id;
}

std::string session::topic(std::string_view what) const { return "mqttspan/" + key_ + "/" + std::string(what); }

link& session::new_link(std::string_view name, sender of_peer) {
  links_.push_back(std::make_unique<link>(loop_, log_, std::string(name), version_, of_peer, make_monitor_(version_)));
  return *links_.back();
}

std::string session::reason() const { return joined(info_); }
std::string session::seen() const { return joined(seen_); }

}  // namespace mqttspan::conformance
