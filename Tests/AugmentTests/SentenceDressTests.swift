import Augment
import Testing

/// What a translator reads of sentences without capitals and marks, and what becomes of its answer.
struct SentenceDressTests {
  @Test(arguments: [
    ("do you know if i can pay", "Do you know if I can pay?", "Do I know it?", "do i know it"),
    ("my card is lost", "My card is lost.", "My map is gone.", "my map is gone"),
    ("what's the time, i wonder?", "What's the time, I wonder?", "I ask?", "i ask?"),
    ("when I go, tell me", "When I go, tell me?", "If I go, say it.", "if I go, say it"),
    ("Where is it", "Where is it?", "Where is it?", "Where is it"),
    ("It is late.", "It is late.", "It's late.", "It's late."),
    ("3 days", "3 days.", "3 days.", "3 days"), ("你好", "你好", "您好。", "您好。"), ("i", "I.", "I.", "i"),
    ("i.e. this", "I.e. this.", "I.e. that.", "i.e. that"), ("", "", "", ""),
    // What has capitals of its own keeps them.
    ("was NASA founded", "Was NASA founded?", "NASA was founded?", "NASA was founded"),
    ("was it NASA", "Was it NASA?", "ESA was it?", "ESA was it"),
    ("was Berlin split", "Was Berlin split?", "Berlin was split?", "Berlin was split"),
    ("can I pay", "Can I pay?", "I can pay?", "I can pay"),
    // So does what has points of its own.
    ("is it the U.S", "Is it the U.S?", "In the U.S.", "in the U.S."),
    ("wait", "Wait.", "Wait...", "wait..."), ("at 3.5", "At 3.5.", "At 3.5.", "at 3.5"),
    ("not a.m", "Not a.m.", "Not a.m.", "not a.m."),
    ("say no", "Say no.", "Say it. No.", "say it. No"),
    // Letters whose capital is two letters, or none.
    ("ﬁnd it", "ﬁnd it.", "ﬁnd it.", "ﬁnd it"), ("ßa", "ßa.", "ßa.", "ßa"),
  ])
  func `a capital and a mark are put on and taken off`(
    sentence: String, read: String, answer: String, expected: String
  ) {
    let dress = SentenceDress(sentence, language: "en")
    #expect(dress.text == read)
    #expect(dress.undressed(answer) == expected)
  }

  @Test func `other languages ask and write 'i' as they do`() {
    #expect(SentenceDress("was ist das", language: "de").text == "Was ist das.")
    #expect(SentenceDress("libri i giornali", language: "it").text == "Libri i giornali.")
    #expect(SentenceDress("ist das", language: "tr").text == "ist das.")
    let georgian = SentenceDress("რა არის", language: "ka")
    #expect(georgian.text == "რა არის.")
    #expect(georgian.undressed("არის რა.") == "არის რა")
  }
}
