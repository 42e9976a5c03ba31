import Endpoint
package import Records
package import Stages
import Synchronization

/// A translator that is asked portion by portion, and for no portion twice: what it wrote is kept on disk.
///
/// A portion is kept whole or made whole, so that a run that goes on has the bytes of one that never ended.
package final class KeptTranslator: Translator {
  private let translator: any Translator
  private let answers: AnswerCache?
  private let version: String?
  /// Found out once: it takes reading files.
  private let known = Mutex<JSONValue?>(nil)

  /// Keeps what a translator writes.
  /// - Parameters:
  ///   - answers: Where; nil to keep nothing.
  ///   - version: What is kept of another one is not taken.
  package init(_ translator: any Translator, in answers: AnswerCache?, version: String? = nil) {
    self.translator = translator
    self.answers = answers
    self.version = version
  }

  package var name: String { translator.name }
  package var draws: Bool { translator.draws }
  package var atOnce: Int { translator.atOnce }
  package var spent: EndpointSpending? { translator.spent }
  package func files() throws(StageError) -> [String] { try translator.files() }
  package func portions(_ texts: [String]) throws -> [[Int]] { try translator.portions(texts) }

  package var identity: JSONValue {
    get throws {
      try known.withLock { known in
        if let known { return known }
        var identity: JSONObject = ["translator": try translator.identity]
        if let version { identity["version"] = .string(version) }
        known = .object(identity)
        return .object(identity)
      }
    }
  }

  package func translate(_ texts: [String], draws: [UInt64]?) throws -> [String?] {
    let questions = Questions(texts, draws)
    let portions = try translator.portions(questions.texts)
    let identity = try identity
    let found = try LimitFault.telling {
      spent
    } _: {
      try Requests.map(portions.count, atOnce: atOnce) { [self] number in
        try Interruption.check()
        return try answer(questions.portion(portions[number]), identity)
      }
    }
    var answers = [String?](repeating: nil, count: questions.texts.count)
    for (portion, texts) in zip(portions, found) {
      for (place, text) in zip(portion, texts) { answers[place] = text }
    }
    return questions.members.map { answers[$0] }
  }

  /// The translations of a portion.
  private func answer(_ portion: Questions, _ identity: JSONValue) throws -> [String?] {
    let (texts, draws) = (portion.texts, portion.draws)
    guard let answers else { return try translator.translate(texts, draws: draws) }
    let question: JSONValue = [
      "translator": identity, "texts": .array(texts.map { .string($0) }),
      "draws": draws.map { .array($0.map { .string("\($0)") }) } ?? .null,
    ]
    let answer = try answers.value(question) { kept in
      kept.array?.count == texts.count
        && kept.array?.allSatisfy { $0.isNull || $0.string != nil } == true
    } _: {
      .array(
        try translator.translate(texts, draws: draws).map { $0.map { .string($0) } ?? .null })
    }
    return (answer.array ?? []).map(\.string)
  }
}

/// What is asked: texts with their keys, each pair once.
private struct Questions: Sendable {
  private(set) var texts: [String] = []
  private(set) var draws: [UInt64]?
  /// Which of them each text is that was to be asked.
  private(set) var members: [Int] = []

  private struct Pair: Hashable {
    /// Bytes, as two ways to write `é` are two texts to a translator and one `String`.
    let text: [UInt8]
    let draw: UInt64?
  }

  init(_ texts: [String], _ draws: [UInt64]?) {
    var places: [Pair: Int] = [:]
    if draws != nil { self.draws = [] }
    for (place, text) in texts.enumerated() {
      let pair = Pair(text: Array(text.utf8), draw: draws?[place])
      if let known = places[pair] {
        members.append(known)
        continue
      }
      places[pair] = self.texts.count
      members.append(self.texts.count)
      self.texts.append(text)
      if let draw = pair.draw { self.draws?.append(draw) }
    }
  }

  private init(texts: [String], draws: [UInt64]?) { (self.texts, self.draws) = (texts, draws) }

  /// Those at some places.
  func portion(_ places: [Int]) -> Questions {
    Questions(
      texts: places.map { texts[$0] }, draws: draws.map { draws in places.map { draws[$0] } })
  }
}
