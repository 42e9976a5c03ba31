/// The words of texts outside of what may be replaced: a name that stands there as well stays everywhere.
struct LooseWords {
  private var texts: [[String]] = []
  /// All of the words, as most names hold one that is none of them.
  private var words: Set<String> = []

  /// Adds a text but for some stretches, in their order.
  mutating func add(_ bytes: [UInt8], without ranges: [Range<Int>]) {
    var start = 0
    for range in ranges {
      add(Self.runs(Array(bytes[start..<range.lowerBound])))
      start = range.upperBound
    }
    add(Self.runs(Array(bytes[start...])))
  }

  private mutating func add(_ runs: [String]) {
    texts.append(runs)
    words.formUnion(runs)
  }

  /// Whether the words of a name stand there one behind the other, in capitals or small letters.
  func hold(_ name: [UInt8]) -> Bool {
    let wanted = Self.runs(name)
    return wanted.allSatisfy(words.contains)
      && texts.contains { text in
        text.indices.contains { text[$0...].starts(with: wanted) }
      }
  }

  /// The runs of letters and those of digits, in lower case.
  static func runs(_ bytes: [UInt8]) -> [String] {
    var runs: [String] = []
    var place = 0
    while place < bytes.count {
      let isDigits = Bytes.isDigit(bytes[place])
      let end =
        bytes[place...].firstIndex {
          isDigits ? !Bytes.isDigit($0) : Bytes.isDigit($0) || !Bytes.isWordByte($0)
        } ?? bytes.count
      if end > place {
        runs.append(String(decoding: bytes[place..<end], as: UTF8.self).lowercased())
      }
      place = max(end, place + 1)
    }
    return runs
  }
}
