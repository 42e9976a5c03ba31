import Augment
import Records
import Stages
import TestSupport
import Testing

@Suite struct ContractionsTests {
  private func changed(_ text: String, _ direction: String) throws -> String? {
    try Brood("contractions", of: .text(text), ["direction": direction]).texts.first
  }

  static let expansions: [(String, String)] = [
    ("I don't know.", "I do not know."),
    ("I'm here and they're there.", "I am here and they are there."),
    ("We can't and won't.", "We cannot and will not."),
    ("DON'T GO, I CAN'T", "DO NOT GO, I CANNOT"),
    ("Don't worry, it'll work.", "Do not worry, it will work."),
    ("Let's go. You should've seen it.", "Let us go. You should have seen it."),
    ("She doesn’t know; I’ve tried.", "She does not know; I have tried."),
    ("i'm fine", "i am fine"),
  ]

  @Test(arguments: expansions.indices)
  func `contractions are written out`(_ index: Int) throws {
    let (text, expected) = Self.expansions[index]
    #expect(try changed(text, "expand") == expected)
  }

  static let contractions: [(String, String)] = [
    ("I do not know.", "I don't know."),
    ("We cannot go and will not go.", "We can't go and won't go."),
    ("I am going; they are waiting.", "I'm going; they're waiting."),
    ("You will see. I will be there, as she will.", "You'll see. I'll be there, as she will."),
    ("It was “fine” and I’d not say it is not.", "It was “fine” and I’d not say it isn’t."),
    ("We have been there.", "We've been there."), ("DO NOT GO", "DON'T GO"),
  ]

  @Test(arguments: contractions.indices)
  func `words are contracted`(_ index: Int) throws {
    let (text, expected) = Self.contractions[index]
    #expect(try changed(text, "contract") == expected)
  }

  /// Where another meaning, or no sentence at all, might come of it.
  static let kept = [
    "He's gone, it's late and John's car is here.", "I'd go.", "You ain't seen it.",
    "Don't you like it? Isn't it nice?", "Why don't people know?", "It is late, isn't it?",
    "I shouldn't've.", "I know what I am.", "Tell me what it is today.", "as I will",
    "do NOT go", "it is not only late", "I have a car", "I have not a clue and I am nothing",
    "do\nnot", "do  not", "`don't` and {don't}", "\"I don't know\"", "https://don't.org", "",
    "I'dn't", "donot", "cannot but laugh",
  ]

  @Test(arguments: kept) func `what may mean something else stays`(_ text: String) throws {
    let brood = try Brood("contractions", of: .text(text))
    #expect(brood.texts == [])
    #expect(brood.reason == "no-contractions")
  }

  @Test func `there and back is the text again`() throws {
    let text = "I don't know why they're waiting. We can't go; you've been late."
    let long = try #require(try changed(text, "expand"))
    #expect(long == "I do not know why they are waiting. We cannot go; you have been late.")
    #expect(try changed(long, "contract") == text)
  }

  @Test func `the rate says how many places change, and the notes which`() throws {
    let text = "I don't, you don't, we don't and they don't care."
    let brood = try Brood(
      "contractions", of: .text(text), ["rate": "0.5", "copies": "3"])
    #expect(brood.texts.count == 3)
    for (child, note) in zip(brood.texts, brood.notes) {
      #expect(child.utf8.count == text.utf8.count + 2)
      #expect(note.array?.count == 2)
      #expect(note.array?.first?["by"] == "expand")
    }
    #expect(try Brood.replays(text, brood))
    #expect(throws: Diagnostics.self) { try Brood.descriptor("contractions").stage(["rate": "0"]) }
  }
}
