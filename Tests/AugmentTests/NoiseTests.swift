import Augment
import Records
import Stages
import TestSupport
import Testing

@Suite struct NoiseTests {
  private let text = "The quick brown foxes jumped over several lazy dogs yesterday evening"

  private func noised(
    _ text: String, _ kind: String, _ more: [String: String] = [:], seed: Int = 42
  ) throws -> Brood {
    let parameters = [
      "kinds": kind, "word-rate": "1", "character-rate": "0.1", "min-letters": "1",
    ].merging(more) { $1 }
    return try Brood("noise", of: .text(text), parameters, seed: UInt64(seed))
  }

  /// The letters that one key may be mistaken for, over many seeds.
  private func mistakes(_ letter: String, _ layout: String) throws -> Set<String> {
    var found: Set<String> = []
    for seed in 0..<200 {
      found.formUnion(
        try noised(letter, "keyboard", ["layout": layout], seed: seed).texts)
    }
    return found
  }

  /// Keys beside a key, read off pictures of the three keyboards.
  static let keys: [(layout: String, letter: String, beside: String)] = [
    ("qwerty", "a", "qwsz"), ("qwerty", "g", "tyfhvb"), ("qwerty", "p", "ol"),
    ("qwerty", "m", "njk"), ("qwertz", "z", "tugh"),
    ("qwertz", "y", "asx"), ("qwertz", "ü", "pöä"), ("azerty", "a", "zéq"),
    ("azerty", "w", "qsx"),
  ]

  @Test(arguments: keys.indices)
  func `keys are mistaken for those beside them`(_ index: Int) throws {
    let (layout, letter, beside) = Self.keys[index]
    let found = try mistakes(letter, layout)
    #expect(found == Set(beside.map(String.init)), "\(layout) \(letter): \(found.sorted())")
  }

  @Test func `capitals stay where they were`() throws {
    for kind in ["keyboard", "swap", "delete", "insert", "repeat"] {
      for seed in 0..<60 {
        let child = try #require(try noised("Movie", kind, seed: seed).texts.first)
        #expect(child.first?.isUppercase == true, "\(kind) \(child)")
        let isLower = child.dropFirst().allSatisfy { $0.isLowercase }
        #expect(isLower, "\(kind) \(child)")
        let loud = try #require(try noised("BUY MOVIES", kind, seed: seed).texts.first)
        #expect(loud == loud.uppercased(), "\(kind) \(loud)")
        let quiet = try #require(try noised("movie", kind, seed: seed).texts.first)
        #expect(quiet == quiet.lowercased(), "\(kind) \(quiet)")
      }
    }
  }

  @Test func `each kind does what its name says`() throws {
    var seen: [String: Set<String>] = [:]
    for seed in 0..<80 {
      for kind in ["swap", "delete", "repeat"] {
        seen[kind, default: []].formUnion(try noised("abc", kind, seed: seed).texts)
      }
    }
    #expect(seen["swap"] == ["bac", "acb"])
    #expect(seen["delete"] == ["bc", "ac", "ab"])
    #expect(seen["repeat"] == ["aabc", "abbc", "abcc"])
    for seed in 0..<40 {
      let child = try #require(try noised("hello", "insert", seed: seed).texts.first)
      #expect(child.count == 6)
      // With one letter out it is the word again.
      #expect(
        child.indices.contains { place in
          var rest = child
          rest.remove(at: place)
          return rest == "hello"
        })
    }
  }

  @Test func `scanned letters are taken for those of their shape`() throws {
    var seen: Set<String> = []
    for seed in 0..<120 {
      seen.formUnion(try noised("modern", "ocr", ["character-rate": "0.01"], seed: seed).texts)
    }
    #expect(
      seen == ["rnodern", "m0dern", "moclern", "modcrn", "modem", "moderh"], "\(seen.sorted())")
  }

  @Test func `the rates say how many words and letters, rounded up as nlpaug does`() throws {
    // nlpaug: ceil(p * n), at least the minimum: ceil(0.3 * 11) = 4 words.
    for (rate, words) in [("0.3", 4), ("0.5", 6), ("0.05", 1), ("1", 11)] {
      let brood = try noised(text, "repeat", ["word-rate": rate])
      let child = try #require(brood.texts.first)
      let changed = zip(child.split(separator: " "), text.split(separator: " ")).count { $0 != $1 }
      #expect(changed == words, "\(rate)")
      #expect(brood.notes.first?.array?.count == words)
    }
    // ceil(0.3 * 9) = 3 letters.
    let child = try #require(
      try noised("yesterday", "repeat", ["character-rate": "0.3"]).texts.first)
    #expect(child.count == 12)
    // Not all letters of a word go.
    let rest = try #require(try noised("yesterday", "delete", ["character-rate": "1"]).texts.first)
    #expect(rest.count == 1)
  }

  @Test func `a child has no more and no fewer faults than asked for`() throws {
    func faults(_ more: [String: String]) throws -> Int? {
      try noised(text, "repeat", more).texts.first.map { $0.count - text.count }
    }
    #expect(try faults(["max-edits": "3"]) == 3)
    #expect(try faults(["character-rate": "0.5", "max-edits": "7"]) == 7)
    #expect(try faults(["word-rate": "0", "min-edits": "5"]) == 5)
    #expect(try faults(["min-edits": "30", "max-edits": "40"]) == nil)
    #expect(
      try noised(text, "repeat", ["min-edits": "30", "max-edits": "40"]).reason
        == "too-few-edits")
    #expect(throws: Diagnostic.self) {
      try Brood.descriptor("noise").stage(["min-edits": "5", "max-edits": "4"])
    }
  }

  @Test func `numbers, addresses, code, acronyms, labels and short words stay`() throws {
    let kept = [
      "2024", "https://a.org/movies", "COVID-19", "GPT", "`some code`", "[MASK]", "cardio",
    ]
    let record = Record.text("in " + kept.joined(separator: " movie "), label: "cardio")
    for seed in 0..<30 {
      let brood = try Brood("noise", of: record, ["word-rate": "1"], seed: UInt64(seed))
      let child = try #require(brood.texts.first)
      for span in kept { #expect(child.contains(span), "\(child)") }
      #expect(child.hasPrefix("in "))
      #expect(brood.notes.first?.array?.count == 6)
    }
  }

  @Test func `characters stay whole, and Chinese stays`() throws {
    for seed in 0..<40 {
      for kind in ["swap", "delete", "repeat"] {
        // An e and its accent, and Devanagari syllables, are one character each.
        for word in ["cafe\u{301}s", "नमस्ते"] {
          let child = try #require(try noised(word, kind, seed: seed).texts.first)
          let allowed = Set(word.map { Array($0.unicodeScalars) })
          #expect(child.allSatisfy { allowed.contains(Array($0.unicodeScalars)) }, "\(child)")
        }
      }
    }
    #expect(try noised("我们今天学习大模型", "swap").reason == "no-words")
    #expect(try noised("", "swap").reason == "no-words")
    #expect(try noised("한국어", "keyboard").reason == "too-few-edits")
  }

  @Test func `whatever the text, the notes lead to the child and the rest stays`() throws {
    var random = CounterRandom(seed: 6, purpose: "soup")
    for round in 0..<200 {
      let soup = Soup.text(&random)
      let brood = try Brood(
        "noise", of: .text(soup),
        [
          "copies": "3", "word-rate": "0.5", "min-letters": "1",
          "kinds": "[keyboard, ocr, swap, delete, insert, repeat]",
        ], seed: UInt64(round))
      #expect(try Brood.replays(soup, brood), "round \(round)")
      #expect(Set(brood.texts + [soup]).count == brood.texts.count + 1)
    }
  }

  @Test func `wrong parameters are errors`() {
    for wrong in [["kinds": "typo"], ["layout": "dvorak"], ["word-rate": "2"], ["max-edits": "0"]] {
      #expect(throws: Diagnostics.self) { try Brood.descriptor("noise").stage(wrong) }
    }
  }
}
