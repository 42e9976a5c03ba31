import Records
import Stages

/// What becomes of records in which an assistant answers.
enum AnswerRule: String, ChoiceValue {
  /// What an answer repeats is replaced, in answers that name nothing but what was said before.
  case repeated
  /// Whatever is found is replaced.
  case all
  /// Nothing is replaced.
  case none
}

/// The texts of a record, by who wrote them.
struct SpokenTexts {
  /// What is answered, or all there is of a record without answers.
  let said: [Field]
  let answers: [Field]

  init(_ record: Record) {
    let answering: Set<String> =
      switch record.content {
      case .conversation(let conversation):
        Set(
          conversation.messages.indices.filter { conversation.messages[$0].role == .assistant }
            .map { "messages[\($0)].content" })
      default: []
      }
    let isAnswer = { (field: Field) in
      answering.contains(field.path) || field.path.hasPrefix("chosen[")
        || field.path.hasPrefix("rejected[")
    }
    let fields = record.fields(.all)
    said = fields.filter { !isAnswer($0) }
    answers = fields.filter(isAnswer)
  }

  /// Whether the answers name nothing, by capitals and digits, that was not said: then they need no knowledge of it,
  /// and nothing in them was worked out.
  var areClosed: Bool {
    let known = Set(said.flatMap { LooseWords.runs(Array($0.text.utf8)) })
    return answers.allSatisfy { field in
      let bytes = Array(field.text.utf8)
      let names = TextScanner.scan(bytes).filter { token in
        token.casing != .lower && !token.startsSentence && token.lower != "i"
      }
      let numbers = LooseWords.runs(bytes).filter { $0.utf8.first.map(Bytes.isDigit) == true }
      return names.allSatisfy { known.contains($0.lower) } && numbers.allSatisfy(known.contains)
    }
  }
}
