import Evaluate
import Records
import Stages

/// What models say of children, and how many of each record's are left: known before any goes on.
struct ContractReview: Sendable {
  /// What models say of one child.
  struct Verdict: Sendable {
    /// The least cosine of its changed sentences to the parent's, to four digits; nil where none was asked for.
    var cosine: Float?
    /// The place of its label among the model's; nil where none was asked for.
    var label: Int32?
    var probability: Float = 0
  }

  /// The first of each record's verdicts, -1 for a record without children.
  private var starts: [Int32]
  private var verdicts: [Verdict] = []
  /// How many children of each record keep the contract; 255 stands for more.
  private(set) var kept: [UInt8]

  init(records: Int) {
    starts = Array(repeating: -1, count: records)
    kept = Array(repeating: 0, count: records)
  }

  /// The children of one record that no rule without a model has refused, or has.
  struct Candidates: Sendable {
    let index: Int
    let parent: Record
    let children: [Derived]
  }

  /// Asks the models about the children of some records.
  mutating func add(_ batch: [Candidates], _ contract: ChildContract) throws {
    let open = batch.flatMap { candidates in
      candidates.children.filter { $0.refusal == nil }.map { (candidates.parent, $0.record) }
    }
    var own = [Verdict](repeating: Verdict(), count: open.count)
    if let meaning = contract.meaning { try Self.measure(open, meaning, &own) }
    if let labels = contract.labels { try Self.classify(open, labels, &own) }
    var rest = own[...]
    for candidates in batch {
      starts[candidates.index] = Int32(verdicts.count)
      var count = 0
      for child in candidates.children {
        let verdict = child.refusal == nil ? rest.removeFirst() : Verdict()
        verdicts.append(verdict)
        // A fault of the record comes up again where the pipeline says what becomes of it.
        let judged = try? contract.judged(child, of: candidates.parent, verdict)
        count += judged.map { $0.refusal == nil } == true ? 1 : 0
      }
      kept[candidates.index] = UInt8(clamping: count)
    }
  }

  private static func measure(
    _ open: [(parent: Record, child: Record)], _ meaning: ChildContract.Meaning,
    _ verdicts: inout [Verdict]
  ) throws {
    var texts = DistinctTexts()
    var pairs: [(owner: Int, old: Int, new: Int)] = []
    for (place, (parent, child)) in open.enumerated() {
      for pair in ChangedTexts(from: parent, to: child).pairs {
        let sentences = pair.sentences
        pairs.append((place, texts.place(of: sentences.old), texts.place(of: sentences.new)))
      }
    }
    let vectors = try texts.map(meaning.model.vectors)
    for (owner, old, new) in pairs {
      let cosine = EmbeddingSimilarity.cosine(vectors[old], vectors[new])
      // Four digits are more than the order of additions changes.
      let rounded = Float((cosine * 10_000).rounded() / 10_000)
      verdicts[owner].cosine = min(verdicts[owner].cosine ?? rounded, rounded)
    }
  }

  private static func classify(
    _ open: [(parent: Record, child: Record)], _ model: any LabelModel,
    _ verdicts: inout [Verdict]
  ) throws {
    // What is no text to classify, as a preference, ends alone where its child is judged.
    let readable = open.indices.filter { place in
      do throws(StageError) {
        try model.check(open[place].child)
        return true
      } catch { return false }
    }
    let found = try model.verdicts(on: readable.map { open[$0].child })
    let places = Dictionary(
      zip(model.labels, model.labels.indices), uniquingKeysWith: { first, _ in first })
    for (place, verdict) in zip(readable, found) {
      verdicts[place].label = places[verdict.label].map { Int32($0) }
      verdicts[place].probability = Float((verdict.probability * 10_000).rounded() / 10_000)
    }
  }

  /// The children of a record with what models say against them.
  func judged(
    _ children: [Derived], of parent: Record, at index: Int, _ contract: ChildContract
  ) throws(StageError) -> [Derived] {
    guard starts[index] >= 0 else { return children }
    var result: [Derived] = []
    for (number, child) in children.enumerated() {
      result.append(
        try contract.judged(child, of: parent, verdicts[Int(starts[index]) + number]))
    }
    return result
  }
}
