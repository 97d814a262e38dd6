#include <mqttspan/codec/bytes.hpp>

#include <gtest/gtest.h>

namespace mqttspan {
namespace {

TEST(bytes, are_the_same_memory_as_the_text) {
  constexpr std::string_view text("a\0\xFF", 3);
  const bytes_view bytes = as_bytes(text);
  EXPECT_EQ(static_cast<const void*>(bytes.data()), static_cast<const void*>(text.data()));
  ASSERT_EQ(bytes.size(), 3u);
  EXPECT_EQ(bytes[0], std::byte{'a'});
  EXPECT_EQ(bytes[1], std::byte{0});
  EXPECT_EQ(bytes[2], std::byte{0xFF});
}

TEST(bytes, and_text_are_inverse) {
  constexpr std::string_view text = "sensors/1";
  EXPECT_EQ(as_text(as_bytes(text)).data(), text.data());
  EXPECT_EQ(as_text(as_bytes(text)), text);
  EXPECT_TRUE(as_text({}).empty());
  EXPECT_TRUE(as_bytes(std::string_view()).empty());
}

}  // namespace
}  // namespace mqttspan
