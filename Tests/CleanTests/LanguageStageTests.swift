import Records
import Stages
import TestSupport
import Testing

@Suite struct `Records by language` {
  @Test func `in other languages are dropped with the probability`() throws {
    let english = Record.text("The weather is nice today, so we went for a walk.")
    let german = Record.text("Das Wetter ist heute schön, also gingen wir spazieren.")
    let kept = try verdict("clean.language", english, ["languages": "en"])
    #expect(kept.note?["language"] == "en")
    let reason = try #require(try verdict("clean.language", german, ["languages": "en"]).reason)
    #expect(reason.code == "other-language")
    #expect(reason.detail["language"] == "de")
    let probability = try #require(reason.detail["probability"].flatMap { Double($0.text) })
    #expect(probability > 0.8)
  }

  @Test func `are labelled where asked`() throws {
    let kept = try verdict("clean.language", .text("你好，世界。"), ["store": "language"]).record
    #expect(kept?.metadata["language"] == "zh")
  }

  @Test func `without letters stay`() throws {
    #expect(try verdict("clean.language", .text("42"), ["languages": "en"]).reason == nil)
  }

  @Test func `below the probability asked for are dropped`() throws {
    let text = "The weather is nice. 今天天气很好，我们去散步吧。"
    let asked = ["languages": "zh", "min-probability": "0.9"]
    #expect(try verdict("clean.language", .text(text), asked).reason?.code == "unsure-language")
  }

  @Test func `a language that nobody knows is refused`() {
    #expect(throws: (any Error).self) {
      try verdict("clean.language", .text("a"), ["languages": "klingon"])
    }
  }
}
