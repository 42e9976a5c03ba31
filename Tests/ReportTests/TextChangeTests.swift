import Report
import Testing

@Suite struct `What differs between two texts` {
  private func pieces(_ old: String, _ new: String) -> [TextChange.Piece] {
    TextChange(from: old, to: new).pieces
  }

  @Test func `words that were replaced are one change each`() {
    #expect(
      pieces("a red fox runs", "a quick fox sleeps") == [
        .same("a "), .removed("red"), .added("quick"), .same(" fox "), .removed("runs"),
        .added("sleeps"),
      ])
  }

  @Test func `neighbouring words that changed are one change`() {
    #expect(
      pieces("a heart attack came", "a cardiac arrest came") == [
        .same("a "), .removed("heart attack"), .added("cardiac arrest"), .same(" came"),
      ])
  }

  @Test func `Chinese is compared by its characters`() {
    #expect(
      pieces("把窗户关上", "把大门关上") == [
        .same("把"), .removed("窗户"), .added("大门"), .same("关上"),
      ])
  }

  @Test(arguments: [("", ""), ("", "new"), ("old", ""), ("same", "same"), ("é", "e\u{301}")])
  func `the pieces make up both texts`(old: String, new: String) {
    let all = pieces(old, new)
    func text(_ part: (TextChange.Piece) -> String?) -> String {
      all.compactMap(part).joined()
    }
    let before = text {
      switch $0 {
      case .same(let text), .removed(let text): text
      case .added: nil
      }
    }
    let after = text {
      switch $0 {
      case .same(let text), .added(let text): text
      case .removed: nil
      }
    }
    #expect(before.utf8.elementsEqual(old.utf8) && after.utf8.elementsEqual(new.utf8))
  }

  @Test(arguments: [
    // Short texts are compared whole, long ones from the words before the first difference on.
    ("one two three", "one two four", "one two "),
    (String(repeating: "word ", count: 30) + "a", String(repeating: "word ", count: 30) + "b", nil),
    (String(repeating: "字", count: 90), String(repeating: "字", count: 89) + "词", nil),
    (String(repeating: "x", count: 300), String(repeating: "x", count: 299), nil),
  ])
  func `a stretch holds the first difference`(old: String, new: String, start: String?) {
    let pieces = TextChange(from: old, to: new, limit: 80).pieces
    #expect(pieces.count > 1)
    guard case .same(let shared) = pieces.first else {
      Issue.record("no words before the difference: \(pieces)")
      return
    }
    if let start { #expect(shared == start) } else { #expect(shared.hasPrefix("…")) }
    #expect(shared.unicodeScalars.count <= 61)
  }

  @Test func `equal texts are compared from their beginning on`() {
    let text = String(repeating: "word ", count: 30)
    #expect(TextChange(from: text, to: text, limit: 9).pieces == [.same("word word…")])
  }

  @Test func `long texts are compared up to a limit`() {
    let long = String(repeating: "word ", count: 100_000)
    #expect(pieces(long, long + "end").count == 1)
  }
}
