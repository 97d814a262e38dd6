// Every view that a packet holds, as bytes: strings, binary data, payloads, and those of its properties and lists.
#pragma once

#include <type_traits>
#include <variant>

#include <mqttspan/codec/packet.hpp>

namespace mqttspan::test {

template <class Visit>
struct view_walk {
  Visit& visit;

  void operator()(std::string_view text) const { visit(as_bytes(text)); }
  void operator()(bytes_view bytes) const { visit(bytes); }
  void operator()(const property_list& list) const {
    for (const property& p : list) {
      (*this)(p.text());
      (*this)(p.name());
      (*this)(p.binary());
    }
  }
  void operator()(const connect& p) const {
    (*this)(p.client_id);
    if (p.will) (*this)(p.will->topic), (*this)(p.will->payload), (*this)(p.will->properties);
    if (p.user_name) (*this)(*p.user_name);
    if (p.password) (*this)(*p.password);
    (*this)(p.properties);
  }
  void operator()(const publish& p) const {
    (*this)(p.topic);
    (*this)(p.payload);
    (*this)(p.properties);
  }
  void operator()(const subscribe& p) const {
    for (const subscription& entry : p.subscriptions) (*this)(entry.topic_filter);
    (*this)(p.properties);
  }
  void operator()(const unsubscribe& p) const {
    for (const std::string_view filter : p.topic_filters) (*this)(filter);
    (*this)(p.properties);
  }
  template <control_packet P>
  void operator()(const P& p) const {
    if constexpr (requires { p.properties; }) (*this)(p.properties);
  }
};

/// Calls `visit(bytes_view)` for each, in the order of the wire as far as a packet's fields go.
template <class Visit>
void for_each_view(const packet& p, Visit visit) {
  const view_walk<Visit> walk{visit};
#define MQTTSPAN_PACKET(P) \
  if (const auto* own = std::get_if<P>(&p)) return walk(*own);
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
}

}  // namespace mqttspan::test
