// The examples in --help and in the README work as they stand there.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include <mqttspan/codec/config.hpp>

#include "capture_writer.hpp"
#include "samples.hpp"
#include "subprocess.hpp"

namespace mqttspan::test {
namespace {

std::string session_pcap() {
  talk t(client_4, server_4);
  std::vector<segment> segments = t.open();
  segments.push_back(t.client(raw("100d 0004 4d515454 05 02 003c 00 0000")));
  segments.push_back(t.server(raw("2003 00 00 00")));
  segments.push_back(t.client(raw("e000")));
  return ethernet_pcap(segments);
}

// The indented lines behind "Examples:" that call mqttspan.
std::vector<std::string> examples_in(const std::string& help) {
  std::vector<std::string> found;
  std::istringstream lines(help.substr(help.find("Examples:")));
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("  ") && line.find("mqttspan ") != std::string::npos) found.push_back(line.substr(2));
  return found;
}

class help_of : public testing::TestWithParam<const char*> {};

TEST_P(help_of, has_examples_that_work) {
  const scratch_folder scratch;
  scratch.file("session.pcap", session_pcap());
  scratch.file("dump.hex", "# a message and a ping\n30 06 0001 61 00 6869\nd000\n");
  scratch.file("packets.jsonl", "{\"type\":\"pingreq\"}\n");
  const finished text = shell("mqttspan " + std::string(GetParam()) + " --help", scratch.path());
  EXPECT_EQ(text.exit_code, 0);
  const auto examples = examples_in(text.out);
  EXPECT_GE(examples.size(), 2u) << text.out;
  for (const std::string& line : examples) {
    const finished f = shell(line, scratch.path());
    const bool shows_a_fault = line.find("# QoS 3") != std::string::npos;
    EXPECT_EQ(f.exit_code, shows_a_fault ? 1 : 0) << line << "\n" << f.err;
    EXPECT_NE(f.out, "") << line;
  }
}

INSTANTIATE_TEST_SUITE_P(subcommand, help_of, testing::Values("", "decode", "explain", "encode", "adapter", "names"),
                         [](const auto& of) { return *of.param ? std::string(of.param) : std::string("all"); });

// The commands in the README's console blocks, each with the lines below it.
std::vector<std::pair<std::string, std::string>> commands_in(std::istream& readme) {
  std::vector<std::pair<std::string, std::string>> found;
  bool inside = false;
  for (std::string line; std::getline(readme, line);) {
    if (line.starts_with("```")) inside = line == "```console";
    else if (inside && line.starts_with("$ ")) found.emplace_back(line.substr(2), "");
    else if (inside) found.back().second += line + "\n";
  }
  return found;
}

TEST(readme, shows_what_is_printed) {
  const scratch_folder scratch;
  std::ifstream readme(MQTTSPAN_TOOLS_README);
  const auto commands = commands_in(readme);
  EXPECT_GE(commands.size(), 7u);
  for (const auto& [command, output] : commands) EXPECT_EQ(shell(command, scratch.path()).out, output) << command;
}

TEST(help, names_every_subcommand) {
  const finished f = run({"--help"});
  for (const char* name : {"decode", "explain", "encode", "adapter", "names"}) EXPECT_NE(f.out.find(name), std::string::npos) << name;
}

TEST(version, is_that_of_the_library) {
  const finished f = run({"--version"});
  EXPECT_EQ(f.out, MQTTSPAN_VERSION "\n");
  EXPECT_EQ(f.exit_code, 0);
}

}  // namespace
}  // namespace mqttspan::test
