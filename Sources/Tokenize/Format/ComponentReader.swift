import Records
import Stages

/// A part of a tokenizer file that knows its place, so that every fault can name file and place.
struct ComponentReader {
  let value: JSONValue
  let file: String
  let place: String
  /// The lists of the file that were read past the values.
  var written: WrittenLists?

  /// The same where this part is one of these lists.
  var lists: WrittenLists? {
    place == WrittenLists.vocabularyPlace || place == WrittenLists.mergesPlace ? written : nil
  }

  /// The value of `type`, or nil where the part has none.
  var type: String? { value["type"]?.string }

  private func at(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

  /// An error about this part, or one of its members: it is not as the format has it.
  func malformed(
    _ reason: String, remedy: String = "save the tokenizer again with Hugging Face's tokenizers",
    key: String = ""
  ) -> TokenizerError {
    TokenizerError(
      .malformed, file: file, place: key.isEmpty ? place : at(key), reason: reason, remedy: remedy)
  }

  /// An error about this part, or one of its members: it asks for what is not implemented.
  func unsupported(_ reason: String, remedy: String, key: String = "") -> TokenizerError {
    TokenizerError(
      .unsupported, file: file, place: key.isEmpty ? place : at(key), reason: reason,
      remedy: remedy)
  }

  /// A member, or nil where it is missing or null.
  func member(_ key: String) -> ComponentReader? {
    guard let member = value[key], !member.isNull else { return nil }
    return ComponentReader(value: member, file: file, place: at(key), written: written)
  }

  /// A member that must be there.
  func required(_ key: String) throws(TokenizerError) -> ComponentReader {
    guard let member = member(key) else { throw malformed("\(at(key)) is missing") }
    return member
  }

  /// Refuses a part that is no object.
  func mustBeObject() throws(TokenizerError) {
    guard value.object != nil else { throw expected("an object") }
  }

  /// Refuses members that the format does not have, which would be passed over.
  func mustHaveOnly(_ known: [String]) throws(TokenizerError) {
    for name in value.object?.keys ?? [] where !known.contains(name) {
      let remedy = Suggestion.remedy(for: name, among: known)
      throw malformed("the file has no part '\(name)'", remedy: remedy ?? "take it out", key: name)
    }
  }

  /// A Boolean that must be there.
  func requiredBool(_ key: String) throws(TokenizerError) -> Bool {
    let member = try required(key)
    guard let bool = member.value.bool else { throw member.expected("true or false") }
    return bool
  }

  /// The elements of an array.
  func elements() throws(TokenizerError) -> [ComponentReader] {
    guard let array = value.array else { throw expected("an array") }
    return array.enumerated().map { index, element in
      ComponentReader(value: element, file: file, place: "\(place)[\(index)]")
    }
  }

  /// The string this part is.
  func string() throws(TokenizerError) -> String {
    guard let string = value.string else { throw expected("a string") }
    return string
  }

  /// The whole number from 0 to 2³¹ - 1 this part is.
  func integer() throws(TokenizerError) -> Int {
    guard let int = value.int, int >= 0, int < 1 << 31 else {
      throw expected("a whole number from 0 to 2147483647")
    }
    return int
  }

  /// A string member, or the default where it is missing or null.
  func string(_ key: String, default fallback: String) throws(TokenizerError) -> String {
    guard let member = member(key) else { return fallback }
    return try member.string()
  }

  /// A Boolean member, or the default where it is missing or null.
  func bool(_ key: String, default fallback: Bool) throws(TokenizerError) -> Bool {
    guard let member = member(key) else { return fallback }
    guard let bool = member.value.bool else { throw member.expected("true or false") }
    return bool
  }

  /// A number member, or the default where it is missing or null.
  func integer(_ key: String, default fallback: Int) throws(TokenizerError) -> Int {
    guard let member = member(key) else { return fallback }
    return try member.integer()
  }

  func expected(_ what: String) -> TokenizerError {
    malformed("here must stand \(what), not \(value.kindName)")
  }

  /// An error about a type nobody reads, with the types that are read.
  func unknown(_ kind: String, known: [String]) -> TokenizerError {
    let found = type.map { "'\($0)'" } ?? "without a type"
    return unsupported(
      "the \(kind) \(found) is not known",
      remedy: "known are \(known.sorted().joined(separator: ", "))")
  }
}
