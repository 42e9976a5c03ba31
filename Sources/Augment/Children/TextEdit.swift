import Records

/// One change of a text.
struct TextEdit: Sendable, Hashable {
  /// What made a change.
  enum Cause: Sendable, Hashable {
    /// A synonym: `noun`, `verb`, `adjective`, `adverb`, or `article` for an `a` that became `an`, and
    /// where the sense stands in WordNet's data file, where one does, and what an encoder says of it.
    case synonym(part: String, synset: Int?, score: SenseScore? = nil)
    /// What else changes texts, by its name: `keyboard`, `delete`, `expand`.
    case rule(String)
  }

  /// What is replaced, in UTF-8 bytes of the parent's text; empty where something is put in.
  let range: Range<Int>
  let replacement: String
  let cause: Cause
}

extension TextEdit {
  /// The text with edits made in place; all that they do not name stays byte for byte.
  ///
  /// - Parameter edits: In the order of the text, without overlap.
  static func apply(_ edits: [TextEdit], to text: String) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + 32)
    var place = 0
    for edit in edits {
      result += bytes[place..<edit.range.lowerBound]
      result += edit.replacement.utf8
      place = edit.range.upperBound
    }
    result += bytes[place...]
    return String(decoding: result, as: UTF8.self)
  }

  /// The edit as the ledger shows it; `at` counts Unicode scalars from the start of the text.
  func note(field: String, in bytes: [UInt8]) -> JSONValue {
    let at = bytes[..<range.lowerBound].count { $0 & 0xC0 != 0x80 }
    var note: JSONObject = [
      "field": .string(field), "at": .integer(at),
      "from": .string(String(decoding: bytes[range], as: UTF8.self)),
      "to": .string(replacement),
    ]
    switch cause {
    case .synonym(let part, let synset, let score):
      note["pos"] = .string(part)
      if let synset { note["synset"] = .integer(synset) }
      for (key, value) in score?.members ?? [] { note[key] = value }
    case .rule(let name): note["by"] = .string(name)
    }
    return .object(note)
  }
}
