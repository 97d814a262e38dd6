// The examples of FIPS 180-4.
#include "sha256.hpp"

#include <gtest/gtest.h>

namespace mqttspan::conformance {
namespace {

std::string sha256_of(std::string_view text) {
  sha256 sum;
  sum.add(text);
  return sum.finish();
}

TEST(sha256, gives_the_published_sums) {
  EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_of(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(sha256, is_the_same_in_pieces) {
  const std::string text(1000, 'x');
  for (const std::size_t step : {1U, 63U, 64U, 65U}) {
    sha256 sum;
    for (std::size_t at = 0; at < text.size(); at += step) sum.add(std::string_view(text).substr(at, step));
    EXPECT_EQ(sum.finish(), sha256_of(text)) << step;
  }
}

}  // namespace
}  // namespace mqttspan::conformance
