// The adapter protocol of the conformance harness, line by line and as a running program.
#include "adapter_session.hpp"

#include <gtest/gtest.h>

#include "json_text.hpp"
#include "samples.hpp"
#include "subprocess.hpp"

namespace mqttspan::test {
namespace {

std::string without_spaces(std::string hex) {
  std::erase(hex, ' ');
  return hex;
}

std::string decode_request(const std::string& version, const std::vector<std::string>& chunks) {
  packet_json request;
  request["id"] = 1;
  request["op"] = "decode";
  request["version"] = version;
  request["sender"] = "any";
  request["chunks"] = chunks;
  return request.dump();
}

// A request that is answered with an error that says this.
void expect_refused(const std::string& line, const std::string& id, const std::string& part) {
  const packet_json answer = parse_json(answer_line(line));
  EXPECT_EQ(answer["id"].dump(), id) << line;
  EXPECT_EQ(answer["error"]["class"], "bad_request") << line;
  EXPECT_NE(answer["error"]["message"].get<std::string>().find(part), std::string::npos) << answer.dump();
}

TEST(adapter, decodes_every_sample) {
  for (const sample& s : samples())
    EXPECT_EQ(answer_line(decode_request(std::string(to_string(s.version)), {without_spaces(s.hex)})),
              "{\"id\":1,\"packets\":[" + s.json + "],\"error\":null,\"pending\":0}");
}

TEST(adapter, encodes_every_sample) {
  for (const sample& s : samples())
    EXPECT_EQ(answer_line("{\"id\":\"e\",\"op\":\"encode\",\"version\":\"" + std::string(to_string(s.version)) + "\",\"packet\":" + s.json + "}"),
              "{\"id\":\"e\",\"hex\":\"" + without_spaces(s.hex) + "\"}");
}

TEST(adapter, answers_the_same_for_any_chunking) {
  // PINGREQ, a PUBLISH, and a PUBLISH with a wildcard.
  const std::string bytes =
      "c000"
      "300600"
      "03612f6221"
      "3005000361"
      "2f2b"
      "c000";
  const std::string whole = answer_line(decode_request("3.1.1", {bytes}));
  EXPECT_EQ(whole,
            R"({"id":1,"packets":[{"type":"pingreq"},{"type":"publish","dup":false,"qos":0,"retain":false,"topic":"a/b","payload":{"hex":"21"}}],)"
            R"("error":{"class":"malformed","offset":6,"rule":"topic_name_has_wildcard","statement":"MQTT-3.3.2-2","reason_code":129},"pending":0})");
  std::vector<std::string> single;
  for (std::size_t i = 0; i < bytes.size(); i += 2) single.push_back(bytes.substr(i, 2));
  EXPECT_EQ(answer_line(decode_request("3.1.1", single)), whole);
  for (std::size_t cut = 0; cut <= bytes.size(); cut += 2)
    EXPECT_EQ(answer_line(decode_request("3.1.1", {bytes.substr(0, cut), "", bytes.substr(cut)})), whole) << cut;
}

TEST(adapter, counts_the_bytes_of_an_incomplete_packet) {
  EXPECT_EQ(answer_line(decode_request("5.0", {"c000", "300f", "0004"})), R"({"id":1,"packets":[{"type":"pingreq"}],"error":null,"pending":4})");
  EXPECT_EQ(answer_line(decode_request("5.0", {})), R"({"id":1,"packets":[],"error":null,"pending":0})");
}

TEST(adapter, learns_the_version_from_connect_if_asked) {
  const std::string connect = "100d00044d5154540502003c000000", puback = "4003000710";
  const packet_json learnt = parse_json(answer_line(decode_request("auto", {connect + puback})));
  EXPECT_EQ(learnt.at("packets").at(1).dump(), R"({"type":"puback","packet_id":7,"reason_code":16,"properties":[]})");
  const packet_json told = parse_json(answer_line(decode_request("3.1.1", {connect + puback})));
  EXPECT_EQ(told.at("error").at("rule"), "bytes_left_over");
}

TEST(adapter, knows_the_sender) {
  const std::string answer = answer_line(R"({"id":1,"op":"decode","version":"3.1.1","sender":"client","chunks":["20020000"]})");
  EXPECT_EQ(parse_json(answer)["error"].dump(),
            R"({"class":"protocol_violation","offset":0,"rule":"packet_from_wrong_side","statement":"U311-2.2.1-b","reason_code":130})");
}

TEST(adapter, refuses_to_encode_what_breaks_a_rule) {
  EXPECT_EQ(parse_json(answer_line(R"({"id":2,"op":"encode","version":"5.0","packet":{"type":"publish","topic":"a/#"}})"))["error"]["rule"],
            "topic_name_has_wildcard");
  const packet_json answer = parse_json(answer_line(R"({"id":2,"op":"encode","version":"5.0","packet":{"type":"publish","topic":7}})"));
  EXPECT_EQ(answer["error"]["class"], "invalid_argument");
  EXPECT_EQ(answer["error"]["message"], "/topic must be a string or {\"hex\":\"…\"}");
  EXPECT_FALSE(answer.contains("hex"));
}

TEST(adapter, says_what_it_can_do) {
  EXPECT_EQ(answer_line(R"({"id":3,"op":"capabilities"})"), R"({"id":3,"versions":["3.1","3.1.1","5.0"],"senders":["client","server","any"]})");
}

TEST(adapter, answers_bad_requests_with_an_error) {
  expect_refused("", "null", "parse error");
  expect_refused("{", "null", "parse error");
  expect_refused("[]", "null", "a request is an object");
  expect_refused("{\"id\":1,\"id\":2}", "null", "there twice");
  expect_refused("{\"id\":4}", "4", "\"op\" is missing");
  expect_refused("{\"id\":4,\"op\":\"fly\"}", "4", "\"op\" must be decode, encode or capabilities");
  expect_refused("{\"id\":4,\"op\":1}", "4", "\"op\" must be a string");
  expect_refused("{\"id\":4,\"op\":\"decode\"}", "4", "\"version\" is missing");
  expect_refused("{\"id\":4,\"op\":\"decode\",\"version\":\"6\",\"chunks\":[]}", "4", "\"version\" must be");
  expect_refused("{\"id\":4,\"op\":\"decode\",\"version\":\"5.0\",\"sender\":\"x\",\"chunks\":[]}", "4", "\"sender\" must be");
  expect_refused("{\"id\":4,\"op\":\"decode\",\"version\":\"5.0\",\"chunks\":\"c000\"}", "4", "\"chunks\" must be an array");
  expect_refused("{\"id\":4,\"op\":\"decode\",\"version\":\"5.0\",\"chunks\":[7]}", "4", "\"chunks\" must hold strings");
  expect_refused("{\"id\":4,\"op\":\"decode\",\"version\":\"5.0\",\"chunks\":[\"c00\"]}", "4", "two hexadecimal digits");
  expect_refused("{\"id\":4,\"op\":\"encode\",\"version\":\"5.0\"}", "4", "\"packet\" is missing");
  expect_refused("{\"id\":\"\\u0000\",\"op\":\"\xff\"}", "null", "parse error");
}

TEST(adapter, answers_each_line_before_the_next_comes) {
  dialogue talk({"adapter"});
  EXPECT_EQ(talk.ask(R"({"id":1,"op":"decode","version":"5.0","sender":"any","chunks":["c0","00"]})"),
            R"({"id":1,"packets":[{"type":"pingreq"}],"error":null,"pending":0})");
  EXPECT_NE(talk.ask("this is not JSON").find(R"({"id":null,"error":{"class":"bad_request")"), std::string::npos);
  EXPECT_EQ(talk.ask(R"({"id":2,"op":"encode","version":"5.0","packet":{"type":"pingresp"}})"), R"({"id":2,"hex":"d000"})");
  EXPECT_EQ(talk.end(), 0);
}

}  // namespace
}  // namespace mqttspan::test
