#include "session_store.hpp"

#include <algorithm>

namespace mqttspan::inline MQTTSPAN_ABI::detail {

void session_store::keep(std::string_view key, SSL_SESSION* session) noexcept {
  session_handle copy(SSL_SESSION_dup(session));
  if (!copy || !SSL_SESSION_is_resumable(copy.get())) return;
  const std::lock_guard lock(mutex_);
  if (const auto old = find(key); old != entries_.end()) entries_.erase(old);
  if (entries_.size() == capacity) entries_.erase(entries_.begin());
  entries_.push_back({std::string(key), std::move(copy)});
}

session_handle session_store::take(std::string_view key) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = find(key);
  if (found == entries_.end()) return {};
  if (SSL_SESSION_get_protocol_version(found->session.get()) < TLS1_3_VERSION) return session_handle(SSL_SESSION_dup(found->session.get()));
  session_handle only = std::move(found->session);
  entries_.erase(found);
  return only;
}

void session_store::forget(std::string_view key) noexcept {
  const std::lock_guard lock(mutex_);
  if (const auto found = find(key); found != entries_.end()) entries_.erase(found);
}

std::vector<session_store::entry>::iterator session_store::find(std::string_view key) noexcept {
  return std::find_if(entries_.begin(), entries_.end(), [&](const entry& e) { return e.key == key; });
}

}  // namespace mqttspan::detail
