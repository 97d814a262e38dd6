// Properties of MQTT 5.0: identifiers, one property, and the list that every 5.0 packet carries. Longer than 400 lines, because nobody uses one without
// the others and their iterators are inline.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include <mqttspan/codec/bytes.hpp>
#include <mqttspan/codec/version.hpp>

namespace mqttspan::inline MQTTSPAN_ABI {

/// The value of a User Property. Both parts are well-formed UTF-8 and may be empty. @spec [MQTT-1.5.7-1]
struct string_pair {
  std::string_view name{};   ///< may stand there more than once
  std::string_view value{};  ///< what it says

  /// Both are the same.
  friend constexpr bool operator==(const string_pair&, const string_pair&) = default;
};

/// The 27 properties; the values are the identifiers on the wire. @spec 5.0 table 2-4
enum class property_id : std::uint8_t {
#define MQTTSPAN_PROPERTY(name, id, ...) name = id,
#include <mqttspan/codec/properties.inc>
#undef MQTTSPAN_PROPERTY
};

/// How a property's value is written. @spec 5.0 §1.5
enum class property_type : std::uint8_t { byte = 1, two_byte, four_byte, variable_byte, string, binary, string_pair };

/// Where properties stand: fourteen places, numbered as the packets are; 0 is the will properties inside CONNECT.
enum class property_place : std::uint8_t {
  will = 0,
  connect = 1,
  connack = 2,
  publish = 3,
  puback = 4,
  pubrec = 5,
  pubrel = 6,
  pubcomp = 7,
  subscribe = 8,
  suback = 9,
  unsubscribe = 10,
  unsuback = 11,
  disconnect = 14,
  auth = 15
};

/// The property's name as an identifier: "topic_alias"; empty where there is no such property.
MQTTSPAN_API std::string_view to_string(property_id) noexcept;
/// The property of that name.
MQTTSPAN_API std::optional<property_id> property_named(std::string_view name) noexcept;

namespace detail {

struct property_row {
  property_id id;
  property_type type;
  std::uint16_t places;  // bit per property_place
  std::uint32_t minimum;
  std::uint32_t maximum;
};

namespace places {
#define MQTTSPAN_PLACE(name) inline constexpr std::uint16_t name = 1u << static_cast<unsigned>(property_place::name);
MQTTSPAN_PLACE(will)
MQTTSPAN_PLACE(connect)
MQTTSPAN_PLACE(connack)
MQTTSPAN_PLACE(publish)
MQTTSPAN_PLACE(puback)
MQTTSPAN_PLACE(pubrec)
MQTTSPAN_PLACE(pubrel)
MQTTSPAN_PLACE(pubcomp)
MQTTSPAN_PLACE(subscribe)
MQTTSPAN_PLACE(suback)
MQTTSPAN_PLACE(unsubscribe)
MQTTSPAN_PLACE(unsuback)
MQTTSPAN_PLACE(disconnect)
MQTTSPAN_PLACE(auth)
#undef MQTTSPAN_PLACE

// The rows of properties.inc in order; a property's index here is its bit in the 27-bit sets.
inline constexpr property_row rows[] = {
#define MQTTSPAN_PROPERTY(name, id, type, cpp, where, minimum, maximum) \
  {property_id::name, property_type::type, static_cast<std::uint16_t>(where), minimum, maximum},
#include <mqttspan/codec/properties.inc>
#undef MQTTSPAN_PROPERTY
};
}  // namespace places

using places::rows;
inline constexpr unsigned property_count = sizeof rows / sizeof rows[0];
static_assert(property_count == 27);

// Identifier to bit and type in one word, so that one load tells all that a walk over properties wants to know: bit i for row i, the type from
// bit 29 on. For identifiers up to 63; 0 where there is no property.
inline constexpr unsigned property_type_shift = 29;
static_assert(property_count <= property_type_shift);
struct property_info_table {
  std::uint32_t of[64];
};
inline constexpr property_info_table property_infos = [] {
  property_info_table table{};
  for (unsigned i = 0; i < property_count; ++i)
    table.of[static_cast<std::uint8_t>(rows[i].id)] = static_cast<std::uint32_t>(rows[i].type) << property_type_shift | 1u << i;
  return table;
}();

constexpr std::uint32_t property_info(std::uint8_t id) noexcept { return id < 64 ? property_infos.of[id] : 0; }
constexpr property_type type_in(std::uint32_t info) noexcept { return static_cast<property_type>(info >> property_type_shift); }
constexpr std::uint32_t bit_in(std::uint32_t info) noexcept { return info & ((1u << property_count) - 1); }

// The property's bit in the 27-bit sets; 0 where there is no such property.
constexpr std::uint32_t property_bit(property_id id) noexcept { return bit_in(property_info(static_cast<std::uint8_t>(id))); }
// The property's row.
inline constexpr std::uint8_t no_property = 31;
constexpr std::uint8_t property_index(std::uint8_t id) noexcept {
  const std::uint32_t info = property_info(id);
  return info == 0 ? no_property : static_cast<std::uint8_t>(std::countr_zero(info));
}
}  // namespace detail

/// How the property's value is written; 0 where there is no such property.
constexpr property_type type_of(property_id id) noexcept { return detail::type_in(detail::property_info(static_cast<std::uint8_t>(id))); }

/// Whether the property may stand there. @spec [U5-2.2.2.2-a]
constexpr bool is_allowed(property_id id, property_place place) noexcept {
  const std::uint8_t index = detail::property_index(static_cast<std::uint8_t>(id));
  return index != detail::no_property && (detail::rows[index].places >> static_cast<unsigned>(place) & 1) != 0;
}

/// Whether the property may stand there more than once: User Property everywhere, Subscription Identifier in PUBLISH.
/// @spec [U5-3.1.2.11.8-a] [U5-3.3.2.3.8-b]
constexpr bool may_repeat(property_id id, property_place place) noexcept {
  return id == property_id::user_property || (id == property_id::subscription_identifier && place == property_place::publish);
}

/// A property's name in code and the C++ type of its value. `prop::topic_alias(5)` builds one, `list.get(prop::topic_alias)` reads one.
template <property_id Id, class T>
struct property_key;

class property;
namespace detail {
property read_property(const std::byte*& p) noexcept;
}

/// One property: an identifier and a value. Text and bytes are borrowed from whoever made it. 32 bytes.
/// Made with the keys of namespace `prop`, so that identifier and value fit; a value of another type than the property's is not kept, and generate
/// refuses the property.
class property {
 public:
  constexpr property() noexcept = default;
  /// For a property whose identifier is known at run time only; else the keys of `prop`.
  /// @{
  constexpr property(property_id id, std::uint32_t value) noexcept : property(of_type(id, is_integer(type_of(id)), value)) {}
  constexpr property(property_id id, std::string_view value) noexcept : property(of_type(id, type_of(id) == property_type::string, value)) {}
  constexpr property(property_id id, bytes_view value) noexcept : property(of_type(id, type_of(id) == property_type::binary, value)) {}
  constexpr property(property_id id, string_pair value) noexcept : property(of_type(id, type_of(id) == property_type::string_pair, value)) {}
  /// @}

  /// Which property it is.
  constexpr property_id id() const noexcept { return id_; }
  /// How the value is written, and so which of the readers below gives it. 0 where the value is not of the property's type.
  constexpr property_type type() const noexcept { return type_; }

  /// The value of a byte, two byte, four byte or variable byte property; else 0.
  constexpr std::uint32_t integer() const noexcept { return integer_; }
  /// The value of a string property, or of a user property; else empty.
  constexpr std::string_view text() const noexcept {
    return type_ == property_type::string || type_ == property_type::string_pair ? std::string_view(text_, size_) : std::string_view();
  }
  /// The value of a binary property; else empty.
  constexpr bytes_view binary() const noexcept { return type_ == property_type::binary ? bytes_view(binary_, size_) : bytes_view(); }
  /// The name of a user property; else empty.
  constexpr std::string_view name() const noexcept { return {name_, name_size_}; }
  /// Name and value of a user property.
  constexpr string_pair pair() const noexcept { return {name(), text()}; }

  /// Bytes on the wire, the identifier included.
  constexpr std::size_t encoded_size() const noexcept { return std::size_t{fixed_size_} + size_ + name_size_; }
  /// Whether a string or binary is longer than MQTT can say: 65,535 bytes. Generate refuses it. @spec [U5-1.5.4-d] [U5-1.5.6-a]
  constexpr bool is_too_long() const noexcept { return (size_ | name_size_) > 0xFFFF; }

  /// Same identifier, same value.
  friend constexpr bool operator==(const property& a, const property& b) noexcept {
    if (a.id_ != b.id_ || a.integer_ != b.integer_ || a.text() != b.text() || a.name() != b.name()) return false;
    const bytes_view left = a.binary(), right = b.binary();
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i)
      if (left[i] != right[i]) return false;
    return true;
  }

 private:
  friend property detail::read_property(const std::byte*& p) noexcept;

  constexpr property(property_id id, property_type type, std::uint32_t value) noexcept
      : integer_(value), id_(id), type_(type), fixed_size_(fixed_size(type, value)) {}
  constexpr property(property_id id, property_type type, std::string_view value) noexcept
      : text_(value.data()), size_(length(value.size())), id_(id), type_(type), fixed_size_(fixed_size(type)) {}
  constexpr property(property_id id, property_type type, bytes_view value) noexcept
      : binary_(value.data()), size_(length(value.size())), id_(id), type_(type), fixed_size_(fixed_size(type)) {}
  constexpr property(property_id id, property_type type, string_pair value) noexcept
      : text_(value.value.data()),
        name_(value.name.data()),
        size_(length(value.value.size())),
        name_size_(length(value.name.size())),
        id_(id),
        type_(type),
        fixed_size_(fixed_size(type)) {}

  static constexpr bool is_integer(property_type type) noexcept { return type >= property_type::byte && type <= property_type::variable_byte; }
  // Without a value where it does not fit.
  template <class T>
  static constexpr property of_type(property_id id, bool fits, T value) noexcept {
    return fits ? property(id, type_of(id), value) : property(id, property_type{}, 0);
  }
  // Identifier, and number or length prefixes.
  static constexpr std::uint8_t fixed_size(property_type type, std::uint32_t value = 0) noexcept {
    switch (type) {
      case property_type::byte: return 2;
      case property_type::two_byte: return 3;
      case property_type::four_byte: return 5;
      case property_type::variable_byte: return value < 0x80 ? 2 : value < 0x4000 ? 3 : value < 0x20'0000 ? 4 : 5;
      case property_type::string: return 3;
      case property_type::binary: return 3;
      case property_type::string_pair: return 5;
    }
    return 1;
  }
  // A length above 32 bits is above MQTT's 16 as well: it stays too long and generate refuses it.
  static constexpr std::uint32_t length(std::size_t size) noexcept { return size > 0xFFFF'FFFF ? 0xFFFF'FFFF : static_cast<std::uint32_t>(size); }

  union {
    const char* text_ = nullptr;
    const std::byte* binary_;
  };
  const char* name_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t name_size_ = 0;
  std::uint32_t integer_ = 0;
  property_id id_{};
  property_type type_{};
  std::uint8_t fixed_size_ = 1;  // on the wire, all but texts and bytes: generate asks for sizes more often than it writes
};
static_assert(std::is_trivially_copyable_v<property> && (sizeof(void*) != 8 || sizeof(property) == 32));

template <property_id Id, class T>
struct property_key {
  using value_type = T;                  ///< what `get` gives
  static constexpr property_id id = Id;  ///< which property it names

  /// Builds the property. Text and bytes are borrowed.
  constexpr property operator()(T value) const noexcept
    requires(!std::is_same_v<T, string_pair>)
  {
    if constexpr (std::is_integral_v<T>) return property(Id, std::uint32_t{value});
    else return property(Id, value);
  }
  /// Builds a User Property. Both are borrowed.
  constexpr property operator()(std::string_view name, std::string_view value) const noexcept
    requires std::is_same_v<T, string_pair>
  {
    return property(Id, string_pair{name, value});
  }

  /// The value in a property of this identifier.
  static constexpr T value_of(const property& p) noexcept {
    if constexpr (std::is_integral_v<T>) return static_cast<T>(p.integer());
    else if constexpr (std::is_same_v<T, std::string_view>) return p.text();
    else if constexpr (std::is_same_v<T, bytes_view>) return p.binary();
    else return p.pair();
  }
};

/// The keys: one a property, named as the specification names it, and `user` for short.
namespace prop {
#define MQTTSPAN_PROPERTY(name, id, type, cpp, ...) inline constexpr property_key<property_id::name, cpp> name{};
#include <mqttspan/codec/properties.inc>
#undef MQTTSPAN_PROPERTY
inline constexpr auto user = user_property;  ///< for short: the one that stands there most often
}  // namespace prop

namespace detail {
// Reads one property from bytes that parse has validated, and moves past it.
inline property read_property(const std::byte*& p) noexcept {
  const auto id = static_cast<property_id>(*p++);
  const property_type type = type_in(property_infos.of[static_cast<std::uint8_t>(id)]);
  const auto take = [&p]() noexcept {
    const std::size_t size = load_be16(p);
    const std::string_view text{reinterpret_cast<const char*>(p + 2), size};
    p += 2 + size;
    return text;
  };
  switch (type) {
    case property_type::byte: return {id, type, std::to_integer<std::uint32_t>(*p++)};
    case property_type::two_byte: p += 2; return {id, type, load_be16(p - 2)};
    case property_type::four_byte: p += 4; return {id, type, load_be32(p - 4)};
    case property_type::variable_byte: {
      std::uint32_t value = 0;
      for (unsigned shift = 0;; shift += 7) {
        const auto byte = std::to_integer<std::uint32_t>(*p++);
        value |= (byte & 0x7F) << shift;
        if (byte < 0x80) return {id, type, value};
      }
    }
    case property_type::string: return {id, type, take()};
    case property_type::binary: return {id, type, as_bytes(take())};
    case property_type::string_pair: {
      const std::string_view name = take();
      return {id, type, string_pair{name, take()}};
    }
  }
  return {};
}
}  // namespace detail

class property_list;
namespace detail {
bool is_on_wire(const property_list& list) noexcept;
std::span<const property> array_of(const property_list& list) noexcept;
bytes_view wire_of(const property_list& list) noexcept;
std::uint32_t ids_of(const property_list& list) noexcept;
}  // namespace detail

}  // namespace mqttspan

// Its iterators outlive it: they point into what it borrows.
template <>
inline constexpr bool std::ranges::enable_borrowed_range<mqttspan::property_list> = true;

namespace mqttspan::inline MQTTSPAN_ABI {

/// The properties of a packet: either the caller's array, or bytes that parse has validated; one iterator for both. 16 bytes, owns nothing,
/// and whoever owns the array or the packet must outlive it. A temporary array does not compile:
///
///     const property properties[] = {prop::content_type("text/plain"), prop::user("k", "v")};
///     publish message{.topic = "a/b", .properties = properties};
///
/// Assign when the array is final: the list keeps its address, its length and which identifiers are in it.
/// Iteration keeps wire order and repeats, and decodes each property once. `contains`, and `get` of an absent property, are one test;
/// a present `get` walks: to read several, iterate once and switch on `id()`.
class property_list {
 public:
  /// Walks over the properties in wire order: a `std::input_iterator`, whose sentinel is `std::default_sentinel`.
  class iterator {
   public:
    /// What `std::input_iterator` asks for.
    /// @{
    using iterator_concept = std::input_iterator_tag;  // `*` refers into the iterator
    using value_type = property;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    const property& operator*() const noexcept { return current_; }
    const property* operator->() const noexcept { return &current_; }
    iterator& operator++() noexcept {
      load();
      return *this;
    }
    iterator operator++(int) noexcept {
      iterator before = *this;
      load();
      return before;
    }
    friend bool operator==(const iterator& it, std::default_sentinel_t) noexcept { return it.done_; }
    friend bool operator==(const iterator& a, const iterator& b) noexcept {
      return a.done_ == b.done_ && a.wire_ == b.wire_ && a.item_ == b.item_;
    }
    /// @}

   private:
    friend class property_list;
    void load() noexcept {
      if (wire_ != wire_end_) current_ = detail::read_property(wire_);
      else if (item_ != item_end_) current_ = *item_++;
      else done_ = true;
    }
    const std::byte* wire_ = nullptr;
    const std::byte* wire_end_ = nullptr;
    const property* item_ = nullptr;
    const property* item_end_ = nullptr;
    bool done_ = false;
    property current_;
  };

  constexpr property_list() noexcept {}  // not defaulted: clang would refuse `const property_list none;`
  /// Borrows the caller's properties. Nothing is checked before generate.
  constexpr property_list(std::span<const property> items) noexcept : items_(items.data()), size_(static_cast<std::uint32_t>(items.size())) {
    for (const property& item : items)
      ids_ |= detail::property_bit(item.id());
  }
  /// Borrows the caller's array, vector or other contiguous container.
  template <class Container>
    requires requires(const Container& c) { std::span<const property>(c); }
  constexpr property_list(const Container& items) noexcept : property_list(std::span<const property>(items)) {}
  template <class Container>
    requires(!std::ranges::enable_borrowed_range<Container>) && requires(const Container& c) { std::span<const property>(c); }
  property_list(const Container&&) = delete;  // name the container first: the list would outlive its items
  template <std::size_t N>
  property_list(property (&&)[N]) = delete;                 // name the array first: the list would outlive its items
  property_list(std::initializer_list<property>) = delete;  // name the array first: the list would outlive its items

  /// Bytes that parse has validated, and the set of identifiers in them. Not for user code: nothing checks them here.
  static constexpr property_list from_validated(const std::byte* wire, std::uint32_t size, std::uint32_t ids) noexcept {
    property_list list;
    list.wire_ = wire;
    list.size_ = size;
    list.ids_ = ids | on_wire;
    return list;
  }

  /// Whether there are none.
  constexpr bool empty() const noexcept { return size_ == 0; }
  /// How many there are, repeats counted. O(n) in what parse found, else O(1).
  std::size_t count() const noexcept {
    if (!(ids_ & on_wire)) return size_;
    std::size_t n = 0;
    for (auto it = begin(); it != end(); ++it) ++n;
    return n;
  }

  /// Whether the property is there. O(1).
  constexpr bool contains(property_id id) const noexcept { return (ids_ & detail::property_bit(id)) != 0; }
  /// The same, by its key.
  template <property_id Id, class T>
  constexpr bool contains(property_key<Id, T>) const noexcept {
    return contains(Id);
  }

  /// The value of the first such property; nothing where there is none. O(1) where there is none, else O(n).
  template <property_id Id, class T>
  std::optional<T> get(property_key<Id, T> key) const noexcept {
    if (!contains(Id)) return std::nullopt;
    for (const property& p : *this)
      if (p.id() == Id) return key.value_of(p);
    return std::nullopt;
  }

  /// The first property.
  iterator begin() const noexcept {
    iterator it;
    if (ids_ & on_wire) it.wire_ = wire_, it.wire_end_ = wire_ + size_;
    else it.item_ = items_, it.item_end_ = items_ + size_;
    it.load();
    return it;
  }
  /// Behind the last one.
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  friend bool detail::is_on_wire(const property_list& list) noexcept;
  friend std::span<const property> detail::array_of(const property_list& list) noexcept;
  friend bytes_view detail::wire_of(const property_list& list) noexcept;
  friend std::uint32_t detail::ids_of(const property_list& list) noexcept;

  static constexpr std::uint32_t on_wire = 1u << 31;

  union {
    const property* items_ = nullptr;
    const std::byte* wire_;
  };
  std::uint32_t size_ = 0;  // bytes on the wire, or items
  std::uint32_t ids_ = 0;   // a bit for each property that is there, and `on_wire`
};
static_assert(sizeof(void*) != 8 || sizeof(property_list) == 16);

namespace detail {
// Whether the properties are bytes that parse has validated, and these; where they are not, the caller's array.
inline bool is_on_wire(const property_list& list) noexcept { return (list.ids_ & property_list::on_wire) != 0; }
inline bytes_view wire_of(const property_list& list) noexcept { return {list.wire_, list.size_}; }
inline std::span<const property> array_of(const property_list& list) noexcept { return {list.items_, list.size_}; }
// Which there are, a bit each.
inline std::uint32_t ids_of(const property_list& list) noexcept { return bit_in(list.ids_); }
}  // namespace detail

/// Same properties in the same order, wherever they are kept.
MQTTSPAN_API bool operator==(const property_list&, const property_list&) noexcept;

}  // namespace mqttspan
