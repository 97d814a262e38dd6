// Put in front of every source of the mutated tree. An expression that has mutants calls one of these with the number of its first mutant;
// the others follow. At most one mutant is active in a process: MQTTSPAN_MUTANT says which. What the compiler evaluates is never mutated.
#pragma once

#include <cstddef>
#include <type_traits>

namespace mut {

inline constexpr unsigned most = 1 << 16;
inline unsigned active = 0;             // mutants are counted from 1
inline unsigned char reached[most] = {};  // where an expression was evaluated, at the number of its first mutant

constexpr bool is(unsigned n, unsigned first) noexcept {
  if (std::is_constant_evaluated()) return false;
  reached[first] = 1;
  return active == n;
}
constexpr bool is(unsigned n) noexcept { return is(n, n); }

#define MUT_ONE(name, op, other)                            \
  template <class A, class B>                               \
  constexpr auto name(unsigned n, A a, B b) noexcept {      \
    return is(n) ? a other b : a op b;                      \
  }
#define MUT_TWO(name, op, other, another)                               \
  template <class A, class B>                                           \
  constexpr bool name(unsigned n, A a, B b) noexcept {                  \
    if (is(n)) return a other b;                                        \
    return is(n + 1, n) ? a another b : a op b;                         \
  }
#define MUT_ASSIGN(name, op, other)                                     \
  template <class A, class B>                                           \
  constexpr A& name(unsigned n, A& a, B b) noexcept {                   \
    return is(n) ? a other b : a op b;                                  \
  }
MUT_TWO(lt, <, <=, >=)
MUT_TWO(gt, >, >=, <=)
MUT_TWO(le, <=, <, >)
MUT_TWO(ge, >=, >, <)
MUT_ONE(eq, ==, !=)
MUT_ONE(ne, !=, ==)
MUT_ONE(add, +, -)
MUT_ONE(sub, -, +)
MUT_ONE(mul, *, +)
MUT_ONE(div, /, *)
MUT_ONE(rem, %, *)
MUT_ONE(bit_and, &, |)
MUT_ONE(bit_or, |, &)
MUT_ONE(bit_xor, ^, |)
MUT_ONE(shl, <<, >>)
MUT_ONE(shr, >>, <<)
MUT_ASSIGN(add_assign, +=, -=)
MUT_ASSIGN(sub_assign, -=, +=)
MUT_ASSIGN(or_assign, |=, &=)
MUT_ASSIGN(and_assign, &=, |=)
MUT_ASSIGN(shl_assign, <<=, >>=)
MUT_ASSIGN(shr_assign, >>=, <<=)
MUT_ASSIGN(mul_assign, *=, +=)
#undef MUT_ONE
#undef MUT_TWO
#undef MUT_ASSIGN

template <class A>
constexpr auto minus(unsigned n, A a) noexcept {
  return is(n) ? +a : -a;
}
template <class A>
constexpr auto complement(unsigned n, A a) noexcept {
  return is(n) ? +a : ~a;
}
template <class A>
constexpr A& increment(unsigned n, A& a) noexcept {
  return is(n) ? --a : ++a;
}
template <class A>
constexpr A& decrement(unsigned n, A& a) noexcept {
  return is(n) ? ++a : --a;
}
template <class A>
constexpr A increment_after(unsigned n, A& a) noexcept {
  return is(n) ? a-- : a++;
}
template <class A>
constexpr A decrement_after(unsigned n, A& a) noexcept {
  return is(n) ? a++ : a--;
}

template <class A>
constexpr A number(unsigned n, A a) noexcept {
  if (is(n)) return static_cast<A>(a + 1);
  return a != 0 && is(n + 1, n) ? static_cast<A>(a - 1) : a;
}
template <class A>
constexpr bool condition(unsigned n, const A& a) noexcept {
  return is(n) != static_cast<bool>(a);
}

}  // namespace mut
