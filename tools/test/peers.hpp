// mqtt_pub and mqtt_sub as a user calls them, beside a real broker.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "background_program.hpp"
#include "broker.hpp"
#include "subprocess.hpp"

namespace mqttspan::test {

using words = std::vector<std::string>;

inline words operator+(words a, const words& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Runs them to their end.
/// @{
inline finished mqtt_pub(const words& arguments, std::string_view input = {}) { return run_program(words{MQTTSPAN_MQTT_PUB} + arguments, input); }
inline finished mqtt_sub(const words& arguments) { return run_program(words{MQTTSPAN_MQTT_SUB} + arguments); }
/// @}

/// An mqtt_sub that is subscribed.
class listener {
 public:
  explicit listener(const words& arguments) : program(words{MQTTSPAN_MQTT_SUB, "-d"} + arguments) {
    EXPECT_TRUE(program.complains("SUBACK")) << program.err();
  }
  finished wait() { return program.wait(); }

  background_program program;
};

/// With a broker that lets everybody in.
class peers : public testing::Test {
 protected:
  words at() const { return {"-h", "127.0.0.1", "-p", server.port()}; }
  words pub(const words& more) const { return at() + more; }
  /// Publishes, expects it to work, and gives what a subscriber writes that ends after `count` messages.
  std::string through(const words& subscriber, const words& publisher, std::string_view input = {}, int count = 1) const {
    listener sub(at() + words{"-C", std::to_string(count)} + subscriber);
    const finished done = mqtt_pub(at() + publisher, input);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    const finished heard = sub.wait();
    EXPECT_EQ(heard.exit_code, 0) << heard.err;
    return heard.out;
  }

  broker server;
};

}  // namespace mqttspan::test
