// The block of memory of a connection: its parts, who lends it, and when a connection holds it.
#include <mqttspan/stream/connection.hpp>

#include <cstring>
#include <new>
#include <span>
#include <utility>

#include "memory_poison.hpp"

namespace mqttspan::inline MQTTSPAN_ABI {

using detail::memory_layout;

namespace {

using id_entry = packet_ids::entry;

constexpr std::uint32_t least_output = 64;
static_assert(least_output >= sizeof(std::byte*));  // connection_memory::link

id_entry* entries(std::byte* block) noexcept { return std::launder(reinterpret_cast<id_entry*>(block)); }

// A block in which no identifier is in use; null where memory is out.
std::byte* new_block(const memory_layout& parts) noexcept {
  std::byte* const block = new (std::nothrow) std::byte[parts.total()];
  if (!block) return nullptr;
  for (std::size_t at = 0; at < parts.ids(); at += sizeof(id_entry)) ::new (static_cast<void*>(block + at)) id_entry;
  return block;
}
static_assert(alignof(id_entry) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);

}  // namespace

// Messages of a resumed session lie there beside new ones.
memory_layout::memory_layout(const connection_options& o) noexcept
    : ours(packet_ids::places_for(2u * o.send_maximum + o.max_requests)),
      theirs(packet_ids::places_for(2u * o.receive_maximum + o.max_requests)),
      carry(o.carry_size < stream_parser::min_carry ? stream_parser::min_carry : o.carry_size),
      output(2 * std::size_t{o.output_size < least_output ? least_output : o.output_size}) {}

std::size_t memory_layout::ids() const noexcept { return (ours + theirs) * sizeof(id_entry); }

// ---- Who lends

connection_memory::connection_memory(const connection_options& options, std::size_t kept_blocks) noexcept
    : options_(options), parts_(options), most_kept_(kept_blocks) {}

connection_memory::~connection_memory() {
  while (last_) delete[] pop();
}

std::byte* connection_memory::lend() noexcept {
  std::byte* const block = last_ ? pop() : new_block(parts_);
  if (block) ++lent_;
  return block;
}

std::byte* connection_memory::pop() noexcept {
  std::byte* const block = last_;
  detail::unpoison(block, block_size());
  std::memcpy(&last_, link(block), sizeof last_);
  --kept_;
  return block;
}

void connection_memory::take_back(std::byte* block) noexcept {
  --lent_;
  if (kept_ >= most_kept_) {
    delete[] block;
    return;
  }
  std::memcpy(link(block), &last_, sizeof last_);
  detail::poison(block, block_size());
  last_ = block;
  ++kept_;
}

// ---- Who holds

connection::connection(sender self, instant now, const connection_options& options) noexcept : connection(self, now, options, nullptr) {
  const memory_layout parts(options);
  memory_ = new_block(parts);
  if (memory_) use_memory(memory_, parts);
  else end(ending::cause::no_memory, reason_code::unspecified_error, {.code = errc::no_space});
}

connection::connection(sender self, instant now, connection_memory& shared) noexcept : connection(self, now, shared.options(), &shared) {}

connection::~connection() {
  if (!shared_) {
    delete[] memory_;
  } else if (memory_) {
    for (packet_ids* const ids : {&ours_, &theirs_})
      if (ids->size() != 0) ids->clear();
    shared_->take_back(memory_);
  }
}

bool connection::take_memory() noexcept {
  memory_ = shared_ ? shared_->lend() : nullptr;
  if (memory_) use_memory(memory_, shared_->parts_);
  return memory_ != nullptr;
}

// Also none. Only while there is nothing in that which was used before.
void connection::use_memory(std::byte* block, const memory_layout& parts) noexcept {
  ours_.move_to(block ? std::span(entries(block), parts.ours) : std::span<id_entry>());
  theirs_.move_to(block ? std::span(entries(block) + parts.ours, parts.theirs) : std::span<id_entry>());
  parser_.move_carry(block ? block + parts.ids() : nullptr);
  output_ = block ? output_queue({block + parts.ids() + parts.carry, parts.output}) : output_queue();
}

// What is owed has its identifier in use. After the end no input is read any more; but what is kept may be looked at, as the refused CONNECT.
bool connection::is_quiet() const noexcept {
  const bool has_read = parser_.kept() == 0 && (phase_ == connection_phase::ended || !parser_.has_work());
  return has_read && output_.size() == 0 && ours_.size() == 0 && theirs_.size() == 0;
}

void connection::rest() noexcept {
  if (!shared_ || !memory_ || !is_quiet()) return;
  use_memory(nullptr, shared_->parts_);
  shared_->take_back(memory_);
  memory_ = nullptr;
  more_theirs_.reset();
}

// Where nobody could tell the peer how many messages we take, the table grows with them.
bool connection::grow_theirs() noexcept {
  const std::size_t places = 2 * theirs_.places().size();
  detail::owning_pointer<id_entry[]> more(new (std::nothrow) id_entry[places]);
  if (!more) return false;
  theirs_.grow_into({more.get(), places});
  more_theirs_ = std::move(more);
  return true;
}

}  // namespace mqttspan
