import Records
import TestSupport
import Testing
import TextKit

@Suite struct SimilarityTests {
  /// Words without punctuation, that a set of shingles can be counted by hand for.
  private func words(_ range: Range<Int>) -> String {
    range.map { "w\($0)" }.joined(separator: " ")
  }

  @Test func `the shingles of a text are its runs of words, each once`() {
    #expect(Shingles(words(0..<10)).hashes.count == 8)
    #expect(Shingles("a b c a b c a b c").hashes.count == 3)
    #expect(Shingles("a b").hashes.count == 1)
    #expect(Shingles("a b", width: 1).hashes.count == 2)
    #expect(Shingles("?!").isEmpty)
    #expect(Shingles("我们今天学习").hashes.count == 4)
    #expect(Shingles("").isEmpty)
  }

  @Test func `case, blanks and punctuation do not matter, order does`() {
    #expect(Shingles("The cat, the dog.") == Shingles("the  CAT the dog"))
    #expect(Shingles("the cat the dog") != Shingles("the dog the cat"))
    #expect(Shingles("a b") != Shingles("ab"))
  }

  @Test func `texts are read as their comparable form is, whatever characters they mix`() {
    // Letters, signs and blanks; marks that combine, forms that are longer, other scripts.
    let pieces = [
      "a", "B", "9", "_", " ", "-", ".", "é", "É", "ß", "ŉ", "ſ", "µ", "Ω", "Σ", "ς", "Ж", "ё",
      "—", "’", "…", "€", "™", "№", "½", "²", "´", "\u{A0}", "\u{AD}", "\u{200D}", "\u{2126}",
      "\u{212B}", "\u{301}", "\u{327}", "İ", "ı", "ﬁ", "中", "か\u{3099}", "가", "ก", "न", "ि", "😀",
    ]
    var random = CounterRandom(seed: 11, purpose: "pieces")
    for round in 0..<4000 {
      // Some texts of plain letters alone, and some of all.
      let most = round % 2 == 0 ? 32 : pieces.count
      let text = (0..<random.below(24)).map { _ in pieces[random.below(most)] }.joined()
      let form = ComparableText.form(text)
      #expect(Shingles(text) == Shingles(ofForm: form), "\(text.debugDescription)")
      // By its words alone, which takes no short cut.
      let words = form.unicodeScalars.reduce(into: [""]) { words, scalar in
        let properties = scalar.properties
        let isOwn = [0xE01...0xE3A, 0x3040...0x30FF, 0x4E00...0x9FFF].contains {
          $0.contains(scalar.value)
        }
        let isWord =
          scalar == "_" || properties.isAlphabetic || properties.numericType != nil
          || properties.canonicalCombiningClass != .notReordered
        if isOwn || !isWord { words.append("") }
        if isWord { words[words.count - 1].unicodeScalars.append(scalar) }
        if isOwn { words.append("") }
      }
      let shown = words.filter { !$0.isEmpty }.joined(separator: " ")
      #expect(
        Shingles(text, width: 1) == Shingles(ofForm: shown, width: 1), "\(text.debugDescription)")
    }
  }

  @Test func `hashes stand in order and once, however they come`() {
    var random = CounterRandom(seed: 12, purpose: "hashes")
    for count in [0, 1, 2, 23, 24, 25, 100, 5000] {
      for spread in [UInt64.max, 1 << 20, 7, 1] {
        let hashes = (0..<count).map { _ in random.next() % spread }
        #expect(Shingles(unsorted: hashes).hashes == Set(hashes).sorted(), "\(count) \(spread)")
      }
    }
  }

  @Test func `the similarity is what two sets share of all they have`() {
    let left = Shingles(words(0..<10), width: 1)
    #expect(left.jaccard(left) == 1)
    #expect(left.jaccard(Shingles(words(5..<15), width: 1)) == 5.0 / 15)
    #expect(left.jaccard(Shingles(words(20..<30), width: 1)) == 0)
    #expect(left.jaccard(Shingles("")) == 0)
    #expect(Shingles("").jaccard(Shingles("!")) == 0)
  }

  @Test func `the similarity equals that of sets of strings`() {
    var random = CounterRandom(seed: 3, purpose: "sets")
    for _ in 0..<200 {
      let texts = (0..<2).map { _ in (0..<30).map { _ in "w\(random.below(12))" } }
      let sets = texts.map { words in
        Set((0...27).map { words[$0..<$0 + 3].joined(separator: " ") })
      }
      let expected =
        Double(sets[0].intersection(sets[1]).count) / Double(sets[0].union(sets[1]).count)
      let shingles = texts.map { Shingles($0.joined(separator: " ")) }
      #expect(shingles[0].jaccard(shingles[1]) == expected)
    }
  }

  @Test(arguments: [0.1, 0.3, 0.5, 0.8, 0.95])
  func `signatures agree as often as sets are alike`(_ target: Double) {
    // Sets of 200 words of which a part is shared: s = shared / (400 - shared).
    let shared = Int((400 * target / (1 + target)).rounded())
    var sum = 0.0
    let rounds = 60
    for round in 0..<rounds {
      let base = round * 1000
      let left = Shingles(words(base..<base + 200), width: 1)
      let right = Shingles(words(base + 200 - shared..<base + 400 - shared), width: 1)
      let hasher = MinHash(count: 128, seed: UInt64(round))
      sum += MinHash.similarity(hasher.signature(left), hasher.signature(right))
    }
    let exact = Double(shared) / Double(400 - shared)
    // The standard error of the mean of 60 × 128 draws is below 0.006.
    #expect(abs(sum / Double(rounds) - exact) < 0.02)
  }

  @Test func `bands meet as often as theory has it`() {
    // s = 0.5, four rows, 32 bands: 1 - (1 - 0.5⁴)³² = 0.873.
    var meetings = 0
    for round in 0..<300 {
      let base = round * 1000
      let left = Shingles(words(base..<base + 150), width: 1)
      let right = Shingles(words(base + 50..<base + 200), width: 1)
      #expect(left.jaccard(right) == 0.5)
      let hasher = MinHash(count: 128, seed: UInt64(round))
      let keys = [left, right].map { MinHash.bandKeys(hasher.signature($0), bands: 32) }
      if zip(keys[0], keys[1]).contains(where: { $0 == $1 }) { meetings += 1 }
    }
    #expect(abs(Double(meetings) / 300 - 0.873) < 0.06)
  }

  @Test func `a signature is a pure function of the seed and the set`() {
    let set = Shingles(words(0..<50))
    #expect(MinHash(seed: 5).signature(set) == MinHash(seed: 5).signature(set))
    #expect(MinHash(seed: 5).signature(set) != MinHash(seed: 6).signature(set))
    #expect(MinHash(count: 16).signature(Shingles("")) == Array(repeating: .max, count: 16))
  }
}

@Suite struct DisjointSetsTests {
  @Test func `unions agree with sets that are joined one by one`() {
    var random = CounterRandom(seed: 11, purpose: "sets")
    for _ in 0..<50 {
      var sets = DisjointSets(count: 20)
      for _ in 0..<20 { _ = sets.add() }
      var plain = (0..<40).map { $0 }
      for _ in 0..<30 {
        let (a, b) = (random.below(40), random.below(40))
        let root = sets.union(a, b)
        #expect(root == sets.find(a) && root == sets.find(b))
        let (from, to) = (plain[a], plain[b])
        for index in plain.indices where plain[index] == from { plain[index] = to }
      }
      for a in 0..<40 {
        #expect(sets.size(of: a) == plain.count { $0 == plain[a] })
        for b in 0..<40 { #expect((sets.find(a) == sets.find(b)) == (plain[a] == plain[b])) }
      }
    }
  }
}

@Suite struct `Distances of fingerprints` {
  @Test func `every pair within the limit shares a key`() {
    var random = CounterRandom(seed: 4, purpose: "bits")
    for limit in [0, 3, 7] {
      let rule = HammingRule(limit: limit)
      for _ in 0..<300 {
        let left = random.next()
        let right = (0..<limit).reduce(left) { bits, _ in bits ^ (1 << UInt64(random.below(64))) }
        var keys: [[SetKey]] = [[], []]
        rule.appendKeys(of: [left].span, to: &keys[0])
        rule.appendKeys(of: [right].span, to: &keys[1])
        #expect(zip(keys[0], keys[1]).contains { $0 == $1 })
        #expect(keys[0].count == (limit + 2) * (limit + 1) / 2)
        let distance = SimHash.distance(left, right)
        #expect(rule.match([left].span, [right].span) == 1 - Double(distance) / 64)
      }
      #expect(rule.match([0].span, [~0].span) == nil)
    }
  }

  @Test func `alike sets have fingerprints that differ in few bits`() {
    let words = (0..<500).map { "w\($0)" }
    let left = SimHash.fingerprint(Shingles(words.joined(separator: " ")))
    let near = SimHash.fingerprint(Shingles(words.dropLast(5).joined(separator: " ")))
    let far = SimHash.fingerprint(Shingles(words.reversed().joined(separator: " ")))
    #expect(SimHash.distance(left, near) < 12)
    #expect(SimHash.distance(left, far) > 16)
  }
}
