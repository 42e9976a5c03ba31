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
  }
}
