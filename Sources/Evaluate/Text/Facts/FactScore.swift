import Foundation
import Records
public import Stages
import TextKit

/// FactScore (Min and others, 2023): the share of the atomic facts of a text that a source supports.
///
/// One judge takes texts apart into facts, lines that begin with `- `; another says of each whether what
/// the record or a knowledge source gives supports it. A text of n facts, fewer than gamma, counts
/// exp(1 - gamma / n) of its share, so that saying little does not pay. Texts without facts count for
/// nothing in the means.
///
///     let score = FactScore(splitter: facts, verifier: supported, gamma: 10)
///     for score in try score.measure(material) { print(score.name, score.score) }
public struct FactScore: Sendable {
  /// Takes texts apart: its prompt has a place for `{sentence}`, or for the whole `{text}`.
  public let splitter: any Judge
  /// Says whether facts hold: its prompt has a place for `{fact}`.
  public let verifier: any Judge
  /// The place of the verifier's label that stands for a fact that is supported.
  public let supported: Int
  /// The number of facts from which on a text is not punished for saying little; 0 punishes none.
  public let gamma: Double
  /// Where passages are looked up; nil where each record gives its own context.
  public let knowledge: PassageIndex?
  /// The most passages that a fact is checked against.
  public let passages: Int

  /// What the verifier's prompt may have places for.
  static let verifierFields = ["fact", "topic", "context", "text"]
  /// What the splitter's prompt may have places for.
  static let splitterFields = ["sentence", "text", "topic"]

  /// Sets the metric up.
  ///
  /// - Precondition: `supported` is a place among the verifier's labels.
  public init(
    splitter: any Judge, verifier: any Judge, supported: Int = 0, gamma: Double = 10,
    knowledge: PassageIndex? = nil, passages: Int = 5
  ) {
    precondition(verifier.labels.indices.contains(supported), "no label \(supported)")
    (self.splitter, self.verifier, self.supported) = (splitter, verifier, supported)
    (self.gamma, self.knowledge, self.passages) = (gamma, knowledge, passages)
  }

  /// Whether each record must give a context.
  public var needsContext: Bool { knowledge == nil && verifier.fields.contains("context") }

  /// Changes when a judge or the knowledge source does.
  var fingerprint: String {
    "\(splitter.fingerprint) \(verifier.fingerprint) \(knowledge?.fingerprint ?? "")"
  }

  /// A fact that a text states, and whether it holds.
  private struct Fact {
    let record: Int
    let text: String
    var isSupported = false
  }

  /// Takes every text apart and checks its facts: `factscore`, `factscore_init` without the penalty, from
  /// 0 to 100, `factscore_respond`, the share of texts that state a fact, and `factscore_facts`, how many
  /// a text that does.
  ///
  /// - Throws: `TextModelError` where a judge cannot answer, or records lack a context; `Interrupted`
  ///   where the user asked to stop.
  public func measure(_ material: TextMaterial) throws -> [TextScore] {
    var facts = try facts(material)
    let questions = try facts.map { try question($0, material) }
    for (place, verdict) in try verifier.verdicts(questions).enumerated() {
      facts[place].isSupported = verdict == supported
    }
    var byRecord = [[Fact]](repeating: [], count: material.corpus.count)
    for fact in facts { byRecord[fact.record].append(fact) }
    return scores(byRecord)
  }

  // MARK: - Facts

  /// The facts of all texts, record by record; of sentences where the prompt is of them.
  private func facts(_ material: TextMaterial) throws -> [Fact] {
    let isBySentence = splitter.fields.contains("sentence")
    let segmentation = Segmentation(.sentence)
    var owners: [Int] = []
    var questions: [[String: String]] = []
    for record in 0..<material.corpus.count {
      let text = material.corpus.hypotheses[record]
      let parts = isBySentence ? segmentation.texts(of: text).map(String.init) : [text]
      for part in parts.map(Self.trimmed) where !part.isEmpty {
        owners.append(record)
        var fields = ["sentence": part, "text": text]
        fields["topic"] = material.topic(of: record)
        questions.append(fields)
      }
    }
    let answers = try splitter.answers(questions)
    return try zip(owners, answers).flatMap { record, answer in
      try listed(answer).map { Fact(record: record, text: $0) }
    }
  }

  /// The lines of an answer that state a fact.
  private func listed(_ answer: String) throws(TextModelError) -> [String] {
    let facts = answer.components(separatedBy: .newlines).compactMap { line -> String? in
      let line = Self.trimmed(line)
      guard let mark = ["- ", "* ", "• "].first(where: { line.utf8.starts(with: $0.utf8) }) else {
        return nil
      }
      return Self.trimmed(String(decoding: line.utf8.dropFirst(mark.utf8.count), as: UTF8.self))
    }.filter { !$0.isEmpty }
    guard facts.isEmpty else { return facts }
    do {
      _ = try splitter.label(in: answer)
      return []
    } catch {
      throw TextModelError(
        "\(splitter.name) answered '\(answer.prefix(80))', which lists no fact",
        remedy: "ask in the prompt for lines that begin with '- ', and write 'labels: [none]' for "
          + "what stands for no fact, or 'otherwise: none' too to take any other answer for that")
    }
  }

  private static func trimmed(_ text: String) -> String {
    text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  // MARK: - Verdicts

  private func question(
    _ fact: Fact, _ material: TextMaterial
  ) throws -> [String: String] {
    try Interruption.check()
    let topic = material.topic(of: fact.record)
    var fields = ["fact": fact.text, "text": material.corpus.hypotheses[fact.record]]
    fields["topic"] = topic
    if let knowledge {
      // The nearest passage stands next to the question, as FactScore has it.
      fields["context"] = try knowledge.best(
        passages, for: "\(topic.map { "\($0) " } ?? "")\(fact.text)", title: topic
      ).reversed().map { "Title: \($0.title)\nText: \($0.text)" }.joined(separator: "\n\n")
    } else if let context = material.contexts?[fact.record] {
      fields["context"] = context
    } else if needsContext {
      throw TextModelError(
        "metric 'factscore' checks facts against a context, and record \(fact.record + 1) has none",
        remedy: "give each record the field 'context', or name a file of passages: "
          + "{factscore: {knowledge: FILE}}")
    }
    return fields
  }

  // MARK: - Scores

  private func scores(_ records: [[Fact]]) -> [TextScore] {
    let shares = records.map { facts in
      Double(facts.count { $0.isSupported }) / Double(max(1, facts.count))
    }
    let penalties = records.map { facts in
      let count = Double(facts.count)
      return count == 0 || count > gamma ? 1 : exp(1 - gamma / count)
    }
    // A text without facts weighs nothing.
    let weights = records.map { $0.isEmpty ? 0.0 : 1 }
    func mean(_ name: String, _ values: [Double], _ weights: [Double], scale: Double = 100)
      -> TextScore
    {
      let metric = MeanMetric(name: name, signature: signature, scale: scale)
      let rows = zip(values, weights).flatMap { [$0 * $1, $1] }
      return TextScore(
        CorpusMeasurement(metric, RecordStatistics(width: 2, values: rows)))
    }
    let all = records.map { _ in 1.0 }
    var scores = [
      mean("factscore", zip(shares, penalties).map { $0 * $1 }, weights),
      mean("factscore_init", shares, weights), mean("factscore_respond", weights, all),
      mean("factscore_facts", records.map { Double($0.count) }, weights, scale: 1),
    ]
    scores[0].details = ("facts", records.map(Self.json))
    return scores
  }

  private static func json(_ facts: [Fact]) -> JSONValue {
    .array(facts.map { ["fact": .string($0.text), "supported": .bool($0.isSupported)] })
  }

  private var signature: String {
    "facts:\(splitter.name)|judge:\(verifier.name)|gamma:\(gamma)"
      + (knowledge == nil ? "" : "|knowledge:bm25|passages:\(passages)")
  }
}
