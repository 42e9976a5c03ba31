import Augment
import Records
import Stages
import TestSupport
import Testing

@Suite(.enabled(if: Dictionary.exists, "WordNet is not installed: apt-get install wordnet-base"))
struct SynonymsStageTests {
  private let text =
    "The doctor often bought a large car. A lawyer began to talk about movies; students usually "
    + "attempt to build something, and people quickly choose a new teacher in every country."

  @Test func `a child carries parent, stage, label and source`() throws {
    var parent = Record.text(text, id: "f:7", label: "a", side: .train)
    parent.metadata["k"] = 1
    let child = try #require(try Children(of: parent).records.first)
    #expect(child.id == "f:7/synonyms.1")
    #expect(child.parent == "f:7")
    #expect(child.augmentedBy == "augment.synonyms")
    #expect(child.label == parent.label)
    #expect(child.side == .train)
    #expect(child.source == parent.source)
    #expect(child.metadata == parent.metadata)
  }

  @Test func `the edit list leads from the parent to the child`() throws {
    for seed in 0..<40 {
      let children = try Children(
        of: .text(text + " Naïve “größe” 你好 movies."), ["rate": "0.5", "copies": "3"],
        seed: UInt64(seed))
      for (child, note) in zip(children.texts, children.notes) {
        var scalars = Array((text + " Naïve “größe” 你好 movies.").unicodeScalars)
        for edit in try #require(note.array).reversed() {
          let at = try #require(edit["at"]?.int)
          let from = try #require(edit["from"]?.string).unicodeScalars
          #expect(Array(scalars[at..<at + from.count]) == Array(from))
          #expect(edit["field"] == "text")
          let to = try #require(edit["to"]?.string).unicodeScalars
          scalars.replaceSubrange(at..<at + from.count, with: to)
        }
        var replayed = String.UnicodeScalarView()
        replayed.append(contentsOf: scalars)
        #expect(String(replayed) == child)
      }
    }
  }

  @Test func `the rate says how many words are swapped`() throws {
    func count(_ rate: String) throws -> Int {
      try #require(try Children(of: .text(text), ["rate": rate]).notes.first?.array)
        .count { $0["pos"]?.string != "article" }
    }
    #expect(try count("0") == 1)
    let all = try count("1")
    #expect(all > 8)
    #expect(try count("0.25") < all)
    #expect(try count("0.25") > 2)
  }

  @Test func `children differ from their parent and from each other`() throws {
    for seed in 0..<20 {
      let texts = try Children(
        of: .text(text), ["copies": "20", "rate": "0.1"], seed: UInt64(seed)
      ).texts
      #expect(texts.count > 5)
      #expect(Set(texts + [text]).count == texts.count + 1)
    }
    // One word with one synonym gives one child, however many are asked for.
    #expect(try Children(of: .text("the movie"), ["copies": "5"]).texts == ["the film"])
  }

  @Test func `fewer changes than wanted make no child`() throws {
    #expect(try Children(of: .text("the movie"), ["min-changes": "2"]).records.isEmpty)
    #expect(try Children(of: .text("buy the movie"), ["min-changes": "2"]).records.count == 1)
  }

  @Test func `evaluation records and augmented records have no children`() throws {
    #expect(try Children(of: .text(text, side: .test)).records.isEmpty)
    #expect(try Children(of: .text(text, side: .validation)).records.isEmpty)
    var child = Record.text(text, side: .train)
    child.augmentedBy = "augment.noise"
    #expect(try Children(of: child).records.isEmpty)
  }

  @Test func `the same seed gives the same children on any number of threads`() throws {
    let stage = try #require(try descriptor.stage(["copies": "2"]) as? any RecordStage)
    let records = (0..<300).map { Record.text("\(text) Take \($0) movies.", id: "r:\($0)") }
    try Brood.drawsForItself(stage, named: "synonyms", records)
  }

  @Test func `whatever the text, all but words stays byte for byte`() throws {
    let pieces = [
      "movie", "doctors", "Buy", "often", "a", "the", " ", "  ", "\n", "\t", "\r\n", ",", ".", "!?",
      "(", ")", "\"", "'", "`", "```", "{", "}", "<b>", "</b>", "http://x.org/a", "é", "你好", "😀",
      "e\u{301}", "\u{200B}", "\u{FEFF}", "-", "—", "/", "12", "3.5", "car's", "\u{0}", "[", "]",
      "$",
    ]
    var random = CounterRandom(seed: 5, purpose: "soup")
    for round in 0..<400 {
      let soup = (0..<random.below(60)).map { _ in pieces[random.below(pieces.count)] }.joined()
      guard let child = try swapped(soup) else { continue }
      func rest(_ text: String) -> [UInt8] {
        text.utf8.filter { !(0x61...0x7A).contains($0 | 0x20) }
      }
      #expect(rest(child) == rest(soup), "round \(round)")
    }
  }

  @Test func `a missing dictionary is an error with a remedy before anything runs`() throws {
    let fault = #expect(throws: Diagnostic.self) {
      try descriptor.stage(["dictionary": "/nowhere/wordnet"])
    }
    #expect(fault?.message.contains("/nowhere/wordnet/index.noun") == true)
    #expect(fault?.remedy?.contains("apt-get install wordnet-base") == true)
  }

  @Test func `a damaged dictionary is a fault that names the file`() throws {
    let folder = try TemporaryFolder()
    for name in try Folders.list(Dictionary.folder)
    where !Folders.isFolder("\(Dictionary.folder)/\(name)") {
      try folder.write("  only the licence\n", to: name)
    }
    let stage = try #require(
      try descriptor.stage(["dictionary": folder.path]) as? any RecordStage)
    let fault = #expect(throws: StageError.self) {
      try stage.outcome(of: .text(text), .test())
    }
    #expect(fault?.code == "invalid-dictionary")
    #expect(fault?.source?.file.hasPrefix(folder.path) == true)
  }

  @Test func `wrong parameters are errors`() {
    for wrong in [["rate": "2"], ["copies": "0"], ["language": "german"], ["min-changes": "0"]] {
      #expect(throws: Diagnostics.self) { try descriptor.stage(wrong) }
    }
  }

  @Test func `the dictionary's files are dependencies`() throws {
    let files = try descriptor.stage().dependencies()
    #expect(files.count == 13)
    #expect(files.allSatisfy(Folders.exists))
  }
}
