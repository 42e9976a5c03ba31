import Records
import Stages
import TextKit

/// `clean.decontamination`: drops records that hold what a benchmark asks or answers.
struct DecontaminationStage: CollectionStage {
  private enum Keys {
    static let against = Parameter<[PathValue]>(
      required: "against", aliases: ["benchmarks"],
      "Files of benchmarks: JSON lines, a JSON list, or text with an item a line.")
    static let ngram = Parameter(
      "ngram", default: 13, aliases: ["n_grams"],
      "Words a run has that is in both the record and the benchmark.", check: Check.atLeast(2))
    static let minWords = Parameter(
      "min-words", default: 8,
      "Questions and answers of fewer words than a run count as a whole, down to so many.",
      check: Check.atLeast(1))
    static let parts = Parameter(
      "parts", default: Parts.all, "What of an item gives a record away.")
    static let common = Parameter(
      "common", default: 10,
      "Runs that more items of one benchmark share are its manner of asking, and no evidence.",
      check: Check.atLeast(1))
    static let query = Parameter(
      "query", default: [String](), "Members that hold the question; those in common use.")
    static let answer = Parameter(
      "answer", default: [String](), "Members that hold the answer; the first in common use.")
  }

  /// What of an item gives a record away.
  enum Parts: String, ChoiceValue {
    case all
    case query
    /// The answer, alone or behind the end of its question.
    case answer

    var parts: Set<BenchmarkIndex.Part> {
      switch self {
      case .all: [.query, .answer, .overlap]
      case .query: [.query]
      case .answer: [.answer, .overlap]
      }
    }
  }

  static let descriptor = StageDescriptor(
    "clean.decontamination", "Drop records that hold what a benchmark asks or answers.",
    role: .cleaning,
    parameters: [
      Keys.against, Keys.ngram, Keys.minWords, Keys.parts, Keys.common, Keys.query, Keys.answer,
      CleanKeys.fields,
    ],
    memory: "about 70 bytes a word of the benchmarks",
    example: "clean.decontamination: {against: [gsm8k_test.jsonl]}"
  ) { values in
    DecontaminationStage(
      paths: values[Keys.against].map(\.resolved), width: values[Keys.ngram],
      least: values[Keys.minWords], parts: values[Keys.parts].parts, common: values[Keys.common],
      query: values[Keys.query], answer: values[Keys.answer], fields: values[CleanKeys.fields])
  }

  let paths: [String]
  let width: Int
  let least: Int
  let parts: Set<BenchmarkIndex.Part>
  let common: Int
  let query: [String]
  let answer: [String]
  let fields: [Selector]

  func dependencies() throws(StageError) -> [String] { paths }

  func plan(_ records: RecordCollection, _ context: StageContext) throws -> BenchmarkIndex {
    let benchmarks = try paths.map { try Benchmark(path: $0, query: query, answer: answer) }
    let index = BenchmarkIndex(
      benchmarks, width: width, least: least, common: common, parts: parts)
    guard index.count > 0 else {
      throw StageError(
        "empty-benchmark", "no question or answer has \(least) words", field: "against",
        remedy: "name the members that hold them with 'query' and 'answer', or lower 'min-words'")
    }
    return index
  }

  func outcome(
    of record: Record, at index: Int, _ plan: BenchmarkIndex, _ context: StageContext
  ) throws(StageError) -> Outcome {
    let texts = fields.flatMap { record.fields($0) }
    let located = texts.map { LocatedWords($0.text) }
    // An answer may follow its question in the next turn, so runs go on from text to text.
    let runs = WordRuns(located.flatMap(\.hashes))
    for width in plan.widths.sorted(by: >) where runs.count >= width {
      for start in 0...runs.count - width {
        let range = start..<start + width
        guard let origin = plan[runs.hash(range)] else { continue }
        return .drop(reason(origin, range, plan, texts, located))
      }
    }
    return .keep(record)
  }

  /// The evidence: which benchmark, which of its items, and the run of words.
  private func reason(
    _ origin: BenchmarkIndex.Origin, _ range: Range<Int>, _ index: BenchmarkIndex,
    _ texts: [Field], _ located: [LocatedWords]
  ) -> Reason {
    var words: [Substring] = []
    var paths: [String] = []
    var first = 0
    for (field, part) in zip(texts, located) {
      let own = range.clamped(to: first..<first + part.ranges.count)
      for word in own { words.append(field.text[field.text.utf8Range(part.ranges[word - first])]) }
      if !own.isEmpty { paths.append(field.path) }
      first += part.ranges.count
    }
    return Reason(
      "contaminated",
      [
        "benchmark": .string(index.names[Int(origin.benchmark)]),
        "item": .string(index.item(origin)), "part": .string(origin.part.rawValue),
        "fields": .array(paths.map { .string($0) }),
        "ngram": .string(words.joined(separator: " ")), "words": .integer(range.count),
      ])
  }
}
