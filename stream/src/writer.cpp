#include <mqttspan/stream/writer.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {
namespace {

// Calls `add` with the packet as its own type.
template <class Add>
result<void> dispatch(const packet& p, Add add) noexcept {
  switch (type_of(p)) {
#define MQTTSPAN_PACKET(P) \
  case packet_type::P: return add(*std::get_if<P>(&p));
#include <mqttspan/codec/packets.inc>
#undef MQTTSPAN_PACKET
  }
  return error{.code = errc::invalid_argument};  // a variant without a value
}

}  // namespace

result<void> packet_writer::add(const packet& p) noexcept {
  return dispatch(p, [this](const auto& typed) { return add(typed); });
}

result<void> gather_writer::add(const packet& p) noexcept {
  return dispatch(p, [this](const auto& typed) { return add(typed); });
}

// A short payload goes with its head; another is an entry of its own, which nothing can continue.
result<void> gather_writer::add(const publish& p) noexcept {
  const bool copies = p.payload.size() <= copy_payload_up_to_ || p.payload.empty();
  if (!has_entries(copies ? 1 : 2)) return error{.code = errc::no_space, .in = publish::type};
  const auto out = heads_.subspan(used_);
  const auto written = copies ? generate(p, version_, out, options_) : generate_head(p, version_, out, options_);
  if (!written) return written.error();
  keep(written->size());
  if (copies) return {};
  parts_[last_++] = p.payload;
  size_ += p.payload.size();
  return {};
}

// `size` bytes were written to the free part of heads.
void gather_writer::keep(std::size_t size) noexcept {
  if (continues_last()) parts_[last_ - 1] = {parts_[last_ - 1].data(), parts_[last_ - 1].size() + size};
  else parts_[last_++] = heads_.subspan(used_, size);
  used_ += size;
  size_ += size;
}

void gather_writer::consume(std::size_t n) noexcept {
  if (n >= size_) return clear();
  size_ -= n;
  while (n >= parts_[first_].size()) n -= parts_[first_++].size();
  parts_[first_] = parts_[first_].subspan(n);
}

}  // namespace mqttspan
