// How declared families become vectors.
#include "family.hpp"

#include <gtest/gtest.h>

#include "line_form.hpp"

namespace mqttspan::conformance {
namespace {

using nlohmann::json;

std::vector<test_vector> expanded(const char* sweeps, const std::vector<test_vector>& curated = {}) {
  family declared{.file = "f.json", .name = "f"};
  declared.content = {{"sets", {{"code", {"00..02", "80"}}, {"text", {{{"name", "bad"}, {"hex", "61ff"}, {"at", 1}, {"is", {"ill"}}}, {{"name", "good"}, {"hex", "61"}}}}}},
                      {"sweeps", json::array({json::parse(sweeps)})}};
  return expand(declared, curated);
}

test_vector good_vector() {
  test_vector v{.id = "5.0/publish/0001", .group = "5.0/publish", .version = "5.0", .packet = "publish", .sender = "any", .hex = "300600016100" "6869"};
  v.cuts = {{6, 7}};
  return v;
}

TEST(family, goes_through_all_combinations) {
  const auto cases = expanded(R"json({"over":{"a":"code","b":"code"},"templates":[{"name":"t","version":"5.0","bytes":"40({a}{b})"}],"expect":[{"result":"valid"}]})json");
  ASSERT_EQ(cases.size(), 16U);
  EXPECT_EQ(cases[0].id, "f/5.0/t/00/00");
  EXPECT_EQ(cases[15].hex, "40028080");
  EXPECT_TRUE(cases[0].canonical);
}

TEST(family, takes_the_first_row_that_holds) {
  const auto cases = expanded(R"json({"over":{"code":"code"},"templates":[{"name":"t","version":"5.0","bytes":"40(0007{code})"}],"expect":[
    {"when":{"code":"00..01"},"result":"none"},
    {"when":{"code":["&80=80"]},"result":"valid","canonical":false},
    {"result":"malformed","error":{"rule":"r","offset":"code","codes":[129],"also":[130]},"statements":{"5.0":["U5-x"]}}]})json");
  ASSERT_EQ(cases.size(), 2U);
  EXPECT_EQ(line_form(cases[0]), "f/5.0/t/02\t5.0\tany\tmalformed\tmalformed\t129,130\towed\t4003000702\n");
  EXPECT_EQ(cases[0].error->offset, 4U);
  EXPECT_EQ(cases[0].statements, std::vector<std::string>{"U5-x"});
  EXPECT_EQ(line_form(cases[1]), "f/5.0/t/80\t5.0\tany\tvalid\t-\t-\towed\t4003000780\n");
  EXPECT_FALSE(cases[1].canonical);
}

TEST(family, finds_the_wrong_byte_in_a_hole) {
  const auto cases = expanded(R"json({"over":{"text":"text"},"templates":[{"name":"t","version":"3.1.1","bytes":"30(<{text}><{text}>)"}],"expect":[
    {"when":{"text":"!ill"},"result":"valid"},{"result":"malformed","error":{"offset":"text#2+at-2","codes":[129]}}]})json");
  ASSERT_EQ(cases.size(), 2U);
  EXPECT_EQ(cases[0].error->offset, 7U);
  EXPECT_TRUE(cases[0].error->codes.empty());  // 3.1.1 has no reason codes
}

TEST(family, wants_a_row_for_each_case) {
  EXPECT_THROW(expanded(R"json({"over":{"code":"code"},"templates":[{"name":"t","version":"5.0","bytes":"{code}"}],"expect":[{"when":{"code":"00"},"result":"valid"}]})json"), data_error);
  EXPECT_THROW(expanded(R"json({"over":{"code":"code"},"templates":[{"name":"t","version":"5.0","bytes":"{code}"}],"expect":[{"when":{"color":"00"},"result":"valid"}]})json"), data_error);
}

TEST(family, cuts_good_vectors) {
  const auto prefixes = expanded(R"json({"derive":"prefixes","expect":[{"result":"incomplete"}]})json", {good_vector()});
  ASSERT_EQ(prefixes.size(), 7U);
  EXPECT_EQ(prefixes[2].id, "f/5.0/publish/0001/3");
  EXPECT_EQ(prefixes[2].hex, "300600");
  const auto cuts = expanded(R"json({"derive":"cuts","expect":[{"when":{"cut":"legal"},"result":"valid"},{"result":"malformed"}]})json", {good_vector()});
  ASSERT_EQ(cuts.size(), 6U);
  EXPECT_EQ(cuts[3].hex, "3003000161");
  EXPECT_EQ(cuts[3].result, expectation::malformed);
  EXPECT_EQ(cuts[4].hex, "300400016100");
  EXPECT_EQ(cuts[4].result, expectation::valid);
  const auto longer = expanded(R"json({"derive":"appended","bytes":["00","41"],"expect":[{"when":{"body":"6"},"result":"valid"}]})json", {good_vector()});
  ASSERT_EQ(longer.size(), 2U);
  EXPECT_EQ(longer[1].hex, "3007000161006869" "41");
}

TEST(family, says_what_is_open) {
  const auto cases = expanded(R"json({"over":{"code":"code"},"templates":[{"name":"t","version":"5.0","bytes":"{code}"},{"name":"t","version":"3.1","bytes":"{code}"}],"expect":[
    {"when":{"code":"00"},"result":"malformed","status":"open"},{"when":{"code":"01"},"result":"policy"},{"when":{"code":"02"},"result":"valid"},{"result":"malformed"}]})json");
  ASSERT_EQ(cases.size(), 8U);
  EXPECT_EQ(line_form(cases[0]), "f/5.0/t/00\t5.0\tany\tmalformed\tmalformed\t-\topen\t00\n");
  EXPECT_TRUE(is_open(cases[1]));
  EXPECT_FALSE(is_open(cases[2]));
  EXPECT_FALSE(is_open(cases[3]));
  EXPECT_FALSE(is_open(cases[6]));
  EXPECT_TRUE(is_open(cases[7]));  // 3.1 refuses nothing
}

TEST(family, inherits_what_is_open_and_takes_the_statements_of_its_sweep) {
  test_vector open = good_vector();
  open.open = true;
  const auto cases = expanded(R"json({"derive":"appended","bytes":["00","41"],"statements":{"5.0":["U5-x"]},"expect":[{"when":{"byte":"00"},"result":"valid"},{"result":"valid","statements":["U5-y"]}]})json", {open});
  ASSERT_EQ(cases.size(), 2U);
  EXPECT_TRUE(is_open(cases[0]));
  EXPECT_EQ(cases[0].statements, std::vector<std::string>{"U5-x"});
  EXPECT_EQ(cases[1].statements, std::vector<std::string>{"U5-y"});
}

TEST(family, knows_where_a_list_of_codes_begins) {
  test_vector v = good_vector();
  v.packet = "suback";
  v.hex = "900a" "0001" "05" "1f000261" "62" "00" "01";
  const auto cases = expanded(R"json({"derive":"cuts","expect":[{"when":{"cut":"before_list"},"result":"policy"},{"result":"malformed"}]})json", {v});
  ASSERT_EQ(cases.size(), 10U);
  EXPECT_EQ(cases[8].hex, "9008" "0001" "05" "1f00026162");
  EXPECT_EQ(cases[8].result, expectation::policy);
  EXPECT_EQ(cases[7].result, expectation::malformed);
  EXPECT_EQ(cases[9].result, expectation::malformed);
}

TEST(family, leaves_bad_and_disputed_vectors_alone) {
  test_vector refused = good_vector(), disputed = good_vector();
  refused.result = expectation::malformed;
  disputed.disputed = true;
  EXPECT_TRUE(expanded(R"json({"derive":"prefixes","expect":[{"result":"incomplete"}]})json", {refused, disputed}).empty());
}

}  // namespace
}  // namespace mqttspan::conformance
