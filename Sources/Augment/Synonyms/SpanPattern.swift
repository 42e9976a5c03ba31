/// A text to protect wherever it stands, whatever its case; `*` in it stands for anything in a line.
struct SpanPattern: Sendable {
  private let parts: [[UInt8]]

  init(_ text: String) {
    parts = text.split(separator: "*", omittingEmptySubsequences: false)
      .map { $0.utf8.map(Self.folded) }
  }

  private static func folded(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }

  func matches(in bytes: [UInt8]) -> [Range<Int>] {
    guard let first = parts.first(where: { !$0.isEmpty })?.first else { return [] }
    var spans: [Range<Int>] = []
    var place = 0
    while place < bytes.count {
      if parts[0].isEmpty || Self.folded(bytes[place]) == first, let end = match(bytes, at: place) {
        spans.append(place..<end)
        place = max(end, place + 1)
      } else {
        place += 1
      }
    }
    return spans
  }

  /// Where a match that starts at a place ends, between the ends of words.
  private func match(_ bytes: [UInt8], at start: Int) -> Int? {
    if Bytes.joinsWord(bytes, start) { return nil }
    guard var place = Self.end(of: parts[0], bytes, at: start) else { return nil }
    for part in parts.dropFirst() {
      var end: Int?
      while end == nil, place <= bytes.count {
        end = Self.end(of: part, bytes, at: place)
        if end == nil {
          if place == bytes.count || bytes[place] == 0x0A { return nil }
          place += 1
        }
      }
      guard let end else { return nil }
      place = end
    }
    return place > start && Bytes.joinsWord(bytes, place) ? nil : place
  }

  private static func end(of part: [UInt8], _ bytes: [UInt8], at start: Int) -> Int? {
    guard start + part.count <= bytes.count else { return nil }
    for (offset, byte) in part.enumerated() where folded(bytes[start + offset]) != byte {
      return nil
    }
    return start + part.count
  }
}
