/// The beginning of a text of which nobody knows yet what it is in: ASCII, which goes on at once, and
/// from the first byte that tells more what is held back until there is enough to judge by.
///
/// What is judged by is the same however the bytes were cut into chunks: the text up to `sampleSize`
/// bytes behind the beginning of the ASCII kept before that byte, or up to the end of the file.
struct OpenText {
  /// The most ASCII that is kept from before the first byte that tells more.
  private static let contextSize = 512

  /// The ASCII right before what is held.
  private var context: [UInt8] = []
  /// What is held back; before a byte tells more only an escape that a chunk has cut.
  private(set) var held: [UInt8] = []
  private var isTelling = false

  /// Whether there is all that is judged by.
  var isEnough: Bool { isTelling && context.count + held.count >= EncodingGuess.sampleSize }

  /// What the text is in; nil where it is UTF-8, or there is too little to say.
  var guess: String? {
    isTelling ? EncodingGuess.narrow(Array((context + held).prefix(EncodingGuess.sampleSize))) : nil
  }

  /// Takes the next bytes.
  /// - Returns: The ASCII of them that need not be held.
  mutating func take(_ chunk: [UInt8]) -> [UInt8] {
    if isTelling {
      held += chunk
      return []
    }
    let bytes = held.isEmpty ? chunk : held + chunk
    let telling = Self.firstTelling(in: bytes)
    isTelling = telling.isCertain
    held = Array(bytes[telling.place...])
    let plain = held.isEmpty ? bytes : Array(bytes[..<telling.place])
    context = (context + plain.suffix(Self.contextSize)).suffix(Self.contextSize)
    return plain
  }

  /// Where the first byte stands that tells more than ASCII does, or the end.
  ///
  /// Such a byte is none of ASCII or begins an escape to another character set; it is not certain where
  /// the bytes end before that shows.
  private static func firstTelling(in bytes: [UInt8]) -> (place: Int, isCertain: Bool) {
    var from = 0
    while let place = ASCII.firstOther(in: bytes, from: from, or: CharacterSetEscape.first) {
      if bytes[place] >= 0x80 { return (place, true) }
      switch CharacterSetEscape.begins(bytes[place...]) {
      case true?: return (place, true)
      case false?: from = place + 1
      case nil: return (place, false)
      }
    }
    return (bytes.count, false)
  }
}

/// The escape sequences by which the encodings of ISO-2022 go from one character set to another.
enum CharacterSetEscape {
  /// The byte that each begins with, as the colours of terminals do.
  static let first: UInt8 = 0x1B

  /// Whether bytes begin with a sequence to a character set other than ASCII; nil where they end too soon.
  ///
  /// `ESC ( B` goes back to ASCII, and terminals write it too.
  static func begins(_ bytes: ArraySlice<UInt8>) -> Bool? {
    guard bytes.first == first else { return bytes.isEmpty ? nil : false }
    let rest = bytes.dropFirst()
    switch rest.first {
    case nil: return nil
    case UInt8(ascii: "$"): return true
    case UInt8(ascii: "("): return rest.dropFirst().first.map { $0 != UInt8(ascii: "B") }
    default: return false
    }
  }
}
