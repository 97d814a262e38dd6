// The player must be able to fail: connections with defects, and stories that expect something else.
#include "player.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>

#include "adapter_program.hpp"
#include "json_text.hpp"
#include "story_session.hpp"

namespace mqttspan::conformance {
namespace {

const std::vector<story>& stories() {
  static const std::vector<story> all = read_stories(MQTTSPAN_STORIES);
  return all;
}

result play_ours(const story& s) {
  story_session ours;
  return play(s, [&](const std::string& line) { return ours.answer(line); });
}

// ---- Stories that expect something else

// Takes one expectation away. False where there is none that must hold.
bool take_away(packet_json& step, const std::string& key) {
  if (!step.contains(key) || step[key] == false || step[key] == "should" || step[key] == "may") return false;
  if (step[key].is_array()) {
    bool must = false;
    for (const packet_json& item : step[key]) must = must || !item.is_object() || !(item.contains("may"));
    if (!must) return false;
  }
  step.erase(key);
  return true;
}

TEST(player, fails_a_story_where_any_expectation_is_missing) {
  std::size_t taken = 0;
  for (const story& s : stories())
    for (std::size_t i = 0; i < s.steps.size(); ++i)
      for (const char* const key : {"expect", "events", "refused", "closes"}) {
        story other = s;
        if (!take_away(other.steps[i], key)) continue;
        ++taken;
        EXPECT_EQ(play_ours(other).found, verdict::fail) << s.id << ", step " << i + 1 << " without " << key;
      }
  std::printf("%zu expectations taken away, one at a time\n", taken);
  EXPECT_GT(taken, 5000U);
}

TEST(player, fails_a_story_that_expects_more) {
  for (const story& s : stories()) {
    story more = s, other = s, last = s;
    more.steps.back()["expect"].push_back("d0 00 00");
    EXPECT_EQ(play_ours(more).found, verdict::fail) << s.id;
    other.steps.back()["events"].push_back({{"packet", {{"type", "publish"}, {"topic", "never"}}}});
    EXPECT_EQ(play_ours(other).found, verdict::fail) << s.id;
    if (!s.steps.back().contains("closes") && s.steps.back().contains("send") && !s.steps.back().contains("refused")) {
      last.steps.back()["refused"] = true;
      EXPECT_EQ(play_ours(last).found, verdict::fail) << s.id;
    }
  }
}

// ---- Connections with a defect

using defect = void (*)(packet_json& answer);

// How many stories of each verdict our connection gets with that defect.
std::map<verdict, std::size_t> verdicts_with(defect change) {
  std::map<verdict, std::size_t> count;
  for (const story& s : stories()) {
    story_session ours;
    const result r = play(s, [&](const std::string& line) {
      packet_json answer = parse_json(ours.answer(line));
      change(answer);
      return answer.dump();
    });
    ++count[r.found];
  }
  return count;
}

bool says(const packet_json& answer, char type) { return !answer["outputs"].empty() && answer["outputs"][0].get_ref<const std::string&>().starts_with(type); }

TEST(player, finds_connections_with_a_defect) {
  struct named_defect {
    const char* name;
    defect change;
    std::size_t least;  // stories that must fail
  };
  const named_defect defects[] = {
      {"is silent", [](packet_json& a) { a["outputs"] = packet_json::array(); }, 500},
      {"never acknowledges with PUBACK", [](packet_json& a) { if (says(a, '4')) a["outputs"] = packet_json::array(); }, 50},
      {"never answers PINGREQ", [](packet_json& a) { if (says(a, 'd')) a["outputs"] = packet_json::array(); }, 10},
      {"says everything twice", [](packet_json& a) { if (!a["outputs"].empty()) a["outputs"].push_back(a["outputs"][0]); }, 500},
      {"says half a packet", [](packet_json& a) { if (!a["outputs"].empty()) a["outputs"][0].get_ref<std::string&>().resize(2); }, 500},
      {"acknowledges with another identifier", [](packet_json& a) { if (says(a, '4') || says(a, '5')) a["outputs"][0].get_ref<std::string&>()[7] = 'e'; }, 50},
      {"tells nothing", [](packet_json& a) { a["events"] = packet_json::array(); }, 500},
      {"tells everything twice", [](packet_json& a) { const packet_json told = a["events"]; for (const packet_json& e : told) a["events"].push_back(e); }, 500},
      {"tells the topic alias's empty name", [](packet_json& a) { for (packet_json& e : a["events"]) if (e.contains("packet") && e["packet"].contains("topic")) e["packet"]["topic"] = ""; }, 50},
      {"closes at once", [](packet_json& a) { a["closed"] = true; }, 500},
      {"never closes", [](packet_json& a) { a["closed"] = false; }, 100},
      {"refuses everything", [](packet_json& a) { a["refused"] = packet_json::object(); }, 500},
      {"refuses nothing", [](packet_json& a) { a.erase("refused"); }, 100},
      {"wants never to be woken", [](packet_json& a) { a["deadline"] = nullptr; }, 10},
      {"wants to be woken at once, for ever", [](packet_json& a) { a["deadline"] = 0; }, 50},
  };
  for (const named_defect& d : defects) {
    const auto found = verdicts_with(d.change);
    const auto failed = found.find(verdict::fail);
    EXPECT_GE(failed == found.end() ? 0 : failed->second, d.least) << d.name;
    std::printf("%5zu stories fail a connection that %s\n", failed == found.end() ? std::size_t{0} : failed->second, d.name);
  }
}

TEST(player, does_not_fail_what_is_only_recommended) {
  const auto silent_ends = verdicts_with([](packet_json& a) {
    packet_json kept = packet_json::array();
    for (packet_json& e : a["events"])
      if (!e.contains("ended")) kept.push_back(e);
    a["events"] = kept;  // tells no reason
  });
  EXPECT_EQ(silent_ends.count(verdict::fail), 0U);
  EXPECT_GT(silent_ends.at(verdict::pass), 100U);
}

// The other method of QoS 2: a message is told when it is released.
TEST(player, takes_a_message_of_qos_2_at_its_release) {
  std::map<verdict, std::size_t> count;
  for (const std::string release : {"pubrel", "never"}) {
    count.clear();
    for (const story& s : stories()) {
      story_session ours;
      std::vector<packet_json> kept;
      const result r = play(s, [&](const std::string& line) {
        packet_json answer = parse_json(ours.answer(line)), events = packet_json::array();
        for (const packet_json& e : answer["events"]) {
          const bool is_packet = e.contains("packet");
          if (is_packet && e["packet"]["type"] == "publish" && e["packet"]["qos"] == 2) kept.push_back(e);
          else events.push_back(e);
          if (!is_packet || e["packet"]["type"] != release) continue;
          for (const packet_json& message : kept)
            if (message["packet"]["packet_id"] == e["packet"]["packet_id"]) events.insert(events.end() - 1, message);
          std::erase_if(kept, [&](const packet_json& message) { return message["packet"]["packet_id"] == e["packet"]["packet_id"]; });
        }
        answer["events"] = events;
        return answer.dump();
      });
      ++count[r.found];
      EXPECT_TRUE(release == "never" || r.found == verdict::strict_pass) << s.id << " " << s.title << ": " << r.reason;
    }
  }
  EXPECT_GT(count[verdict::fail], 20U);  // a PUBCOMP for a message that nobody was told
}

TEST(player, leaves_out_events_that_an_adapter_does_not_tell_of) {
  const auto found = verdicts_with([](packet_json& a) {
    a["tells"] = {"connect", "connack", "publish", "subscribe", "suback", "unsubscribe", "unsuback", "disconnect", "auth"};
    packet_json kept = packet_json::array();
    for (packet_json& e : a["events"])
      if (!e.contains("packet") || !(e["packet"]["type"].get_ref<const std::string&>().starts_with("pu") && e["packet"]["type"] != "publish")) kept.push_back(e);
    a["events"] = kept;
  });
  EXPECT_EQ(found.count(verdict::fail), 0U);
}

// ---- Adapters that do not play

story short_story() {
  story s;
  s.id = "5.0/story/9999";
  s.version = "5.0";
  s.role = "client";
  s.steps.push_back(parse_json(R"({"from":"user","send":{"type":"pingreq"},"refused":true})"));
  return s;
}

TEST(player, says_why_a_story_was_skipped) {
  const result r = play(short_story(), [](const std::string&) { return R"({"id":1,"skip":"no clients here"})"; });
  EXPECT_EQ(r.found, verdict::skip);
  EXPECT_NE(r.reason.find("no clients here"), std::string::npos);
}

TEST(player, blames_no_connection_for_its_adapter) {
  for (const char* const answer : {"", "nonsense", "[]", R"({"id":9})", R"({"id":1,"error":"what?"})", R"({"id":1,"outputs":[7]})", R"({"id":1,"outputs":["xx"]})"})
    EXPECT_EQ(play(short_story(), [&](const std::string&) { return answer; }).found, verdict::inconclusive) << answer;
}

TEST(player, goes_on_without_an_adapter_that_has_gone) {
  std::signal(SIGPIPE, SIG_IGN);
  adapter_program ends("exit 0"), never("exec sleep 60", std::chrono::milliseconds(50));
  for (adapter_program* const program : {&ends, &never}) {
    const std::vector<result> results = play_all({short_story(), short_story()}, [&](const std::string& line) { return (*program)(line); });
    ASSERT_EQ(results.size(), 2U);
    for (const result& r : results) {
      EXPECT_EQ(r.found, verdict::inconclusive);
      EXPECT_FALSE(r.reason.empty());
    }
  }
}

TEST(player, keeps_a_log) {
  const result r = play_ours(stories().front());
  ASSERT_FALSE(r.log.empty());
  bool from_us = false, from_peer = false;
  for (const exchange& e : r.log) (e.from_peer ? from_peer : from_us) = true;
  EXPECT_TRUE(from_us && from_peer);
}

// ---- Files that are no stories

class story_file : public testing::Test {
 protected:
  std::string reading(const std::string& content) const {
    std::ofstream(path_) << content;
    try {
      static_cast<void>(read_story_file(path_));
    } catch (const story_error& e) {
      return e.what();
    }
    return "";
  }
  void TearDown() override { std::filesystem::remove(path_); }

 private:
  const std::string path_ = testing::TempDir() + "story_file_test.json";
};

std::string file_with(const std::string& step, const std::string& id = "5.0/story/0001", const std::string& more = "") {
  return R"({"format":"mqtt-stories/1","version":"5.0","about":"a","count":1,"stories":[{"id":")" + id + R"(","title":"t","role":"client","version":"5.0","statements":[])" + more +
         R"(,"steps":[)" + step + "]}]}";
}

TEST_F(story_file, is_read_strictly) {
  const std::string good = R"({"from":"peer","bytes":"c0 00"})";
  EXPECT_EQ(reading(file_with(good)), "");
  EXPECT_NE(reading(file_with(good, "3.1/story/0001")).find("another version"), std::string::npos);
  EXPECT_NE(reading(file_with(good, "5.0/story/0001", R"(,"extra":1)")).find("not in the format"), std::string::npos);
  EXPECT_NE(reading(file_with("")).find("no steps"), std::string::npos);
  for (const char* const step : {R"({"from":"peer"})", R"({"bytes":"c0 00"})", R"({"from":"user","bytes":"c0 00"})", R"({"from":"user","send":{},"time":1})", R"({"time":1,"expects":[]})"})
    EXPECT_NE(reading(file_with(step)), "") << step;
  EXPECT_NE(reading("{"), "");
  EXPECT_NE(reading(R"({"format":"mqtt-vectors/1","version":"5.0","about":"a","count":0,"stories":[]})").find("format"), std::string::npos);
  EXPECT_NE(reading(R"({"format":"mqtt-stories/1","version":"5.0","about":"a","count":1,"stories":[]})").find("count"), std::string::npos);
}

}  // namespace
}  // namespace mqttspan::conformance
