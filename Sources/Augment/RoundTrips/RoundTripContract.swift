import Evaluate

/// What a text that was translated there and back must have kept of its parent.
struct RoundTripContract: Sendable {
  /// The similarity to the parent, by chrF from 0 to 100: less has lost the meaning, more says the same words.
  let similarity: ClosedRange<Double>
  /// How long it may be, in characters of the parent's.
  static let lengths = 0.6...1.6
  let spans: ProtectedSpans

  /// Why a text is refused.
  enum Fault: String, Error, CaseIterable {
    /// A sentence came to no end.
    case unfinished
    /// It says what the parent says, but for capitals, blanks and punctuation.
    case unchanged
    /// It says what an earlier child says.
    case repeated
    /// A number was lost or made up.
    case numbers
    /// An address, code, a placeholder or the label's name was lost.
    case locked
    /// It is in another language.
    case language
    /// It is much shorter or longer.
    case length
    /// It is too unlike the parent, or too like it.
    case similarity
  }

  /// How like its parent a child's text is, by chrF from 0 to 100.
  /// - Parameter names: Words that stay where the parent has them.
  /// - Throws: The first thing that is wrong with it.
  func similarity(
    of child: String, to parent: String, names: [String]
  ) throws(Fault) -> Double {
    if Self.skeleton(child) == Self.skeleton(parent) { throw .unchanged }
    if Self.numbers(child) != Self.numbers(parent) { throw .numbers }
    if Self.counted(locked(in: child, names)) != Self.counted(locked(in: parent, names)) {
      throw .locked
    }
    let length = Double(child.unicodeScalars.count) / Double(max(1, parent.unicodeScalars.count))
    if !Self.lengths.contains(length) { throw .length }
    if ChildLanguage.change(from: parent, to: child) != nil { throw .language }
    let score = Chrf().score(child, references: [parent])
    guard similarity.contains(score) else { throw .similarity }
    return score
  }

  /// The letters and digits of a text, all small, as what makes two texts the same.
  static func skeleton(_ text: String) -> String {
    var result = ""
    for scalar in text.lowercased().unicodeScalars
    where scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  /// The numbers of a text in order of their digits: `1,200.50` is `1`, `200`, `50`, since languages set marks of
  /// their own between digits.
  static func numbers(_ text: String) -> [String] {
    text.unicodeScalars.split { $0.properties.numericType != .decimal }
      .map { String(String.UnicodeScalarView($0)) }.sorted()
  }

  /// Stretches of a text that are not translated; quotations are.
  func kept(in text: String) -> [Range<Int>] {
    spans.find(in: Array(text.utf8), quotations: false)
  }

  /// Code, addresses, placeholders and names, which no translation may touch.
  func locked(in text: String, _ names: [String]) -> [String] {
    let bytes = Array(text.utf8)
    let marked = spans.find(in: bytes, names: names, quotations: false).map { bytes[$0] }
    let addresses = bytes.split { $0 <= 0x20 }.filter { Self.isAddress($0) }
    return (marked + addresses).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether a word is an address of the web or of mail, or a path.
  private static func isAddress(_ word: ArraySlice<UInt8>) -> Bool {
    let word = String(decoding: word, as: UTF8.self)
    if word.contains("://") || word.hasPrefix("www.") || word.hasPrefix("/") { return true }
    return word.dropFirst().dropLast().contains("@")
  }

  private static func counted(_ texts: [String]) -> [String: Int] {
    texts.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }
}
