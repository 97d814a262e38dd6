// Stands in for GoogleTest's main: activates the mutant that MQTTSPAN_MUTANT numbers; or, where MQTTSPAN_REACHED names a file, appends a line a
// test to it: name, microseconds, and the mutants that it reaches.
#include <chrono>
#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

namespace {

class recorder : public testing::EmptyTestEventListener {
 public:
  explicit recorder(const char* file) : out_(file, std::ios::app) {}

 private:
  void OnTestStart(const testing::TestInfo&) override { start_ = std::chrono::steady_clock::now(); }
  void OnTestEnd(const testing::TestInfo& test) override {
    const auto time = std::chrono::steady_clock::now() - start_;
    out_ << test.test_suite_name() << '.' << test.name() << '\t' << std::chrono::duration_cast<std::chrono::microseconds>(time).count() << '\t'
         << test.result()->Passed() << '\t';
    for (unsigned n = 0; n < mut::most; ++n)
      if (mut::reached[n]) out_ << n << ' ', mut::reached[n] = 0;
    out_ << std::endl;
  }

  std::ofstream out_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace

int main(int argc, char** argv) {
  if (const char* const mutant = std::getenv("MQTTSPAN_MUTANT")) mut::active = static_cast<unsigned>(std::atoi(mutant));
  testing::InitGoogleTest(&argc, argv);
  if (const char* const file = std::getenv("MQTTSPAN_REACHED")) testing::UnitTest::GetInstance()->listeners().Append(new recorder(file));
  return RUN_ALL_TESTS();
}
