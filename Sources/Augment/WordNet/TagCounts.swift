/// How often each sense of a lemma was met in texts that people tagged (cntlist(5WN)).
struct TagCounts: Sendable {
  private var nouns: [Int] = []
  private var verbs: [Int] = []
  private var adjectives: [Int] = []
  private var adverbs: [Int] = []

  /// How often the lemma was met in any class.
  var all: Int {
    WordClass.allCases.reduce(0) { $0 + count($1) }
  }

  /// How often the lemma was met in a class.
  func count(_ part: WordClass) -> Int {
    var sum = 0
    for count in counts(part) { sum += count }
    return sum
  }

  /// By sense; shorter than the senses where some never were met.
  func counts(_ part: WordClass) -> [Int] {
    switch part {
    case .noun: nouns
    case .verb: verbs
    case .adjective: adjectives
    case .adverb: adverbs
    }
  }

  /// Notes what stands behind the lemma in a line: `%type:… sense count`.
  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, _ rest: Range<Int>) {
    guard rest.count > 1, let part = WordClass(senseType: bytes[rest.lowerBound + 1]) else {
      return
    }
    var fields = 0
    var (sense, count): (Int?, Int?) = (nil, nil)
    bytes.forEachField(in: rest) { field in
      fields += 1
      if fields == 2 { sense = bytes.number(field) }
      if fields == 3 { count = bytes.number(field) }
      return fields < 4
    }
    guard fields == 3, let sense, let count, (1...1000).contains(sense) else { return }
    switch part {
    case .noun: Self.note(count, sense, in: &nouns)
    case .verb: Self.note(count, sense, in: &verbs)
    case .adjective: Self.note(count, sense, in: &adjectives)
    case .adverb: Self.note(count, sense, in: &adverbs)
    }
  }

  private static func note(_ count: Int, _ sense: Int, in counts: inout [Int]) {
    while counts.count < sense { counts.append(0) }
    counts[sense - 1] = count
  }
}
