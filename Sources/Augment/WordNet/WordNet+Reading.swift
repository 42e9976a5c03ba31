import Records

/// Reading the smaller files, and counting what the larger ones say.
extension WordNet {
  /// `form lemma…` on each line (morphy(7WN)).
  static func readExceptions(_ bytes: [UInt8]) -> [String: [String]] {
    var exceptions: [String: [String]] = [:]
    for line in bytes.split(separator: 0x0A) {
      let words = line.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
      guard let form = words.first, words.count > 1 else { continue }
      exceptions[form, default: []] += words.dropFirst()
    }
    return exceptions
  }

  /// `lemma%type:… sense count` on each line (cntlist(5WN)).
  static func readTagCounts(_ bytes: [UInt8]) -> [[String: [Int]]] {
    var counts = [[String: [Int]]](repeating: [:], count: WordClass.allCases.count)
    for line in bytes.split(separator: 0x0A) {
      let fields = line.split(separator: 0x20)
      guard fields.count == 3, let percent = fields[0].firstIndex(of: UInt8(ascii: "%")),
        percent + 1 < fields[0].endIndex, let part = WordClass(senseType: fields[0][percent + 1]),
        let sense = Int(String(decoding: fields[1], as: UTF8.self)), (1...1000).contains(sense),
        let count = Int(String(decoding: fields[2], as: UTF8.self))
      else { continue }
      let lemma = String(decoding: fields[0][..<percent], as: UTF8.self)
      var senses = counts[part.rawValue][lemma] ?? []
      while senses.count < sense { senses.append(0) }
      senses[sense - 1] = count
      counts[part.rawValue][lemma] = senses
    }
    return counts
  }

  /// Counts the words behind the `|` of each line: definitions and examples.
  static func countGlosses(_ files: [[UInt8]]) -> [UInt64: Int] {
    var counts: [UInt64: Int] = [:]
    counts.reserveCapacity(1 << 16)
    for file in files {
      file.withUnsafeBufferPointer { countGlosses($0, into: &counts) }
    }
    return counts
  }

  private static func countGlosses(
    _ bytes: UnsafeBufferPointer<UInt8>, into counts: inout [UInt64: Int]
  ) {
    var inGloss = false
    var start: Int?
    for (place, byte) in bytes.enumerated() {
      if (0x61...0x7A).contains(byte | 0x20) {
        if start == nil { start = place }
        continue
      }
      // What begins with a capital may be a name: `Trinity` says nothing of `trinity`.
      if inGloss, let first = start, bytes[first] >= 0x61 {
        let word = UnsafeBufferPointer(rebasing: bytes[first..<place])
        counts[StableHash.hash(word), default: 0] += 1
      }
      start = nil
      if byte == UInt8(ascii: "|") { inGloss = true }
      if byte == 0x0A { inGloss = false }
    }
  }
}
