#include "explanation.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "dissect.hpp"
#include "hex.hpp"
#include "owed_answer.hpp"
#include "summary.hpp"

namespace mqttspan {
namespace {

constexpr std::size_t bytes_per_line = 8;
constexpr std::size_t hex_width = 3 * bytes_per_line;  // two digits and a space each
constexpr std::size_t offset_width = 8;

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string offset_column(std::size_t offset) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%6zu  ", offset);
  return out.data();
}

std::string words(const dissected& row, const palette& paint) {
  std::string out(2 * std::size_t{row.depth}, ' ');
  if (!row.bits.empty()) out += row.bits + "  ";
  out += paint(tint::name, row.field);
  if (!row.value.empty()) out += ": " + row.value;
  return out;
}

class page {
 public:
  page(bytes_view bytes, const error* fault, const palette& paint) : bytes_(bytes), fault_(fault), paint_(paint) {}

  std::string text() && { return std::move(out_); }

  void row(const dissected& r) {
    if (r.size == 0) {
      out_ += std::string(offset_width + hex_width, ' ') + words(r, paint_) + "\n";
      return;
    }
    for (std::size_t at = r.offset; at < r.offset + r.size; at += bytes_per_line) {
      const std::size_t size = std::min(bytes_per_line, r.offset + r.size - at);
      const std::string offset = offset_column(at);
      std::string line = paint_(tint::faint, offset) + hex(at, size, at == r.offset);
      if (at == r.offset) line += words(r, paint_);
      out_ += line + "\n";
      if (fault_ && fault_->offset >= at && fault_->offset < at + size) mark(offset.size(), fault_->offset - at);
    }
  }

  /// A fault behind the last byte: something is not there.
  void mark_missing() { mark(offset_width, 0); }

  void fact(const char* name, std::string text) { out_ += "  " + padded(name, 11) + text + "\n"; }

 private:
  std::string hex(std::size_t at, std::size_t size, bool words_follow) const {
    const std::string digits = to_hex(bytes_.subspan(at, size), " ");
    return words_follow ? padded(digits, hex_width) : digits;
  }

  void mark(std::size_t margin, std::size_t column) {
    const std::string facing = std::string(margin + 3 * column, ' ') + paint_(tint::wrong, "^^");
    const std::string gap(hex_width - 3 * column - 2, ' ');
    out_ += facing + gap + paint_(tint::wrong, "byte " + std::to_string(fault_->offset) + ": " + std::string(text_of(fault_->violated))) + "\n";
  }

  bytes_view bytes_;
  const error* fault_;
  const palette& paint_;
  std::string out_;
};

std::string headline(const sighting& seen, const palette& paint) {
  const auto type = static_cast<packet_type>(seen.bytes.empty() ? 0 : std::to_integer<unsigned>(seen.bytes[0]) >> 4);
  const sender from = seen.from != sender::any ? seen.from : only_sender(type, seen.version);
  std::string out = paint(tint::type, std::string(to_string(type))) + ", MQTT " + std::string(to_string(seen.version)) + ", " +
                    std::to_string(seen.bytes.size()) + " bytes at offset " + std::to_string(seen.offset);
  if (from != sender::any) out += ", from the " + std::string(to_string(from)) + " " + std::string(arrow(from));
  if (seen.connection != 0) out += ", connection " + std::to_string(seen.connection);
  return out + "\n";
}

std::string statement_text(const sighting& seen, const error& e) {
  const std::string_view id = statement_id(e, seen.version, seen.bytes);
  if (id.empty()) return "none: a limit of the reader's own";
  const bool ours = id.starts_with('U');
  return std::string(id) + " of MQTT " + std::string(to_string(seen.version)) + (ours ? ", a sentence without a number of its own" : "");
}

void add_answers(page& p, const sighting& seen, const error& e) {
  for (const owed_answer& owed : answers_to(seen, e)) {
    const std::string who = owed.by == sender::any ? "the receiver" : "the " + std::string(to_string(owed.by));
    p.fact("answer", who + ": " + owed.text);
    if (!owed.bytes.empty()) p.fact("", to_hex(owed.bytes, " "));
  }
}

}  // namespace

std::string explanation(const sighting& seen, const palette& paint) {
  page p(seen.bytes, nullptr, paint);
  for (const dissected& row : dissect(seen.bytes, seen.version)) p.row(row);
  return headline(seen, paint) + std::move(p).text();
}

std::string explanation(const sighting& seen, const error& e, const palette& paint) {
  const bool incomplete = e.code == errc::incomplete;
  page p(seen.bytes, incomplete ? nullptr : &e, paint);
  for (const dissected& row : dissect(seen.bytes, seen.version)) p.row(row);
  if (incomplete) {
    p.fact("incomplete", "the packet goes on behind the end of the input");
    return headline(seen, paint) + std::move(p).text();
  }
  if (e.offset >= seen.bytes.size()) p.mark_missing();
  p.fact("class", std::string(to_string(e.code)));
  p.fact("rule", std::string(to_string(e.violated)) + ": " + std::string(text_of(e.violated)));
  p.fact("statement", statement_text(seen, e));
  add_answers(p, seen, e);
  return headline(seen, paint) + std::move(p).text();
}

}  // namespace mqttspan
