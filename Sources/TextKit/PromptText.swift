/// A prompt with places for fields: `Does {text} follow from {premise}?`; `{{` and `}}` are braces.
///
/// Only small letters, digits, `-` and `_` between braces name a field, so that JSON stands as it is; what
/// fields hold is never read as a prompt.
package struct PromptText: Sendable {
  private enum Piece: Sendable {
    case text(String)
    case field(String)
  }

  private let pieces: [Piece]

  /// The fields in the order of their first places.
  package let fields: [String]

  /// Reads a prompt; any text is one.
  package init(_ text: String) {
    var pieces: [Piece] = []
    var fields: [String] = []
    var plain: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let first = rest.first {
      if rest.starts(with: "{{".utf8) || rest.starts(with: "}}".utf8) {
        plain.append(first)
        rest = rest.dropFirst(2)
      } else if let name = Self.field(at: rest) {
        pieces += [.text(String(decoding: plain, as: UTF8.self)), .field(name)]
        if !fields.contains(name) { fields.append(name) }
        plain = []
        rest = rest.dropFirst(name.utf8.count + 2)
      } else {
        plain.append(first)
        rest = rest.dropFirst()
      }
    }
    self.pieces = pieces + [.text(String(decoding: plain, as: UTF8.self))]
    self.fields = fields
  }

  /// The name between braces that a text begins with.
  private static func field(at text: ArraySlice<UInt8>) -> String? {
    guard text.first == UInt8(ascii: "{"), let end = text.firstIndex(of: UInt8(ascii: "}")) else {
      return nil
    }
    let name = text[(text.startIndex + 1)..<end]
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let isName = name.allSatisfy {
      letters.contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
    }
    guard isName, let first = name.first, letters.contains(first) else { return nil }
    return String(decoding: name, as: UTF8.self)
  }

  /// The prompt with values in place of fields.
  /// - Throws: `MissingField` for a field without a value.
  package func filled(_ values: [String: String]) throws(MissingField) -> String {
    var text = ""
    for piece in pieces {
      switch piece {
      case .text(let plain): text += plain
      case .field(let name):
        guard let value = values[name] else { throw MissingField(name: name) }
        text += value
      }
    }
    return text
  }

  /// A field that a prompt has a place for, and a question lacks.
  package struct MissingField: Error {
    /// The field.
    package let name: String
  }
}
