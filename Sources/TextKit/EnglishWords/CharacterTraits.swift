/// What the rules of text quality ask about a character, looked up in a table.
///
/// Inlined everywhere: the rules ask several times a character.
package struct CharacterTraits: OptionSet, Sendable {
  package let rawValue: UInt32
  @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Split off the front of a word.
  @inlinable package static var prefix: Self { Self(rawValue: 1) }
  /// Split off the end of a word.
  @inlinable package static var suffix: Self { Self(rawValue: 2) }
  /// A symbol that is a word by itself, such as an emoji.
  @inlinable package static var icon: Self { Self(rawValue: 4) }
  /// A letter to the rules for English; capital or small unless its script knows no case.
  @inlinable package static var alpha: Self { Self(rawValue: 8) }
  @inlinable package static var upper: Self { Self(rawValue: 16) }
  @inlinable package static var lower: Self { Self(rawValue: 32) }
  @inlinable package static var quote: Self { Self(rawValue: 64) }
  /// A full stop behind it is a word of its own.
  @inlinable package static var beforePeriod: Self { Self(rawValue: 128) }
  @inlinable package static var currency: Self { Self(rawValue: 256) }
  /// Ends a sentence.
  @inlinable package static var sentenceEnd: Self { Self(rawValue: 512) }
  /// Punctuation to datatrove.
  @inlinable package static var punctuation: Self { Self(rawValue: 1024) }
  /// Ends a line as a sentence ends, to FineWeb.
  @inlinable package static var lineEnd: Self { Self(rawValue: 2048) }
  /// Of Unicode's categories P.
  @inlinable package static var punctuationCategory: Self { Self(rawValue: 4096) }
  /// Of Unicode's categories L.
  @inlinable package static var letter: Self { Self(rawValue: 8192) }
  /// White space, the separators of Unicode and those of ASCII.
  @inlinable package static var space: Self { Self(rawValue: 16384) }
  /// A digit of ASCII.
  @inlinable package static var digit: Self { Self(rawValue: 32768) }
  /// A letter of ASCII.
  @inlinable package static var plain: Self { Self(rawValue: 65536) }
  /// Ends a line.
  @inlinable package static var newline: Self { Self(rawValue: 131072) }

  /// Whether a trait is there.
  @inlinable package func contains(_ trait: Self) -> Bool { rawValue & trait.rawValue != 0 }

  /// What the classes of the tables stand for; what is listed as one is not listed as the others.
  private static let named: [Substring: Self] = [
    "prefix": .prefix, "suffix": .suffix, "icon": [.icon, .prefix, .suffix], "alpha": .alpha,
    "upper": .upper, "lower": [.lower, .beforePeriod], "quote": .quote,
    "beforePeriod": .beforePeriod, "currency": .currency,
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

  /// The traits of code points.
  static func traits(of scalars: [UInt32]) -> [CharacterTraits] {
    let table = Self.table
    return scalars.map { $0 < table.count ? table[Int($0)] : [] }
  }

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
  package let scalars: [UInt32]
  /// The traits of each.
  package let traits: [CharacterTraits]

  /// Decodes a text.
  package init(_ text: String) {
    var text = text
    scalars = text.withUTF8 { bytes in
      Array(unsafeUninitializedCapacity: bytes.count) { buffer, count in
        // The bytes of a string are valid UTF-8: a lead byte tells how many follow.
        var place = 0
        while place < bytes.count {
          let lead = UInt32(bytes[place])
          let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
          var value = length == 1 ? lead : lead & (0xFF >> UInt32(length + 1))
          for offset in 1..<max(1, length) {
            value = value << 6 | UInt32(bytes[place + offset] & 0x3F)
          }
          buffer[count] = value
          count += 1
          place += length
        }
      }
    }
    traits = CharacterTraits.traits(of: scalars)
  }

  /// A text of code points.
  package init(scalars: [UInt32]) {
    self.scalars = scalars
    traits = CharacterTraits.traits(of: scalars)
  }

  /// How many characters there are.
  @inlinable package var count: Int { scalars.count }

  /// The characters of a range as a text.
  package func string(_ range: Range<Int>) -> String {
    String(unsafeUninitializedCapacity: range.count * 4) { buffer in
      var count = 0
      for value in scalars[range] {
        if value < 0x80 {
          buffer[count] = UInt8(truncatingIfNeeded: value)
          count += 1
        } else if let scalar = Unicode.Scalar(value) {
          for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
            buffer[count] = byte
            count += 1
          }
        }
      }
      return count
    }
  }

  /// A range without the white space at its ends.
  @inlinable package func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, traits[start].contains(.space) { start += 1 }
    while start < end, traits[end - 1].contains(.space) { end -= 1 }
    return start..<end
  }
}
