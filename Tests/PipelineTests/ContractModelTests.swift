import Augment
import Pipeline
import Records
import Stages
import TestSupport
import Testing

/// The models that augmenters' children are read with, as a plan finds and asks them.
@Suite struct `Models of the contract of children` {
  private static let fixtures = "\(Shared.project)/Tests/Fixtures"
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Makes one child of a record, which says what the metadata has.
  private struct Told: RecordStage {
    func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
      var child = record.child("told.1", content: .text(record.metadata["child"]?.string ?? ""))
      child.augmentedBy = context.stage
      return .derive(record, children: [Derived(child, note: [:])])
    }
  }

  private func plan(_ parameters: String) throws -> PipelinePlan {
    let told = StageDescriptor("augment.told", "Told.", role: .augmenting, example: "augment.told")
    {
      _ in Told()
    }
    let text = """
      stages:
        - ingest: {path: a.jsonl}
        - augment.told: {\(parameters)}
      """
    return try Planner.plan(
      PipelineFile(text: text, path: "p.yaml", base: Self.fixtures),
      catalog: StageCatalog(
        StageCatalog.standard.descriptors, [told].keepingContract(StandardContractModels())))
  }

  private func reasons(
    _ stage: any CollectionStage, _ records: [Record], threads: Int = 2
  ) throws -> [Reason?] {
    let context = StageContext(seed: 1, stage: "augment.told", threads: threads)
    return try stage.outcomes(of: records, context).flatMap(\.children).map(\.refusal)
  }

  private func stage(_ parameters: String) throws -> any CollectionStage {
    try #require(try plan(parameters).steps.last?.stage as? any CollectionStage)
  }

  /// The cosines of the vectors that sentence-transformers gives, by `Scripts/evaluate_sentence_reference.py`.
  private func cosine(_ left: Int, _ right: Int, _ reference: JSONValue, of model: String) -> Double
  {
    let vectors = (reference[model]?.array ?? []).map { ($0.array ?? []).compactMap(\.double) }
    func product(_ left: [Double], _ right: [Double]) -> Double {
      zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let (a, b) = (vectors[left], vectors[right])
    return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
  }

  @Test(arguments: ["bert", "roberta"])
  func `cosines are those of sentence-transformers, whatever is read beside`(model: String) throws {
    let reference = try JSONValue.parse(
      FileReader.contents("\(Self.fixtures)/Pipeline/sentences/vectors.json"))
    let texts = (reference["texts"]?.array ?? []).compactMap(\.string)
    // No pair has a cosine this near to 1, so each is refused and says what it has.
    let stage = try stage(
      "similarity: {model: Pipeline/sentences/\(model), min: 0.99999, max: 1}")
    let pairs = [0, 1, 5].flatMap { a in [0, 1, 5].filter { $0 != a }.map { (a, $0) } }
    var records: [Record] = []
    for copy in 0..<40 {
      for (a, b) in pairs {
        var record = Record.text(texts[a], id: "r:\(copy)-\(a)-\(b)")
        record.metadata["child"] = .string(texts[b])
        records.append(record)
      }
    }
    let found = try reasons(stage, records)
    #expect(found.count == records.count)
    for (place, reason) in found.enumerated() {
      let (a, b) = pairs[place % pairs.count]
      let own = try #require(reason?.detail["cosine"]?.double)
      #expect(abs(own - cosine(a, b, reference, of: model)) < 1.01e-4, "\(a), \(b)")
      #expect(reason?.code == "similarity")
    }
    #expect(try reasons(stage, Array(records.prefix(7)), threads: 1) == Array(found.prefix(7)))
  }

  @Test func `the files of a model are part of what a stage depends on`() throws {
    let files = try stage("similarity: Pipeline/sentences/bert").dependencies()
    for name in ["model.safetensors", "config.json", "tokenizer.json", "1_Pooling/config.json"] {
      #expect(files.contains("\(Self.fixtures)/Pipeline/sentences/bert/\(name)"), "\(files)")
    }
    #expect(Set(files).count == files.count)
    let object = try plan("similarity: Pipeline/sentences/bert").object
    let values = object["stages"]?.array?.last?["augment.told"]
    #expect(
      values?["similarity"] == [
        "model": .string("\(Self.fixtures)/Pipeline/sentences/bert"), "min": 0.7, "max": 0.999,
      ])
  }

  @Test(arguments: [
    ("similarity: no/such-encoder", "augment.told.similarity", "'no/such-encoder': "),
    ("similarity: {min: 0.5}", "augment.told.similarity", "'model' (path|name) is missing"),
    (
      "similarity: {model: Pipeline/sentences/bert, min: 0.9, max: 0.5}", "", "min is not below max"
    ),
    ("similarity: {model: Pipeline/sentences/bert, mim: 0.9}", "", "unknown key 'mim'"),
    ("label-model: no/such-run", "augment.told.label-model", "'no/such-run': "),
    ("label-model: Models/tiny-gpt2", "augment.told.label-model", "'Models/tiny-gpt2': "),
  ])
  func `a model that is missing, or is none of the kind, is told before anything runs`(
    parameters: String, path: String, message: String
  ) throws {
    let faults = #expect(throws: Diagnostics.self) { try plan(parameters) }
    let fault = try #require(faults?.list.first)
    #expect(fault.message.hasPrefix(message), "\(fault)")
    #expect(fault.path.hasPrefix(path) && fault.place?.line == 3, "\(fault)")
  }
}
