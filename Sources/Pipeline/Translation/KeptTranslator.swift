import Endpoint
package import Records
package import Stages
import Synchronization
import Tensors

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
  package var ranks: Bool { translator.ranks }
  package var computesHere: Bool { translator.computesHere }
  package var spent: EndpointSpending? { translator.spent }
  package func files() throws(StageError) -> [String] { try translator.files() }
  package func prepare() throws(StageError) { try translator.prepare() }
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
    try answers(to: Questions(texts, draws), translation).map { $0?.string }
  }

  package func readings(_ texts: [String], most: Int) throws -> [[String]] {
    guard ranks, most > 1 else {
      return try translate(texts, draws: nil).map { $0.map { [$0] } ?? [] }
    }
    return try answers(to: Questions(texts, nil)) { portion, identity in
      try readings(portion, most: most, identity)
    }.map { ($0?.array ?? []).compactMap(\.string) }
  }

  /// Where both translators compute here, each portion goes there and back at once: no thread waits for the last
  /// portion of the way there.
  package func roundTrips(
    _ texts: [String], draws: [UInt64]?, by back: any Translator, most: Int
  ) throws -> [[String]] {
    guard computesHere, back.computesHere else {
      return try thereAndBack(texts, draws: draws, by: back, most: most)
    }
    let questions = Questions(texts, draws)
    guard !questions.texts.isEmpty else { return [] }
    try Self.prepare([self, back])
    let portions = try translator.portions(questions.texts)
    let found = try each(portions.count) { number in
      let portion = questions.portion(portions[number])
      return try thereAndBack(portion.texts, draws: portion.draws, by: back, most: most)
    }
    return questions.answers(found, portions).map { $0 ?? [] }
  }

  /// Loads what translators need, all at the same time.
  private static func prepare(_ translators: [any Translator]) throws {
    _ = try OrderedMap.slices(of: translators.count, threads: Engine.threads, perThread: 1) {
      try translators[$0].forEach { try $0.prepare() }
    }
  }

  /// The answer to each text; nil where it is in no portion.
  private func answers(
    to questions: Questions,
    _ answer: @Sendable (_ portion: Questions, _ identity: JSONValue) throws -> [JSONValue]
  ) throws -> [JSONValue?] {
    let portions = try translator.portions(questions.texts)
    let identity = try identity
    let found = try LimitFault.telling {
      spent
    } _: {
      try each(portions.count) { number in
        try Interruption.check()
        return try answer(questions.portion(portions[number]), identity)
      }
    }
    return questions.answers(found, portions)
  }

  /// Asks for portions as many at once as the translator takes.
  ///
  /// One that computes here has a thread for each portion, which needs no other: were each operation shared by the
  /// threads, a fifth of the time would go by in waiting for the last of them.
  private func each<Result: Sendable>(
    _ count: Int, _ ask: @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    guard translator.computesHere else {
      return try withoutActuallyEscaping(ask) { ask in
        try Requests.map(count, atOnce: atOnce, ask)
      }
    }
    // Of few portions each is computed by all threads.
    guard count >= Engine.threads else { return try (0..<count).map(ask) }
    return try OrderedMap.slices(of: count, threads: Engine.threads, perThread: count) { range in
      try Engine.alone { try range.map(ask) }
    }.flatMap { $0 }
  }

  /// The translations of a portion: texts, or nulls.
  private func translation(_ portion: Questions, _ identity: JSONValue) throws -> [JSONValue] {
    let (texts, draws) = (portion.texts, portion.draws)
    let question: JSONObject = [
      "draws": draws.map { .array($0.map { .string("\($0)") }) } ?? .null
    ]
    return try kept(question, texts, identity, isWhole: { $0.isNull || $0.string != nil }) {
      try translator.translate(texts, draws: draws).map { $0.map { .string($0) } ?? .null }
    }
  }

  /// The readings of a portion: lists of texts.
  private func readings(
    _ portion: Questions, most: Int, _ identity: JSONValue
  ) throws -> [JSONValue] {
    try kept(
      ["readings": .integer(most)], portion.texts, identity,
      isWhole: { $0.array?.allSatisfy { $0.string != nil } == true }
    ) {
      try translator.readings(portion.texts, most: most)
        .map { .array($0.map { .string($0) }) }
    }
  }

  /// What is kept of a question, or else asked: a value for each text.
  private func kept(
    _ details: JSONObject, _ texts: [String], _ identity: JSONValue,
    isWhole: (JSONValue) -> Bool, _ ask: () throws -> [JSONValue]
  ) throws -> [JSONValue] {
    guard let answers else { return try ask() }
    var question: JSONObject = [
      "translator": identity, "texts": .array(texts.map { .string($0) }),
    ]
    for member in details.members { question[member.key] = member.value }
    let answer = try answers.value(.object(question)) { kept in
      kept.array?.count == texts.count && kept.array?.allSatisfy(isWhole) == true
    } _: {
      .array(try ask())
    }
    return answer.array ?? []
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

  /// The answer to each text that was to be asked; nil where it is in no portion.
  /// - Parameters:
  ///   - found: The answers of each portion.
  ///   - portions: The places of its texts.
  func answers<Answer>(_ found: [[Answer]], _ portions: [[Int]]) -> [Answer?] {
    var answers = [Answer?](repeating: nil, count: texts.count)
    for (portion, values) in zip(portions, found) {
      for (place, value) in zip(portion, values) { answers[place] = value }
    }
    return members.map { answers[$0] }
  }

  /// Those at some places.
  func portion(_ places: [Int]) -> Questions {
    Questions(
      texts: places.map { texts[$0] }, draws: draws.map { draws in places.map { draws[$0] } })
  }
}
