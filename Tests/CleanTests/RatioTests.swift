import Clean
import Records
import Stages
import TestSupport
import Testing

@Suite struct `Ratios` {
  private func measured(
    _ text: String, _ parameters: [String: String]
  ) throws -> (dropped: Bool, value: Double?) {
    let found = try verdict("clean.ratios", .text(text), parameters)
    let name = parameters.keys.first { $0.hasPrefix("m") }?.dropFirst(4) ?? ""
    let kept = found.note?["text"]?[String(name)]?.double
    return (found.reason != nil, found.reason?.detail[String(name)]?.double ?? kept)
  }

  @Test(
    arguments: [
      ("abc 12!", "min-alphanumeric", "0.5", 5.0 / 7, false),
      ("!!! a", "min-alphanumeric", "0.25", 0.2, true),
      ("abc 12!", "max-special", "0.25", 4.0 / 7, true),
      ("一二三，你好", "max-special", "0.25", 1.0 / 6, false),
      ("the cat and the dog", "min-stop-words", "0.3", 0.6, false),
      ("Preis 20 Euro", "min-stop-words", "0.3", 0.0, true),
      ("long line here\nx", "min-longest-line", "10", 14.0, false),
      ("a\nb\n", "min-average-line", "2", 1.0, true),
    ] as [(String, String, String, Double, Bool)])
  func `are measured, and drop what is out of bounds`(
    _ text: String, _ rule: String, _ bound: String, _ value: Double, _ dropped: Bool
  ) throws {
    let found = try measured(text, [rule: bound])
    #expect(found.dropped == dropped)
    #expect(abs(try #require(found.value) - value) < 1e-6)
  }

  /// The values are those of Data-Juicer's filters, by hand from their definitions.
  @Test func `repetition of characters and words is that of ROOTS`() throws {
    // "abab": runs of two: ab, ba, ab; of 2 distinct the √2 = 1 most frequent: 2 of 3.
    let letters = ["max-character-repetition": "0.9", "character-run": "2"]
    #expect(try measured("abab", letters).value == 0.666667)
    #expect(try measured("abcdef", letters).value == 0)
    #expect(try measured("a", letters).value == 0)
    // Runs of two words: a b, b a, a b, b c: two of four come again.
    let words = ["max-word-repetition": "0.4", "word-run": "2"]
    let found = try verdict("clean.ratios", .text("a b A, b c"), words).reason
    #expect(
      found
        == Reason(
          "max-word-repetition",
          ["word-repetition": 0.5, "max-word-repetition": 0.4, "field": "text"]))
    #expect(try measured("只有一些汉字", words).dropped == false)
  }
}

@Suite struct `Flagged words` {
  private func reason(_ text: String, _ parameters: [String: String] = [:]) throws -> Reason? {
    try verdict("clean.flagged-words", .text(text), parameters).reason
  }

  @Test func `are counted whole, and the ledger shows count, share and the first`() throws {
    #expect(
      try reason("This shit, is SHIT.")
        == Reason(
          "flagged-words",
          ["count": 2, "ratio": 0.5, "first": "shit", "max-ratio": 0.045, "field": "text"]))
    #expect(try reason("The Scunthorpe cockpit analysed a classic assassin.") == nil)
    let long = "shit " + String(repeating: "fine ", count: 40)
    #expect(try reason(long) == nil)
    #expect(try reason(long, ["max-count": "0"])?.detail["max-count"] == 0)
    let note = try verdict("clean.flagged-words", .text(long)).note
    #expect(note == ["text": ["count": 1, "ratio": .number6(1.0 / 41)]])
  }

  @Test func `of Chinese are found between other characters, and languages are chosen`() throws {
    #expect(try reason("你真是个傻逼啊")?.detail["first"] == "傻 逼")
    #expect(try reason("你真是个傻逼啊", ["languages": "en"]) == nil)
    #expect(try reason("So eine Scheiße!", ["languages": "de"]) != nil)
  }

  @Test func `come from a list of one's own, with phrases`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("red\nvery blue\n", to: "list.txt")
    #expect(try reason("shit", ["list": path]) == nil)
    #expect(try reason("a Very, blue sky", ["list": path])?.detail["count"] == 2)
    #expect(try reason("a very sky", ["list": path]) == nil)
    let descriptor = try #require(cleanStages.first { $0.name == "clean.flagged-words" })
    let stage = try descriptor.stage(["list": "/nowhere/list.txt"])
    #expect(throws: StageError.self) { try stage.dependencies() }
  }
}

extension JSONValue {
  fileprivate static func number6(_ value: Double) -> JSONValue {
    .real((value * 1e6).rounded() / 1e6)
  }
}
