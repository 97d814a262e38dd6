// A codec run in the common form of results, and in figures.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "codec_run.hpp"
#include "result.hpp"

namespace mqttspan::conformance {

/// Curated vectors, or the cases of one family.
struct tally {
  std::string name;
  std::size_t cases = 0;
  std::array<std::size_t, 4> reached{};  ///< by grade: how many reached it
  std::size_t failed = 0;                ///< below the grade that is asked for
  std::size_t open = 0;
  std::size_t skipped = 0;
  std::size_t unencoded = 0;
};

/// Curated vectors by version first, then each family.
std::vector<tally> tallies(const std::vector<test_vector>& vectors, const std::vector<outcome>& outcomes, unsigned grade);

/// The figures as a table for people.
std::string table_of(const std::vector<tally>& rows);

/// One result a curated vector. Of a family: one a version for all that passed, that are open, that were not tried; and one for each that failed.
std::vector<result> results_of(const std::vector<test_vector>& vectors, const std::vector<outcome>& outcomes, unsigned grade);

}  // namespace mqttspan::conformance
