/// What the rules of text quality ask about a character, looked up in a table.
package struct CharacterTraits: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Split off the front of a word.
  static let prefix = Self(rawValue: 1)
  /// Split off the end of a word.
  static let suffix = Self(rawValue: 2)
  /// A symbol that is a word by itself, such as an emoji.
  static let icon = Self(rawValue: 4)
  /// A letter to the rules for English; capital or small unless its script knows no case.
  static let alpha = Self(rawValue: 8)
  static let upper = Self(rawValue: 16)
  static let lower = Self(rawValue: 32)
  static let quote = Self(rawValue: 64)
  /// A full stop behind it is a word of its own.
  static let beforePeriod = Self(rawValue: 128)
  static let currency = Self(rawValue: 256)
  /// Ends a sentence.
  package static let sentenceEnd = Self(rawValue: 512)
  /// Punctuation to datatrove.
  package static let punctuation = Self(rawValue: 1024)
  /// Ends a line as a sentence ends, to FineWeb.
  package static let lineEnd = Self(rawValue: 2048)
  /// Of Unicode's categories P.
  package static let punctuationCategory = Self(rawValue: 4096)
  /// Of Unicode's categories L.
  package static let letter = Self(rawValue: 8192)
  /// White space, the separators of Unicode and those of ASCII.
  package static let space = Self(rawValue: 16384)
  /// A digit of ASCII.
  package static let digit = Self(rawValue: 32768)
  /// A letter of ASCII.
  static let plain = Self(rawValue: 65536)
  /// Ends a line.
  package static let newline = Self(rawValue: 131072)

  private static let named: [Substring: Self] = [
    "prefix": .prefix, "suffix": .suffix, "icon": .icon, "alpha": .alpha, "upper": .upper,
    "lower": .lower, "quote": .quote, "beforePeriod": .beforePeriod, "currency": .currency,
    "sentenceEnd": .sentenceEnd, "punctuation": .punctuation, "lineEnd": .lineEnd,
  ]

  /// The traits of every code point below the last one that has any.
  static let table: [CharacterTraits] = {
    var table = (0..<0x32400).map { Unicode.Scalar($0 as UInt32).map(Self.properties) ?? [] }
    var current: Self = []
    for line in EnglishWordTables.classes.description.split(separator: "\n") {
      if let trait = named[line] {
        current = trait
      } else {
        for range in line.split(separator: " ") { insert(current, range, into: &table) }
      }
    }
    return table
  }()

  /// Adds a trait to code points written as `41-5A` or `5F`.
  private static func insert(_ trait: Self, _ range: Substring, into table: inout [Self]) {
    let ends = range.split(separator: "-").compactMap { Int($0, radix: 16) }
    guard let first = ends.first, let last = ends.last else { return }
    for value in first...last where value < table.count { table[value].insert(trait) }
  }

  /// What Unicode says of a character.
  private static func properties(of scalar: Unicode.Scalar) -> Self {
    var traits: Self = []
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      traits.insert(.letter)
      if scalar.isASCII { traits.insert(.plain) }
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      traits.insert(.punctuationCategory)
    case .spaceSeparator, .lineSeparator, .paragraphSeparator: traits.insert(.space)
    default: break
    }
    switch scalar.value {
    case 0x30...0x39: traits.insert(.digit)
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: traits.formUnion([.space, .newline])
    case 0x09, 0x1F: traits.insert(.space)
    default: break
    }
    return traits
  }
}

/// A text as code points, each with its traits: every rule reads it without decoding again.
package struct ScalarText: Sendable {
  /// The code points.
  package private(set) var scalars: [UInt32] = []
  /// The traits of each.
  package private(set) var traits: [CharacterTraits] = []

  /// Decodes a text.
  package init(_ text: String) {
    let table = CharacterTraits.table
    scalars.reserveCapacity(text.utf8.count)
    traits.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars { append(scalar.value, table) }
  }

  /// A part of a text.
  package init(_ text: ScalarText, _ range: Range<Int>) {
    scalars = Array(text.scalars[range])
    traits = Array(text.traits[range])
  }

  private mutating func append(_ value: UInt32, _ table: [CharacterTraits]) {
    scalars.append(value)
    traits.append(value < table.count ? table[Int(value)] : [])
  }

  /// How many characters there are.
  package var count: Int { scalars.count }

  /// The characters of a range as a text.
  package func string(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    for value in scalars[range] {
      if let scalar = Unicode.Scalar(value) { view.append(scalar) }
    }
    return String(view)
  }

  /// A range without the white space at its ends.
  package func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, traits[start].contains(.space) { start += 1 }
    while start < end, traits[end - 1].contains(.space) { end -= 1 }
    return start..<end
  }
}
