#include "property_arguments.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <CLI/CLI.hpp>

#include "usage_error.hpp"

namespace mqttspan {
namespace {

// What these programs send; other packets are the connection's own.
struct place_name {
  std::string_view name;
  property_place place;
};
constexpr place_name places[] = {{"connect", property_place::connect},         {"will", property_place::will},
                                 {"publish", property_place::publish},         {"subscribe", property_place::subscribe},
                                 {"unsubscribe", property_place::unsubscribe}, {"disconnect", property_place::disconnect}};

property_place place_named(std::string_view name) {
  for (const place_name& p : places)
    if (p.name == name) return p.place;
  throw usage_error("-D: no command \"" + std::string(name) + "\"; there are connect, will, publish, subscribe, unsubscribe and disconnect");
}

property_id id_named(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  if (const auto id = property_named(name)) return *id;
  throw usage_error("-D: no property \"" + name + "\"");
}

std::uint32_t number_in(const std::string& name, const std::string& text) {
  std::uint32_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) throw usage_error("-D: " + name + " is a number, not \"" + text + "\"");
  return value;
}

void check_range(const std::string& name, property_id id, std::uint32_t value) {
  const auto& row = detail::rows[detail::property_index(static_cast<std::uint8_t>(id))];
  const std::uint32_t most = row.maximum;
  if (value < row.minimum || value > most)
    throw usage_error("-D: " + name + " is from " + std::to_string(row.minimum) + " to " + std::to_string(most) + ", not " + std::to_string(value));
}

bool takes_value(const CLI::App& app, const std::string& argument) {
  if (argument.size() < 2 || argument[0] != '-' || argument.find('=') != std::string::npos) return false;
  const CLI::Option* const option = app.get_option_no_throw(argument);
  return option && option->get_items_expected_min() > 0;
}

}  // namespace

void property_arguments::add(const std::string& command, const std::string& name, const std::vector<std::string>& values) {
  const property_place place = place_named(command);
  const property_id id = id_named(name);
  if (!is_allowed(id, place)) throw usage_error("-D: " + command + " has no property " + name);
  std::vector<property>& list = lists_[static_cast<std::size_t>(place)];
  const bool is_there = std::any_of(list.begin(), list.end(), [id](const property& p) { return p.id() == id; });
  if (is_there && !may_repeat(id, place)) throw usage_error("-D: " + name + " stands twice");
  list.push_back(made_of(id, name, values));
  if (list.back().is_too_long()) throw usage_error("-D: " + name + " is longer than 65,535 bytes");
}

void property_arguments::add_default(property_place place, property_id id, std::uint32_t value) {
  std::vector<property>& list = lists_[static_cast<std::size_t>(place)];
  if (std::any_of(list.begin(), list.end(), [id](const property& p) { return p.id() == id; })) return;
  keep({});
  list.emplace_back(id, value);
}

property property_arguments::made_of(property_id id, const std::string& name, const std::vector<std::string>& values) {
  const std::string& first = keep(values.front());
  switch (type_of(id)) {
    case property_type::string: return {id, std::string_view(first)};
    case property_type::binary: return {id, as_bytes(first)};
    case property_type::string_pair: return {id, string_pair{first, keep(values.back())}};
    default: break;
  }
  const std::uint32_t value = number_in(name, first);
  check_range(name, id, value);
  return {id, value};
}

std::vector<std::string> take_properties(const CLI::App& app, const std::vector<std::string>& arguments, property_arguments& into) {
  std::vector<std::string> rest;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& one = arguments[i];
    if (one != "-D" && one != "--property") {
      rest.push_back(one);
      if (takes_value(app, one) && i + 1 < arguments.size()) rest.push_back(arguments[++i]);  // which may look like an option, too
      continue;
    }
    const std::size_t left = arguments.size() - i - 1;
    const bool is_pair = left >= 2 && (arguments[i + 2] == "user-property" || arguments[i + 2] == "user_property");
    const std::size_t wanted = is_pair ? 4 : 3;
    if (left < wanted) throw usage_error("-D COMMAND NAME VALUE: a word is missing; user-property has a name and a value");
    const auto first = arguments.begin() + static_cast<std::ptrdiff_t>(i);
    into.add(first[1], first[2], std::vector(first + 3, first + 1 + static_cast<std::ptrdiff_t>(wanted)));
    i += wanted;
  }
  return rest;
}

}  // namespace mqttspan
