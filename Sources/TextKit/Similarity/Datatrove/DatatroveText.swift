/// Texts as datatrove's MinHash sees them: simplified, and cut into words by spaCy's English rules.
///
/// Source of the rules: datatrove 0.10.1, `utils/text.py`.
package enum DatatroveText {
  private static let punctuation = ScalarTable(DatatroveTables.punctuation)

  // MARK: - Simplified texts

  /// The text in lower case, numbers as 0, without punctuation and diacritics.
  package static func simplify(_ text: String) -> String {
    let scalars = blanked(numbersZeroed(lowered(Array(text.unicodeScalars))))
    var plain = String.UnicodeScalarView()
    plain.append(contentsOf: scalars)
    let decomposed = Normalizer(.nfd).normalize(String(plain)).unicodeScalars
    return trimmed(decomposed.filter { $0.properties.generalCategory != .nonspacingMark })
  }

  private static func lowered(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count)
    for (place, scalar) in scalars.enumerated() {
      if scalar == "Σ" {
        result.append(isFinalSigma(scalars, place) ? "ς" : "σ")
      } else if scalar.value < 0x80 {
        let isUpper = (0x41...0x5A).contains(scalar.value)
        result.append(isUpper ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
      } else {
        result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    return result
  }

  /// Whether letters stand before a sigma and none behind it.
  private static func isFinalSigma(_ scalars: [Unicode.Scalar], _ place: Int) -> Bool {
    func isCased(_ part: some Sequence<Unicode.Scalar>) -> Bool {
      part.first { !$0.properties.isCaseIgnorable }?.properties.isCased == true
    }
    return isCased(scalars[..<place].reversed()) && !isCased(scalars[(place + 1)...])
  }

  private static let separators: Set<Unicode.Scalar> = [".", ",", "،", "٫", "⎖", "⎗", "⎘"]

  /// Every number, with one part behind a separator, becomes one 0.
  private static func numbersZeroed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    func isDigit(_ place: Int) -> Bool {
      guard place < scalars.count else { return false }
      let scalar = scalars[place]
      if scalar.value < 0x80 { return (0x30...0x39).contains(scalar.value) }
      return scalar.properties.generalCategory == .decimalNumber
    }
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count)
    var place = 0
    while place < scalars.count {
      guard isDigit(place) else {
        result.append(scalars[place])
        place += 1
        continue
      }
      while isDigit(place) { place += 1 }
      if place < scalars.count, separators.contains(scalars[place]), isDigit(place + 1) {
        place += 1
        while isDigit(place) { place += 1 }
      }
      result.append("0")
    }
    return result
  }

  /// Punctuation and white space become single blanks, with none at the ends.
  private static func blanked(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(scalars.count)
    for scalar in scalars {
      if punctuation.contains(scalar) || scalar.properties.isWhitespace {
        if let last = result.last, last != " " { result.append(" ") }
      } else {
        result.append(scalar)
      }
    }
    if result.last == " " { result.removeLast() }
    return result
  }

  private static func trimmed(_ scalars: String.UnicodeScalarView) -> String {
    var rest = scalars[...]
    while rest.first?.properties.isWhitespace == true { rest.removeFirst() }
    while rest.last?.properties.isWhitespace == true { rest.removeLast() }
    return String(String.UnicodeScalarView(rest))
  }

  // MARK: - Words

  /// The words of a simplified text.
  package static func words(_ simplified: String) -> [String] {
    let found = EnglishWords(simplified)
    return found.words.map { word in
      var text = String.UnicodeScalarView()
      text.append(contentsOf: found.text.scalars[word.range].lazy.compactMap(Unicode.Scalar.init))
      return String(text)
    }
  }
}

/// A set of characters given as ranges in rising order.
struct ScalarTable: Sendable {
  private let ranges: [ClosedRange<UInt32>]
  private let ascii: [Bool]

  init(_ ranges: [ClosedRange<UInt32>]) {
    self.ranges = ranges
    ascii = (0..<128).map { value in ranges.contains { $0.contains(value) } }
  }

  /// Whether a character is in the set.
  func contains(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    if value < 128 { return ascii[Int(value)] }
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(value)
  }
}
