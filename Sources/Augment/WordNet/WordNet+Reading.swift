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

  /// Counts the words behind the `|` of each line: definitions and examples, lower case.
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
    var word: [UInt8] = []
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "|"): inGloss = true
      case 0x41...0x5A, 0x61...0x7A: if inGloss { word.append(byte | 0x20) }
      default:
        if !word.isEmpty {
          counts[StableHash.hash(word), default: 0] += 1
          word.removeAll(keepingCapacity: true)
        }
        if byte == 0x0A { inGloss = false }
      }
    }
  }

  /// The hashes of `a_b`, and of `a_b` too where only `a_b_c` is listed.
  static func collectExpressions(_ tables: [LineTable]) -> Set<UInt64> {
    var hashes: Set<UInt64> = []
    hashes.reserveCapacity(1 << 17)
    for table in tables {
      table.forEachWord { lemma in
        var blanks = 0
        for (place, byte) in zip(lemma.indices, lemma) where byte == UInt8(ascii: "_") {
          blanks += 1
          if blanks > 1 { hashes.insert(StableHash.hash(Array(lemma[..<place]))) }
        }
        if blanks > 0 { hashes.insert(StableHash.hash(Array(lemma))) }
      }
    }
    return hashes
  }
}
