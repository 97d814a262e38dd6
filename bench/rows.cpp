#include "rows.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#include "beside.hpp"
#include "contenders.hpp"

namespace mqttspan::bench {
namespace {

using shared_subject = std::shared_ptr<subject>;

row on(const shared_subject& s, std::string operation) {
  return {.workload = s->work.name,
          .version = s->work.version == protocol_version::v5 ? "5.0" : "3.1.1",
          .operation = std::move(operation),
          .items = s->work.packets(),
          .bytes = s->work.bytes.size()};
}

std::function<std::uint64_t()> of(const shared_subject& s, pass run) {
  return [s, run] { return run(*s); };
}

constexpr const char* name_of_floor(direction way) { return way == direction::read ? "decode floor" : "generate floor"; }

void add_floor(std::vector<row>& rows, const shared_subject& s, std::string name, pass run) {
  rows.push_back(on(s, std::move(name)));
  rows.back().run = of(s, run);
}

bool complain(const row& r) { return std::fprintf(stderr, "%s does not give the right answer\n", r.name().c_str()), false; }

bool add_ours(std::vector<row>& rows, const shared_subject& s) {
  for (const direction way : {direction::read, direction::write}) add_floor(rows, s, name_of_floor(way), floor_of(way));
  for (const contender& c : contenders()) {
    const pass run = c.pass_for(*s);
    if (!run) continue;
    row r = on(s, std::string(c.operation));
    if (!agrees(c, *s)) return complain(r);
    if (c.floor) add_floor(rows, s, r.operation + " floor", c.floor);
    r.run = of(s, run);
    r.floor = of(s, floor_of(c));
    rows.push_back(std::move(r));
  }
  return true;
}

bool add_theirs(std::vector<row>& rows, const shared_subject& s, const beside& codec) {
  const auto add = [&](const char* what, direction way, std::function<std::uint64_t()> run) {
    row r = on(s, what + codec.name);
    r.run = std::move(run);
    r.floor = of(s, floor_of(way));
    r.is_ours = false;
    rows.push_back(std::move(r));
  };
  if (const auto decode = codec.decoder ? codec.decoder(s->work) : nullptr) {
    add("decode ", direction::read, [s, decode] { return decode(); });
    if (rows.back().run() != floor_of(direction::read)(*s)) return complain(rows.back());
  }
  if (const auto generate = codec.generator ? codec.generator(s->work) : nullptr) {
    add("generate ", direction::write, [s, generate] { return generate(s->out); });
    std::ranges::fill(s->out, std::byte{0xA5});
    if (rows.back().run() != s->work.bytes.size() || !std::ranges::equal(s->out, s->work.bytes)) return complain(rows.back());
  }
  return true;
}

}  // namespace

std::vector<row> all_rows() {
  std::vector<row> rows;
  for (workload& work : all_workloads()) {
    const auto s = std::make_shared<subject>(std::move(work));
    if (!add_ours(rows, s)) return {};
    for (const beside& codec : besides())
      if (!add_theirs(rows, s, codec)) return {};
  }
  for (row& r : text_rows()) rows.push_back(std::move(r));
  return rows;
}

}  // namespace mqttspan::bench
