#include "packet_template.hpp"

#include <cctype>

#include "test_vector.hpp"

namespace mqttspan::conformance {

// A piece of a template. `kind` is the character that begins it: '0' for bytes, then '{', '<', '(' and '['.
struct packet_template::node {
  char kind;
  std::string text{};  // hex digits, or the name of a hole
  std::size_t times = 1;
  unsigned mask = 0;
  nodes inside{};
};

namespace {

constexpr std::string_view digits = "0123456789abcdef";

unsigned digit(char c) {
  const std::size_t value = digits.find(c);
  if (value == std::string_view::npos) throw data_error(std::string("'") + c + "' is not a lower-case hex digit");
  return static_cast<unsigned>(value);
}

unsigned byte_at(const std::string& hex, std::size_t byte) { return digit(hex.at(2 * byte)) << 4 | digit(hex.at(2 * byte + 1)); }

std::string byte_hex(std::size_t value) { return {digits[value >> 4 & 0xF], digits[value & 0xF]}; }

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

}  // namespace

class packet_template::reader {
 public:
  explicit reader(std::string_view text) : text_(text) {}

  // Up to the character `end`, or to the end of the text where it is 0.
  nodes read_until(char end) {
    nodes out;
    for (;;) {
      while (at_ < text_.size() && text_[at_] == ' ') ++at_;
      if (at_ == text_.size()) {
        if (end != 0) throw data_error(std::string("no '") + end + "' in \"" + std::string(text_) + "\"");
        return out;
      }
      if (text_[at_] == end) {
        ++at_;
        return out;
      }
      out.push_back(read_one());
    }
  }

 private:
  node read_one() {
    switch (text_[at_]) {
      case '{': return read_hole();
      case '<': return read_group('>');
      case '(': return read_group(')');
      case '[': return read_condition();
      default: return read_byte();
    }
  }

  node read_byte() {
    const std::string hex(text_.substr(at_, 2));
    if (hex.size() != 2) throw data_error("half a byte at the end of \"" + std::string(text_) + "\"");
    node out{.kind = '0', .text = byte_hex(digit(hex[0]) << 4 | digit(hex[1]))};
    at_ += 2;
    if (at_ == text_.size() || text_[at_] != '*') return out;
    out.times = 0;
    for (++at_; at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])) != 0; ++at_)
      out.times = out.times * 10 + static_cast<std::size_t>(text_[at_] - '0');
    return out;
  }

  node read_hole() {
    ++at_;
    node out{.kind = '{', .text = read_name()};
    expect('}');
    return out;
  }

  node read_group(char end) {
    node out{.kind = text_[at_++]};
    out.inside = read_until(end);
    return out;
  }

  node read_condition() {
    ++at_;
    node out{.kind = '[', .text = read_name()};
    expect('&');
    out.mask = byte_at(std::string(text_.substr(at_, 2)), 0);
    at_ += 2;
    expect(':');
    out.inside = read_until(']');
    return out;
  }

  std::string read_name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  void expect(char c) {
    if (at_ == text_.size() || text_[at_] != c) throw data_error(std::string("'") + c + "' is missing in \"" + std::string(text_) + "\"");
    ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

packet_template::packet_template(std::string_view text) : nodes_(std::make_shared<const nodes>(reader(text).read_until(0))) {}

filled_template packet_template::fill(const hole_values& values) const {
  filled_template out;
  write(*nodes_, values, out);
  return out;
}

void packet_template::write(const nodes& list, const hole_values& values, filled_template& out) {
  for (const node& what : list) write(what, values, out);
}

void packet_template::write(const node& what, const hole_values& values, filled_template& out) {
  if (what.kind == '0') {
    out.hex.append(2 * what.times, what.text[0]);
    for (std::size_t at = out.hex.size() - 2 * what.times; at < out.hex.size(); at += 2) out.hex[at + 1] = what.text[1];
    return;
  }
  if (what.kind == '{' || what.kind == '[') {
    const auto value = values.find(what.text);
    if (value == values.end()) throw data_error("nothing fills the hole " + what.text);
    if (what.kind == '[') {
      if ((byte_at(value->second, 0) & what.mask) != 0) write(what.inside, values, out);
      return;
    }
    out.holes.emplace_back(what.text, out.hex.size() / 2);
    out.hex += value->second;
    return;
  }
  filled_template inside;
  write(what.inside, values, inside);
  const std::size_t size = inside.hex.size() / 2;
  if (what.kind == '<' && size > 65535) throw data_error("more than 65,535 bytes between < and >");
  out.hex += what.kind == '<' ? byte_hex(size >> 8) + byte_hex(size) : varint_hex(size);
  for (const auto& hole : inside.holes) out.holes.emplace_back(hole.first, hole.second + out.hex.size() / 2);
  out.hex += inside.hex;
}

std::string varint_hex(std::size_t value) {
  if (value > 268'435'455) throw data_error("a length above 268,435,455");
  std::string out;
  for (; value > 127; value >>= 7) out += byte_hex((value & 0x7F) | 0x80);
  return out + byte_hex(value);
}

std::size_t fixed_header_size(const std::string& hex) {
  for (std::size_t at = 1; at < 5 && 2 * at + 1 < hex.size(); ++at)
    if (byte_at(hex, at) < 0x80) return at + 1;
  return 0;
}

std::string with_body_size(const std::string& hex, std::size_t body) {
  const std::size_t header = fixed_header_size(hex);
  if (header == 0) return {};
  return hex.substr(0, 2) + varint_hex(body) + hex.substr(2 * header, 2 * body);
}

}  // namespace mqttspan::conformance
