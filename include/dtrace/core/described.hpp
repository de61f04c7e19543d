#pragma once

namespace dtrace {

/// True for a described struct whose every member may be left out of a document and then keeps its
/// default initialiser. Specialised beside the struct:
///   template <> inline constexpr bool all_members_defaulted<ProbingParameters> = true;
template <class T>
inline constexpr bool all_members_defaulted = false;

/// True for a type whose text form is a whole number or a word: in JSON the number is a number.
template <class T>
inline constexpr bool is_number_or_word = false;

}  // namespace dtrace
