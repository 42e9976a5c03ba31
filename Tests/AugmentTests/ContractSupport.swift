import Augment
import Records
import Stages
import TestSupport
import Testing

/// Makes the children that a record's metadata lists, whatever they say.
struct ListedChildren: RecordStage {
  static let descriptor = StageDescriptor(
    "augment.listed", "Children that records list.", role: .augmenting, example: "augment.listed"
  ) { _ in ListedChildren() }

  /// The same under a name of what makes records of their own.
  static let own = StageDescriptor(
    "augment.self-instruct", "Records that records list.", role: .augmenting,
    example: "augment.self-instruct"
  ) { _ in ListedChildren() }

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    let texts = (record.metadata["children"]?.array ?? []).compactMap(\.string)
    let children = texts.enumerated().map { number, text in
      var child = record.child("listed.\(number + 1)", content: .text(text))
      child.augmentedBy = context.stage
      return Derived(child, note: ["number": .integer(number + 1)])
    }
    return .derive(record, children: children)
  }
}

/// Models that are functions of the text.
struct StubModels: ContractModels {
  /// Texts point where the number behind their last "turn" says, in degrees.
  struct Compass: MeaningModel {
    let name = "compass"
    let identity: JSONValue = "a compass"

    func files() throws(StageError) -> [String] { [] }

    func vectors(of texts: [String]) throws -> [[Float]] {
      texts.map { text in
        let words = text.split { !$0.isLetter && !$0.isNumber }
        let turn = words.lastIndex(of: "turn").flatMap { Double(words[$0 + 1]) } ?? 0
        let angle = turn * .pi / 180
        return [Float(cosine(angle)), Float(cosine(.pi / 2 - angle))]
      }
    }

    /// Taylor's series, which needs no library.
    private func cosine(_ angle: Double) -> Double {
      var (sum, term) = (1.0, 1.0)
      for step in 1...12 {
        term *= -angle * angle / Double((2 * step - 1) * (2 * step))
        sum += term
      }
      return sum
    }
  }

  /// Texts are about what something means, or about custody, or neither; and they apprehend or do not.
  struct Police: MeaningModel {
    let name = "police"
    let identity: JSONValue = "the police"

    func files() throws(StageError) -> [String] { ["/police/model"] }

    func vectors(of texts: [String]) throws -> [[Float]] {
      texts.map { text in
        func says(_ part: String) -> Float { text.lowercased().contains(part) ? 1 : 0 }
        return [1.4, says("meaning"), says("custody"), 0.5 * says("apprehend")]
      }
    }
  }

  /// Texts about cats are of the label "cat", all others are "dog".
  struct Zoo: LabelModel {
    let name = "zoo"
    let labels = ["cat", "dog"]
    let identity: JSONValue = "a zoo"

    func files() throws(StageError) -> [String] { [] }

    func check(_ record: Record) throws(StageError) {
      guard case .preference = record.content else { return }
      throw StageError("no-text", "a preference is no text to classify", source: record.source)
    }

    func verdicts(on records: [Record]) throws -> [LabelVerdict] {
      for record in records { try check(record) }
      return records.map {
        LabelVerdict($0.texts().joined().contains("cat") ? "cat" : "dog", probability: 0.75)
      }
    }
  }

  func encoder(_ name: PathValue) throws(Diagnostic) -> any MeaningModel {
    switch name.written {
    case "compass": return Compass()
    case "police": return Police()
    default: throw Diagnostic("no encoder '\(name.written)'")
    }
  }

  func classifier(_ name: PathValue) throws(Diagnostic) -> any LabelModel {
    guard name.written == "zoo" else { throw Diagnostic("no classifier '\(name.written)'") }
    return Zoo()
  }
}

/// What a stage of the family makes of a collection under the contract of children.
struct Family {
  let outcomes: [Outcome]

  /// - Parameter name: The stage's name behind the dot; `listed` for children as they are listed, `own` for such
  ///   that need not be like their parents.
  init(
    _ name: String, of records: [Record], _ parameters: [String: String] = [:], threads: Int = 2,
    seed: UInt64 = 42
  ) throws {
    let descriptor = try Self.descriptor(name)
    let stage = try #require(try descriptor.stage(parameters) as? any CollectionStage)
    outcomes = try stage.outcomes(
      of: records, StageContext(seed: seed, stage: descriptor.name, threads: threads))
  }

  static func descriptor(_ name: String) throws -> StageDescriptor {
    if name == "own" { return try #require([ListedChildren.own].contracted.first) }
    if name == "listed" { return try #require([ListedChildren.descriptor].contracted.first) }
    let stages = augmentStages(
      translators: { _ throws(Diagnostic) in throw Diagnostic("no translator") },
      encoders: { name throws(Diagnostic) in try StubModels().encoder(name) })
    return try #require(stages.contracted.first { $0.name == "augment.\(name)" })
  }

  /// All children, those that were refused too.
  var children: [Derived] { outcomes.flatMap(\.children) }

  /// The children that go on.
  var kept: [Record] { children.filter { $0.refusal == nil }.map(\.record) }

  /// Why the others do not, in their order.
  var reasons: [Reason] { children.compactMap(\.refusal) }
}

extension [StageDescriptor] {
  /// With the models of tests.
  fileprivate var contracted: [StageDescriptor] { keepingContract(StubModels()) }
}
