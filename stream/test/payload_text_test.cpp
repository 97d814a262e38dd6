// Well-formed UTF-8 across chunks, byte by byte against the Unicode standard's table: a stream shows only whether a payload is refused.
#include "payload_text.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "guarded_memory.hpp"

namespace mqttspan::inline MQTTSPAN_ABI::detail {
namespace {

struct range {
  unsigned low, high;
};
// Unicode 15, table 3-7.
constexpr struct {
  unsigned size;
  range bytes[4];
} sequences[] = {{1, {{0x00, 0x7F}}},
             {2, {{0xC2, 0xDF}, {0x80, 0xBF}}},
             {3, {{0xE0, 0xE0}, {0xA0, 0xBF}, {0x80, 0xBF}}},
             {3, {{0xE1, 0xEC}, {0x80, 0xBF}, {0x80, 0xBF}}},
             {3, {{0xED, 0xED}, {0x80, 0x9F}, {0x80, 0xBF}}},
             {3, {{0xEE, 0xEF}, {0x80, 0xBF}, {0x80, 0xBF}}},
             {4, {{0xF0, 0xF0}, {0x90, 0xBF}, {0x80, 0xBF}, {0x80, 0xBF}}},
             {4, {{0xF1, 0xF3}, {0x80, 0xBF}, {0x80, 0xBF}, {0x80, 0xBF}}},
             {4, {{0xF4, 0xF4}, {0x80, 0x8F}, {0x80, 0xBF}, {0x80, 0xBF}}}};

struct reading {
  std::size_t good = 0;      // bytes that go on with a well-formed text
  std::size_t begin = 0;     // of the last sequence of more than one byte
  bool is_complete = true;   // no sequence is under way

  bool operator==(const reading&) const = default;
};

reading by_table(const std::vector<octet>& text) {
  reading r;
  std::size_t at = 0;
  while (at < text.size()) {
    bool found = false;
    if (text[at] >= 0x80) r.begin = at;
    for (const auto& row : sequences) {
      if (text[at] < row.bytes[0].low || text[at] > row.bytes[0].high) continue;
      found = true;
      for (unsigned i = 1; i < row.size; ++i) {
        r.good = at + i;
        if (r.good == text.size()) return r.is_complete = false, r;
        if (text[r.good] < row.bytes[i].low || text[r.good] > row.bytes[i].high) return r.is_complete = false, r;
      }
      at += row.size;
      break;
    }
    r.good = at;
    if (!found) return r;
  }
  return r;
}

// All at once where no more can be read, and cut at each byte.
void check(const std::vector<octet>& text) {
  static const test::guarded_memory memory;
  octet* const p = memory.end() - text.size();
  if (!text.empty()) std::memcpy(p, text.data(), text.size());
  const reading expected = by_table(text);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    utf8_progress progress;
    std::uint32_t begin = 0;
    std::size_t good = well_formed_prefix(progress, p, cut, 0, begin);
    if (good == cut) good += well_formed_prefix(progress, p + cut, text.size() - cut, static_cast<std::uint32_t>(cut), begin);
    const reading got{good, begin, progress.due == 0};
    ASSERT_EQ(got.good, expected.good) << testing::PrintToString(text) << " cut at " << cut;
    ASSERT_EQ(got.begin, expected.begin) << testing::PrintToString(text) << " cut at " << cut;
    ASSERT_EQ(got.is_complete, expected.is_complete) << testing::PrintToString(text) << " cut at " << cut;
  }
}

constexpr octet telling[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xFF};

TEST(payload_text, follows_the_table) {
  for (unsigned lead = 0; lead < 256; ++lead) {
    check({static_cast<octet>(lead)});
    for (unsigned second = 0; second < 256; ++second) {
      check({static_cast<octet>(lead), static_cast<octet>(second)});
      if (lead < 0xC0) continue;
      for (const octet third : telling)
        for (const octet fourth : telling) check({static_cast<octet>(lead), static_cast<octet>(second), third, fourth});
    }
  }
}

TEST(payload_text, finds_sequences_wherever_they_stand) {
  for (std::size_t before = 0; before < 20; ++before)
    for (std::size_t behind = 0; behind < 20; ++behind)
      for (const std::vector<octet>& middle : {std::vector<octet>{0xC3, 0xA9}, {0x80}, {0xE2, 0x82, 0xAC}, {0xF0, 0x9F, 0x98, 0x80}, {0xED, 0xA0}, {0xFF}, {0x7F}}) {
        std::vector<octet> text(before, 'a');
        text.insert(text.end(), middle.begin(), middle.end());
        text.insert(text.end(), behind, 'b');
        check(text);
      }
}

}  // namespace
}  // namespace mqttspan::detail
