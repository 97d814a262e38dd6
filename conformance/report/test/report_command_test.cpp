#include "report_command.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <CLI/CLI.hpp>

#include "report_json.hpp"
#include "sample_runs.hpp"

namespace mqttspan::conformance {
namespace {

class report_command : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / ("mqttspan-report-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    std::ofstream(path("run.json")) << to_json(nasty_run());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const char* name) const { return (folder_ / name).string(); }

  std::string content(const char* name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  // The exit code; -1 for wrong usage.
  static int call(std::vector<std::string> words) {
    CLI::App app;
    int exit_code = 99;
    add_report_command(app, exit_code);
    std::reverse(words.begin(), words.end());
    words.emplace_back("report");
    try {
      app.parse(words);
    } catch (const CLI::ParseError&) {
      return -1;
    }
    return exit_code;
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(report_command, writes_the_page_of_all_runs) {
  EXPECT_EQ(call({path("run.json"), path("run.json"), "-o", path("report.html")}), 0);
  const std::string page = content("report.html");
  EXPECT_EQ(page.rfind("<!doctype html>", 0), 0U);
  const std::size_t first = page.find("\"target\":\"127.0.0.1:1883\"");
  ASSERT_NE(first, std::string::npos);
  EXPECT_NE(page.find("\"target\":\"127.0.0.1:1883\"", first + 1), std::string::npos);
}

TEST_F(report_command, writes_junit_of_one_run) {
  EXPECT_EQ(call({path("run.json"), "--junit", path("run.xml")}), 0);
  EXPECT_EQ(content("run.xml").rfind("<?xml", 0), 0U);
  EXPECT_EQ(call({path("run.json"), path("run.json"), "--junit", path("run.xml")}), -1);
}

TEST_F(report_command, must_be_told_what_to_make) {
  EXPECT_EQ(call({path("run.json")}), -1);
  EXPECT_EQ(call({"-o", path("report.html")}), -1);
}

TEST_F(report_command, fails_on_what_is_no_run_and_on_what_it_cannot_write) {
  std::ofstream(path("other.json")) << "{}";
  EXPECT_EQ(call({path("other.json"), "-o", path("report.html")}), 1);
  EXPECT_EQ(call({path("missing.json"), "-o", path("report.html")}), 1);
  EXPECT_EQ(call({path("run.json"), "-o", path("missing/report.html")}), 1);
  EXPECT_FALSE(std::filesystem::exists(path("report.html")));
}

}  // namespace
}  // namespace mqttspan::conformance
