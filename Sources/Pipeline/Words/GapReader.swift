import Models
import Stages
import Tokenize

/// Turns texts with a gap into the tokens that a masked language model reads.
struct GapReader: Sendable {
  /// The tokens around a gap.
  struct Reading: Sendable {
    let ids: [Int32]
    let types: [Int32]
    /// Where the mask token stands among them.
    let place: Int
  }

  private let tokenizer: Tokenizer
  private let mask: Int32
  /// How the mask token is written in a text.
  private let spelling: String
  private let maximumLength: Int

  /// - Parameter maximumLength: The most tokens that the model reads.
  /// - Throws: `StageError` for a tokenizer that does not find its mask token in a text, or a model that
  ///   reads hardly a token.
  init(_ tokenizer: Tokenizer, maximumLength: Int) throws(StageError) {
    guard let mask = tokenizer.specialTokens.mask, let spelling = tokenizer.token(of: mask) else {
      throw Self.unusable("has no mask token")
    }
    self.tokenizer = tokenizer
    (self.mask, self.spelling, self.maximumLength) = (mask, spelling, maximumLength)
    guard let probe = read(TextGap(before: "a ", behind: " a")), probe.ids.count <= maximumLength
    else { throw Self.unusable("does not find its mask token '\(spelling)' in a text") }
  }

  private static func unusable(_ problem: String) -> StageError {
    StageError(
      "no-words", "the model's tokenizer \(problem)",
      remedy: "give a model whose tokenizer.json lists its mask token among the added tokens")
  }

  /// The tokens of a text with the mask token in its gap; nil where no mask token is found.
  ///
  /// Of a long text as many as the model reads, the gap in their middle where both sides have so many.
  func read(_ gap: TextGap) -> Reading? {
    let before = nearest(gap.before, atEnd: true)
    let encoding = tokenizer.encode(before + spelling + nearest(gap.behind, atEnd: false))
    let at = Int32(before.unicodeScalars.count)
    let found = encoding.ids.indices.first {
      encoding.ids[$0] == mask && encoding.offsets[$0].contains(at)
    }
    return found.map { window(of: encoding, around: $0) }
  }

  private func window(of encoding: Encoding, around place: Int) -> Reading {
    let lead = encoding.specialMask.prefix { $0 != 0 }.count
    let trail = encoding.specialMask.reversed().prefix { $0 != 0 }.count
    let end = encoding.count - trail
    let room = max(1, maximumLength - lead - trail)
    guard end - lead > room else {
      return Reading(ids: encoding.ids, types: encoding.typeIds, place: place)
    }
    let start = max(lead, min(place - room / 2, end - room))
    func cut(_ values: [Int32]) -> [Int32] {
      Array(values[..<lead] + values[start..<start + room] + values[end...])
    }
    return Reading(
      ids: cut(encoding.ids), types: cut(encoding.typeIds), place: place - start + lead)
  }

  /// The part of a long text next to the gap, cut at a blank: more than any window holds.
  private func nearest(_ text: String, atEnd: Bool) -> String {
    // Tokens have some four bytes, and hardly ever 32.
    let most = 32 * maximumLength
    guard text.utf8.count > most else { return text }
    let bytes = Array(atEnd ? text.utf8.suffix(most) : text.utf8.prefix(most))
    let isBlank: (UInt8) -> Bool = { $0 <= 0x20 }
    // Without a blank it may begin or end within a character, which then reads as a mark of replacement.
    let part =
      atEnd
      ? bytes[(bytes.firstIndex(where: isBlank) ?? 0)...]
      : bytes[...(bytes.lastIndex(where: isBlank) ?? bytes.count - 1)]
    return String(decoding: part, as: UTF8.self)
  }
}
