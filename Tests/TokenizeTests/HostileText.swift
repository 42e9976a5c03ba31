import Records
import Tokenize

/// Texts that nobody would write.
enum HostileText {
  /// A text of random parts.
  static func random(_ random: inout CounterRandom, special tokenizer: Tokenizer) -> String {
    let tokens = tokenizer.addedTokens.map(\.content)
    return (0..<random.below(12)).map { _ in
      random.below(8) == 0 && !tokens.isEmpty
        ? tokens[random.below(tokens.count)] : part(&random)
    }.joined()
  }

  private static let pieces = [
    " ", "  ", "\n", "\r\n", "\t", "\0", "\u{A0}", "\u{3000}", "\u{200D}", "\u{FEFF}", "\u{FFFD}",
    "e\u{301}\u{323}", "👨‍👩‍👧", "🇩🇪", "ﬁ", "İ", "ß", "中文", "한국", "\u{1100}\u{1161}", "▁", "Ġ", "##",
    "</w>",
    "<0x41>", "<0xZZ>", "'s", "'LL", "123456", "3.14", "the", "patient", "<s>", "[MASK]", "<|",
    "|>", "@@",
    "\u{10FFFF}", "\u{E000}", "\u{378}", "\u{1F1E6}", "\u{345}", "\u{F900}", "\u{AC01}", "\u{17F}",
    "'\u{17F}",
  ]

  private static func part(_ random: inout CounterRandom) -> String {
    switch random.below(6) {
    case 0: return String(decoding: bytes(&random, 1 + random.below(40)), as: UTF8.self)
    case 1: return scalars(&random, 1 + random.below(30))
    case 2:
      return String(repeating: pieces[random.below(pieces.count)], count: 1 + random.below(300))
    case 3: return (0..<random.below(20)).map { _ in pieces[random.below(pieces.count)] }.joined()
    case 4:
      let ascii = (0..<1 + random.below(200)).map { _ in UInt8(random.below(128)) }
      return String(decoding: ascii, as: UTF8.self)
    default: return pieces[random.below(pieces.count)]
    }
  }

  static func bytes(_ random: inout CounterRandom, _ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  private static func scalars(_ random: inout CounterRandom, _ count: Int) -> String {
    let limits = [0x80, 0x250, 0x3000, 0x1_0000, 0x11_0000]
    let limit = limits[random.below(limits.count)]
    var text = String.UnicodeScalarView()
    for _ in 0..<count {
      if let scalar = Unicode.Scalar(UInt32(random.below(limit))) { text.append(scalar) }
    }
    return String(text)
  }
}
