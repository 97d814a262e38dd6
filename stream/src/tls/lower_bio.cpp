#include "lower_bio.hpp"

#include <algorithm>
#include <utility>

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

lower_link& link_of(BIO* bio) noexcept { return *static_cast<lower_link*>(BIO_get_data(bio)); }

int read_bio(BIO* bio, char* into, int size) noexcept {
  BIO_clear_retry_flags(bio);
  if (size <= 0) return 0;
  lower_link& link = link_of(bio);
  const int n = link.read({reinterpret_cast<std::byte*>(into), static_cast<std::size_t>(size)});
  if (n < 0 && !link.has_read_failed()) BIO_set_retry_read(bio);
  return n;
}

int write_bio(BIO* bio, const char* from, int size) noexcept {
  BIO_clear_retry_flags(bio);
  if (size <= 0) return 0;
  const int n = link_of(bio).write({reinterpret_cast<const std::byte*>(from), static_cast<std::size_t>(size)});
  if (n < 0) BIO_set_retry_write(bio);
  return n;
}

long control_bio(BIO* bio, int command, long, void*) noexcept {
  if (command == BIO_CTRL_EOF) return link_of(bio).has_ended();
  return command == BIO_CTRL_FLUSH;  // it is written as soon as it can be; nothing else is known here
}

}  // namespace

int lower_link::read(std::span<std::byte> into) noexcept {
  if (has_ended()) return 0;
  if (has_read_failed()) return -1;
  const transfer t = lower_.read_some(into);
  last_read_ = t.outcome;
  if (t.outcome == progress::end) return 0;
  if (t.outcome != progress::moved) return -1;
  is_fresh_ = true;
  keep_first(into.first(t.size));
  return static_cast<int>(t.size);
}

int lower_link::write(bytes_view from) noexcept {
  const int all = static_cast<int>(from.size());
  // A peer that does not listen any more may have said why: reading goes on, to find that.
  if (is_shut_ || has_write_failed()) return all;
  if (waiting_.size() - gone_ >= most_waiting) return -1;
  const std::size_t taken = waiting_.empty() ? write_through(from) : 0;
  const bytes_view rest = from.subspan(taken);
  if (!has_write_failed()) waiting_.insert(waiting_.end(), rest.begin(), rest.end());
  return all;
}

progress lower_link::flush() noexcept {
  if (has_write_failed()) return progress::failed;
  gone_ += write_through(bytes_view(waiting_).subspan(gone_));
  if (gone_ != waiting_.size() && !has_write_failed()) return last_write_;
  waiting_ = {};
  gone_ = 0;
  return has_write_failed() ? progress::failed : progress::moved;
}

bool lower_link::drop_input() noexcept {
  std::array<std::byte, 1024> nowhere;
  for (int i = 0; i < 64; ++i) {  // it may never end
    if (read(nowhere) <= 0) return !has_ended() && !has_read_failed();
  }
  return true;
}

transfer lower_link::shut_down() noexcept {
  is_shut_ = true;
  waiting_ = {};
  gone_ = 0;
  const transfer t = lower_.shut_down();
  if (t.outcome == progress::failed) last_write_ = progress::failed;
  return t;
}

void lower_link::keep_first(std::span<const std::byte> bytes) noexcept {
  const std::size_t more = std::min(bytes.size(), first_bytes_.size() - first_size_);
  std::copy_n(bytes.begin(), more, first_bytes_.begin() + static_cast<std::ptrdiff_t>(first_size_));
  first_size_ += more;
}

std::size_t lower_link::write_through(bytes_view from) noexcept {
  std::size_t taken = 0;
  while (taken != from.size()) {
    const transfer t = lower_.write_some(from.subspan(taken));
    last_write_ = t.outcome;
    if (t.outcome != progress::moved) break;
    taken += t.size;
  }
  return taken;
}

bio_method_handle make_lower_bio_method() noexcept {
  bio_method_handle method(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "mqttspan transport"));
  if (!method) return nullptr;
  BIO_meth_set_read(method.get(), read_bio);
  BIO_meth_set_write(method.get(), write_bio);
  BIO_meth_set_ctrl(method.get(), control_bio);
  return method;
}

BIO* make_lower_bio(const BIO_METHOD* method, lower_link& link) noexcept {
  BIO* const bio = BIO_new(method);
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, &link);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace mqttspan::detail
