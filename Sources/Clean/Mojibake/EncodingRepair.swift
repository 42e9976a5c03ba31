/// Undoes what reading UTF-8 in another encoding did to a text, as often as it was done.
struct EncodingRepair: Sendable {
  /// A blank may have been the byte A0.
  var restoresByteA0 = true
  /// What was lost in a sequence becomes U+FFFD, and the rest is read.
  var replacesLossySequences = true
  /// Parts of a text are read on their own where the whole is not in one encoding.
  var decodesInconsistentUTF8 = true
  /// The controls U+0080 to U+009F are what Windows-1252 has there.
  var fixesC1Controls = true

  private var clues: MojibakeClues { .standard }

  /// The text as it was meant.
  func repaired(_ text: [UInt32]) -> [UInt32] {
    var text = text
    while let next = step(text), next != text { text = next }
    return text
  }

  /// Undoes one reading; nil where there is nothing to mend.
  private func step(_ text: [UInt32]) -> [UInt32]? {
    guard text.contains(where: { $0 >= 0x80 }), clues.isBad(text[...]) else { return nil }
    for codec in ByteCodecs.standard.all {
      if let bytes = ByteCodecs.standard.encode(text[...], codec),
        let decoded = decode(bytes, codec)
      {
        return decoded
      }
    }
    if decodesInconsistentUTF8 {
      let decoded = decodedParts(text)
      if decoded != text { return decoded }
    }
    if text.allSatisfy({ $0 < 0x100 }), let windows = Self.asWindows(text), windows != text {
      return windows
    }
    return fixesC1Controls ? Self.withoutC1Controls(text) : nil
  }

  private func decode(_ bytes: [UInt8], _ codec: ByteCodecs.Codec) -> [UInt32]? {
    var bytes = bytes
    if restoresByteA0, codec.name != "macroman", LostBytes.hasBlank(bytes) {
      bytes = LostBytes.blanksRestored(bytes)
    }
    if replacesLossySequences, codec.isSloppy { bytes = LostBytes.lossyReplaced(bytes) }
    let variants = bytes.contains { $0 == 0xED || $0 == 0xC0 }
    return UTF8Bytes.decode(bytes, variants: variants)
  }

  /// Latin-1 read as Windows-1252; nil where a character is neither.
  private static func asWindows(_ text: [UInt32]) -> [UInt32]? {
    var result = text
    for place in text.indices where (0x80..<0xA0).contains(text[place]) {
      guard let scalar = ByteCodecs.windows[Int(text[place]) - 0x80] else { return nil }
      result[place] = scalar
    }
    return result
  }

  /// The text with C1 controls as Windows-1252 has them; those that it does not have stay.
  static func withoutC1Controls(_ text: [UInt32]) -> [UInt32] {
    text.map { (0x80..<0xA0).contains($0) ? ByteCodecs.windows[Int($0) - 0x80] ?? $0 : $0 }
  }

  // MARK: - Parts

  /// Mends each run of what looks like sequences of UTF-8 by itself.
  private func decodedParts(_ text: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    var place = 0
    while place < text.count {
      let end = sequencesEnd(text, from: place)
      guard end > place else {
        result.append(text[place])
        place += 1
        continue
      }
      let part = Array(text[place..<end])
      let isWorthwhile = part.count < text.count && clues.isBad(part[...])
      result += isWorthwhile ? EncodingRepair().repaired(part) : part
      place = end
    }
    return result
  }

  /// Where a run of sequences ends; its start where there is none.
  private func sequencesEnd(_ text: [UInt32], from start: Int) -> Int {
    if start > 0, clues.role(text[start - 1]).contains(.strictContinuation) { return start }
    var place = start
    while place < text.count {
      let role = clues.role(text[place])
      let length = [(MojibakeClues.Role.firstOf2, 2), (.firstOf3, 3), (.firstOf4, 4)]
        .first { role.contains($0.0) && isContinued(text, place, $0.1) }?.1
      guard let length else { break }
      place += length
    }
    return place
  }

  private func isContinued(_ text: [UInt32], _ start: Int, _ length: Int) -> Bool {
    guard start + length <= text.count else { return false }
    return text[start + 1..<start + length].allSatisfy { clues.role($0).contains(.continuation) }
  }
}
