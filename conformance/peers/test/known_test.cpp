// Fails that a peer file knows, and those that are gone.
#include <gtest/gtest.h>

#include "known.hpp"

namespace mqttspan::conformance {
namespace {

result ended(std::string id, verdict how) {
  result out;
  out.id = std::move(id);
  out.check = out.id.substr(0, 3);
  out.version = "5.0";
  out.found = how;
  out.reason = "stays open";
  return out;
}

run found() {
  run r{.kind = "broker", .peer = "b", .target = "t", .date = "2026-01-01T00:00:00Z", .results = {}};
  r.results = {ended("B-A/5.0/1", verdict::fail), ended("B-A/5.0/2", verdict::fail), ended("B-B/5.0/1", verdict::pass), ended("B-C/5.0/1", verdict::skip)};
  return r;
}

std::size_t settled(run& r, const peer_file& who) {
  return settle(r, who, {}, [&r](const known_deviation& d) { return is_tried_in(r, d); });
}

TEST(known, are_marked_and_not_counted) {
  run r = found();
  peer_file who;
  who.deviations = {{"B-A/*/1", "", "for a reason"}};
  EXPECT_EQ(settled(r, who), 1u);
  EXPECT_EQ(r.results[0].reason, "stays open");
  EXPECT_EQ(r.results[0].known, "for a reason");
  EXPECT_EQ(r.results[0].found, verdict::fail);
  EXPECT_EQ(r.results[1].reason, "stays open");
}

TEST(known, are_told_when_they_are_gone) {
  run r = found();
  peer_file who;
  who.deviations = {{"B-A/*", "", "still there"}, {"B-A/5.0/1", "stays *", "there too"}, {"B-B/*", "", "mended"}, {"B-C/*", "", "not tried"}};
  testing::internal::CaptureStdout();
  EXPECT_EQ(settled(r, who), 0u);
  const std::string said = testing::internal::GetCapturedStdout();
  EXPECT_NE(said.find("2 of 2 fails are known deviations"), std::string::npos);
  EXPECT_NE(said.find("gone: the known deviation B-B/*: mended"), std::string::npos);
  EXPECT_EQ(said.find("gone: the known deviation B-A"), std::string::npos);
  EXPECT_EQ(said.find("not tried"), std::string::npos);
}

}  // namespace
}  // namespace mqttspan::conformance
