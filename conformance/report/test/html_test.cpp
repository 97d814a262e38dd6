#include "html.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "html_data.hpp"
#include "sample_runs.hpp"

namespace mqttspan::conformance {
namespace {

using json = nlohmann::json;

json data_of(const run& r) { return json::parse(html_data(std::span(&r, 1), built_in_manifest())); }

run run_of(const char* kind, const char* check, verdict v, std::size_t count) {
  run r{kind, "peer", "", "2026-11-22T12:00:00Z", {}};
  for (std::size_t i = 0; i < count; ++i) r.results.push_back({std::string(check) + std::to_string(i), check, "title", "5.0", {"MQTT-1.5.4-1"}, v, "reason", {}});
  return r;
}

TEST(html, has_no_place_left_and_no_address) {
  const std::string page = to_html(std::span<const run>(), built_in_manifest());
  for (const char* part : {"{{", "http:", "https:", "@import", "src=", "<link"}) EXPECT_EQ(page.find(part), std::string::npos) << part;
}

TEST(html, keeps_what_peers_sent_within_the_data) {
  const run r = nasty_run();
  const std::string page = to_html(std::span(&r, 1), built_in_manifest());
  EXPECT_EQ(page.find("</script><b>"), std::string::npos);
  EXPECT_NE(page.find("\\u003c/script>\\u003cb>"), std::string::npos);
}

TEST(html_data, has_the_manifest_and_what_cases_cite_beside_it) {
  run r = run_of("broker", "B-X", verdict::pass, 3);
  r.results[1].statements = {"MQTT-9.9.9-9"};
  r.results[2].statements = {};
  const json data = data_of(r);
  ASSERT_EQ(data["statements"].size(), 661U);
  EXPECT_EQ(data["statements"][659][0], "MQTT-9.9.9-9");
  EXPECT_EQ(data["statements"][660][0], "none");
  EXPECT_EQ(data["peers"][0]["cases"][1][3], json::array({659}));
  EXPECT_EQ(data["peers"][0]["cases"][2][3], json::array({660}));
}

TEST(html_data, shows_every_case_of_vectors_and_recipes) {
  EXPECT_EQ(data_of(run_of("codec", "5.0/publish", verdict::pass, 300))["peers"][0]["cases"].size(), 300U);
  EXPECT_EQ(data_of(run_of("broker", "B-X", verdict::pass, 300))["peers"][0]["cases"].size(), 300U);
}

TEST(html_data, counts_the_cases_of_a_family_that_are_alike) {
  const json passes = data_of(run_of("codec", "family", verdict::pass, 300))["peers"][0];
  EXPECT_EQ(passes["cases"].size(), 1U);
  EXPECT_EQ(passes["alike"][0][3], 299);
  const json fails = data_of(run_of("codec", "family", verdict::fail, 300))["peers"][0];
  EXPECT_EQ(fails["cases"].size(), 60U);
  EXPECT_EQ(fails["alike"][0][3], 240);
}

TEST(html_data, keeps_the_first_bytes_of_long_exchanges_and_the_first_exchanges_of_long_cases) {
  run r = run_of("broker", "B-X", verdict::fail, 1);
  r.results[0].log.assign(100, {std::chrono::microseconds(1), "a", false, std::vector<std::byte>(1000), 7, ""});
  const json data = data_of(r);
  const json& log = data["peers"][0]["cases"][0][6];
  ASSERT_EQ(log.size(), 61U);
  EXPECT_EQ(log[0][3].get<std::string>().size(), 512U);
  EXPECT_EQ(log[0][4], 751);
  EXPECT_EQ(data["strings"][log[60][5].get<std::size_t>()], "40 more: the JSON file has them");
}

}  // namespace
}  // namespace mqttspan::conformance
