/// Tells answers that decline to answer, in English, Chinese and some other languages.
///
/// By their first words alone: an answer that says later what it will not do is no refusal.
package enum Refusal {
  /// An answer that begins so declines.
  private static let openings = [
    "as an ai", "as a language model", "as a large language model", "as an artificial intelligence",
    "i'm just an ai", "i am just an ai", "i'm an ai", "i am an ai language model",
    "i'm a language model", "i am a language model", "i'm unable to", "i am unable to",
    "i'm not able to", "i am not able to", "i do not have the ability", "i don't have the ability",
    "i must decline", "i have to decline", "i'm sorry, but as an ai", "sorry, as an ai",
    "作为一个人工智能", "作为人工智能", "作为一个ai", "作为ai", "作为一名ai", "作为一个语言模型",
    "很抱歉，我无法", "很抱歉，我不能", "抱歉，我无法", "抱歉，我不能", "对不起，我无法", "对不起，我不能",
    "很抱歉,我无法", "抱歉,我无法", "对不起,我无法", "申し訳ありませんが", "申し訳ございませんが",
    "죄송하지만", "es tut mir leid, aber ich kann", "tut mir leid, aber ich kann",
    "je suis désolé, mais je ne peux", "désolé, mais je ne peux", "lo siento, pero no puedo",
    "mi dispiace, ma non posso", "извините, но я не могу",
  ]
  /// An answer that begins so declines where it soon says what it will not do.
  private static let doubtful = [
    "i'm sorry", "i am sorry", "sorry, but", "sorry, i", "i apologize", "my apologies",
    "unfortunately, i", "i cannot", "i can't", "i can not", "i won't", "i will not",
  ]
  private static let declined = PhraseSet([
    "assist", "help you with", "help with that", "fulfill", "fulfil", "comply", "provide",
    "generate", "complete this", "complete that", "complete your", "answer that", "answer this",
    "answer your", "do that", "support this", "engage in", "as an ai", "language model",
    "your request", "this request", "that request", "access to", "browse", "real-time",
    "not appropriate", "inappropriate", "against my",
  ])
  private static let negations = PhraseSet([
    "cannot", "can't", "can not", "unable", "not able", "won't", "don't",
  ])

  /// The words by which a text declines; nil where it does not.
  package static func found(in text: String) -> String? {
    let start = opening(of: text, characters: 200)
    if let opening = openings.first(where: { start.hasPrefix($0) }) { return opening }
    guard let opening = doubtful.first(where: { start.hasPrefix($0) }),
      negations.occurs(in: start), let what = declined.first(in: start)?.phrase
    else { return nil }
    return "\(opening) … \(what)"
  }

  /// The start of a text in small letters, with one kind of apostrophe and single blanks.
  private static func opening(of text: String, characters: Int) -> String {
    var result = ""
    var afterBlank = true
    for scalar in text.unicodeScalars.prefix(characters * 2) {
      if result.utf8.count >= characters * 3 { break }
      if scalar.properties.isWhitespace || scalar == "\"" || scalar == "*" {
        if !afterBlank { result.append(" ") }
        afterBlank = true
        continue
      }
      afterBlank = false
      result.unicodeScalars.append(scalar == "’" ? "'" : scalar)
    }
    return result.lowercased()
  }
}
