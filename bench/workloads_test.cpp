// The bytes are the published ones, and the floors read and write them.
#include "workloads.hpp"

#include <fstream>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "beside.hpp"
#include "checksum.hpp"
#include "contenders.hpp"
#include "floors.hpp"
#include "md5.hpp"
#include "rows.hpp"


namespace mqttspan::bench {
namespace {

std::map<std::string, std::string> published() {
  std::map<std::string, std::string> sums;
  std::ifstream file(MQTTSPAN_BENCH_STREAMS);
  for (std::string sum, name; file >> sum >> name;) sums[name] = sum;
  return sums;
}

TEST(md5, knows_the_test_suite_of_its_rfc) {
  EXPECT_EQ(md5(as_bytes("")), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(md5(as_bytes("message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(md5(as_bytes("12345678901234567890123456789012345678901234567890123456789012345678901234567890")), "57edf4a22be3c955ac49da2e2107b67a");
}

TEST(workloads, have_the_published_bytes) {
  const auto sums = published();
  const auto all = all_workloads();
  ASSERT_EQ(all.size(), sums.size());
  for (const workload& work : all) {
    const auto sum = sums.find(work.title() + ".bin");
    ASSERT_NE(sum, sums.end()) << work.title();
    EXPECT_EQ(md5(work.bytes), sum->second) << work.title();
  }
}

TEST(workloads, have_packets_of_the_published_sizes) {
  struct {
    const char* name;
    std::size_t packets, size_3_1_1, size_5_0;
  } const expected[] = {{"W1", 64, 44, 45},   {"W2", 64, 287, 288}, {"W3", 4, 65'566, 65'567}, {"W4", 64, 0, 172},
                        {"W5", 64, 113, 175}, {"W6", 64, 88, 89},   {"W6A", 64, 8, 9},         {"W7", 64, 4, 4}};
  for (const auto& row : expected)
    for (const auto version : {protocol_version::v3_1_1, protocol_version::v5}) {
      const std::size_t size = version == protocol_version::v5 ? row.size_5_0 : row.size_3_1_1;
      const workload work = make_workload(row.name, version);
      ASSERT_EQ(work.packets(), size == 0 ? 0 : row.packets) << row.name;
      for (std::size_t i = 0; i < work.packets(); ++i) EXPECT_EQ(work.packet(i).size(), size) << work.title() << " packet " << i;
    }
}

TEST(workloads, mix_averages_55_3_and_61_5_bytes_a_packet) {
  EXPECT_EQ(make_workload("W8", protocol_version::v3_1_1).bytes.size(), 553'041u);
  EXPECT_EQ(make_workload("W8", protocol_version::v5).bytes.size(), 615'086u);
  EXPECT_EQ(make_workload("W8", protocol_version::v5).packets(), 10'000u);
}

TEST(workloads, packets_of_one_kind_differ) {
  for (const workload& work : all_workloads()) {
    std::map<std::string_view, int> seen;
    for (std::size_t i = 0; i < work.packets(); ++i) ++seen[as_text(work.packet(i))];
    EXPECT_GT(seen.size(), work.packets() / 2) << work.title();
  }
}

TEST(floors, frame_and_copy_every_byte) {
  for (const workload& work : all_workloads()) {
    std::vector<std::byte> out(work.bytes.size());
    EXPECT_EQ(frame(work), work.bytes.size()) << work.title();
    EXPECT_EQ(copy(work, out), work.bytes.size()) << work.title();
    EXPECT_EQ(out, work.bytes) << work.title();
  }
}

TEST(floors, assemble_what_was_taken_apart) {
  for (const workload& work : all_workloads()) {
    std::vector<std::byte> out(work.bytes.size());
    EXPECT_EQ(assemble(take_apart(work), out), work.bytes.size()) << work.title();
    EXPECT_EQ(out, work.bytes) << work.title();
  }
}

// 30 08  00 03 'a' '/' 'b'  "xyz": lengths 3 and 3, first and last bytes.
TEST(floors, decode_sums_lengths_and_ends_and_integers) {
  workload work{"", protocol_version::v3_1_1, {}, {10}};
  for (const unsigned byte : {0x35u, 10u, 0u, 3u, unsigned{'a'}, unsigned{'/'}, unsigned{'b'}, 1u, 2u, unsigned{'x'}, unsigned{'y'}, unsigned{'z'}})
    work.bytes.push_back(static_cast<std::byte>(byte));
  EXPECT_EQ(decode(work), 3u + 'a' + 'b' + 0x0102 + 2 + 1 + 3 + 'x' + 'z');
}

TEST(floors, decode_refuses_truncated_and_non_ascii_packets) {
  for (const workload& whole : all_workloads()) {
    EXPECT_NE(decode(whole), refused) << whole.title();
    workload cut = whole;
    cut.bytes.pop_back();
    EXPECT_EQ(decode(cut), refused) << whole.title();
  }
  workload work = make_workload("W1", protocol_version::v3_1_1);
  work.bytes[4 + 23] = std::byte{0x80};
  EXPECT_EQ(decode(work), refused);
}

TEST(floors, decode_refuses_fields_that_reach_into_the_next_packet) {
  workload work = make_workload("W1", protocol_version::v3_1_1);
  work.bytes[3] = std::byte{24 + 16 + 1};  // the topic's length
  EXPECT_EQ(decode(work), refused);
  work.bytes[3] = std::byte{24 + 16};
  EXPECT_NE(decode(work), refused) << "a topic up to the packet's end, and no payload";
}

TEST(contenders, read_the_fields_and_write_the_bytes_of_the_floors) {
  for (workload& work : all_workloads()) {
    subject s(std::move(work));
    ASSERT_EQ(s.packets.size(), s.work.packets()) << s.work.title();
    for (const contender& c : contenders()) EXPECT_TRUE(agrees(c, s)) << s.work.title() << ' ' << c.operation;
  }
}

TEST(contenders, disagree_over_a_changed_byte) {
  subject s(make_workload("W1", protocol_version::v3_1_1));
  s.packets.front() = publish{.topic = "a", .payload = s.work.packet(0).last(16)};
  std::get<std::vector<publish>>(s.typed).front() = *std::get_if<publish>(&s.packets.front());
  for (const contender& c : contenders()) {
    const bool writes_the_packets = c.operation.starts_with("generate") || c.operation == "encoded_size";
    EXPECT_EQ(agrees(c, s), !writes_the_packets) << c.operation;
  }
}

// Codecs beside ours that give a wrong answer when they are told to.
bool reads_wrong = false, writes_wrong = false;
std::function<std::uint64_t()> wrong_decoder(const workload&) {
  if (!reads_wrong) return nullptr;
  return [] { return std::uint64_t{1}; };
}
std::function<std::uint64_t(std::span<std::byte>)> wrong_generator(const workload& stream) {
  if (!writes_wrong) return nullptr;
  return [size = stream.bytes.size()](std::span<std::byte>) { return std::uint64_t{size}; };  // so many, but not these
}

TEST(rows, are_none_where_a_codec_beside_ours_is_wrong) {
  ASSERT_TRUE(add_beside({"wrong", wrong_decoder, wrong_generator}));
  EXPECT_FALSE(all_rows().empty());
  reads_wrong = true;
  EXPECT_TRUE(all_rows().empty());
  reads_wrong = false;
  writes_wrong = true;
  EXPECT_TRUE(all_rows().empty());
  writes_wrong = false;
}

TEST(rows, have_names_of_their_own_and_their_floors_in_front) {
  std::set<std::string> seen;
  bool has_toy = false;
  for (const row& r : all_rows()) {
    EXPECT_TRUE(seen.insert(r.name()).second) << r.name();
    has_toy = has_toy || (r.operation == "decode toy" && !r.is_ours);
    const std::string prefix = r.name().substr(0, r.name().find('/') + 1);
    const bool has_floor = !r.floor || seen.contains(r.name() + " floor") || seen.contains(prefix + "decode floor") || seen.contains(prefix + "generate floor");
    EXPECT_TRUE(has_floor) << r.name();
  }
  EXPECT_TRUE(has_toy);
}

}  // namespace
}  // namespace mqttspan::bench
