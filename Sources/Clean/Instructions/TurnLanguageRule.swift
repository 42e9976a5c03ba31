import Records
import TextKit

/// An answer in a language that neither the instruction nor its input is in, though nobody asked for
/// another one.
struct TurnLanguageRule: TurnRule {
  private static let leastProbability = 0.95
  /// Letters that tell a language of another script, or one of the same.
  private static let leastLetters = 6
  private static let leastWords = 10

  /// What speaks of languages.
  private static let mentions = PhraseSet([
    "translat", "language", "english", "french", "spanish", "german", "italian", "portuguese",
    "chinese", "japanese", "korean", "russian", "arabic", "hindi", "greek", "hebrew", "thai",
    "dutch", "swedish", "polish", "turkish", "latin", "mandarin", "cantonese", "vietnamese",
    "übersetz", "englisch", "sprache", "tradui", "anglais", "traduc", "inglés", "перевед", "翻译",
    "英文", "英语", "中文", "汉语", "法语", "德语", "日语", "韩语", "西班牙语", "俄语", "语言", "译成",
    "翻訳", "英語", "번역", "영어",
  ])

  func fault(in turn: Turn) -> JSONObject? {
    guard turn.isAnswer, let instruction = turn.instruction else { return nil }
    let asked = (instruction + "\n" + (turn.input ?? "")).lowercased()
    guard !Self.mentions.occurs(in: asked),
      let answer = sure(CodeSpans.removed(from: turn.text))
    else { return nil }
    let questions = [instruction, turn.input ?? "", asked]
      .compactMap { LanguageIdentifier.standard.guess($0) }
    guard let question = questions.first,
      !questions.contains(where: { $0.language == answer.language })
    else { return nil }
    guard isOtherScript(answer, question) || isLong(turn.text, question) else { return nil }
    return [
      "language": .string(answer.language), "probability": .number(answer.probability),
      "instruction": .string(question.language),
    ]
  }

  private func sure(_ text: String) -> LanguageGuess? {
    let letters = text.unicodeScalars.count { $0.properties.isAlphabetic }
    guard letters >= Self.leastLetters, let guess = LanguageIdentifier.standard.guess(text),
      guess.probability >= Self.leastProbability
    else { return nil }
    return guess
  }

  private func isOtherScript(_ left: LanguageGuess, _ right: LanguageGuess) -> Bool {
    script(left.language) != script(right.language)
  }

  /// Names and terms of another language fill short answers, whole sentences do not.
  private func isLong(_ text: String, _ question: LanguageGuess) -> Bool {
    question.probability >= Self.leastProbability
      && text.split(whereSeparator: \.isWhitespace).count >= Self.leastWords
  }

  /// A script's name; all languages in Latin letters have one.
  private func script(_ language: String) -> String {
    switch language {
    case "zh", "ja", "ko", "el", "he", "th", "hi", "bn", "ta", "te", "ka", "hy": language
    case "ru", "uk", "bg": "cyrillic"
    case "ar", "fa", "ur": "arabic"
    default: "latin"
    }
  }
}
