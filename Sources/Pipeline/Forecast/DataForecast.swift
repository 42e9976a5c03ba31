import Augment
import Records
import Stages
import Tokenize

/// What the stages of a plan make of their data, told by a sample.
struct DataForecast {
  /// The folder with `data/` and `tokenizer/` of the sample.
  let folder: String
  /// Records of the training side of the sample.
  let sample: RecordCollection
  /// How many records each side of the run will have, about.
  let sides: [Side: Int]
  /// How many records were looked at, and how many there are.
  let looked, all: Int
  /// What people should know of it.
  let notes: [String]

  /// Records that are enough to tell of the others.
  private static let most = 2000
  /// Bytes of files up to which their records are counted.
  private static let countable = 48 << 20

  /// Runs the stages on a sample; augmenters that ask models and what writes files are left out.
  /// - Parameter replan: The same plan with other values.
  /// - Throws: what stages throw; `Diagnostics` for data that cannot be looked at.
  init(
    _ plan: PipelinePlan, folder: String, threads: Int,
    replan: ([Override]) throws -> PipelinePlan
  ) throws {
    let all = try Self.count(plan, folder: "\(folder)/count", threads: threads)
    let every = max(1, all / Self.most)
    let steps = try replan(Self.overrides(plan, every: every)).steps.filter { $0.isCheap }
    let results = try StageRunner(folder: folder, seed: plan.seed, threads: threads).run(steps)
    let found = try RunPublisher(folder: folder, results: results, threads: threads).publish()
    let looked = Self.read(results, of: steps)
    let growth = Double(all) / Double(max(1, looked))
    let skipped = plan.steps.filter { $0.descriptor.role == .augmenting && !$0.isCheap }
    let children = skipped.reduce(1) { $0 + ($1.values.encoded["copies"]?.int ?? 1) }
    sides = found.reduce(into: [:]) { sides, entry in
      let own = (growth * Double(entry.value)).rounded(.up)
      sides[entry.key] = Int(own) * (entry.key == .train ? children : 1)
    }
    guard let count = found[.train], count > 0 else { throw Self.fault("no record is trained on") }
    sample = RecordCollection(
      path: RunPublisher.data(.train, in: folder), count: count, threads: threads)
    (self.folder, self.looked, self.all) = (folder, looked, all)
    notes =
      skipped.isEmpty
      ? []
      : [
        "\(skipped.map(\.label).joined(separator: ", ")) did not run: each record is counted with "
          + "all the children that it may have"
      ]
  }

  /// How many records the sources read.
  private static func count(_ plan: PipelinePlan, folder: String, threads: Int) throws -> Int {
    let sources = plan.steps.filter { $0.stage is any SourceStage }
    var bytes = 0
    for step in sources {
      for path in try step.stage.dependencies() {
        guard path != "-" else { throw fault("standard input is read once, by the run") }
        guard let size = Folders.size(path) else { throw fault("the data is not here yet") }
        bytes += size
      }
    }
    guard bytes <= countable else {
      throw fault("the data has \(bytes >> 20) MB; 'ingest.limit' makes it small enough to look at")
    }
    defer { try? Folders.remove(folder) }
    let results = try StageRunner(folder: folder, seed: plan.seed, threads: threads).run(sources)
    return read(results, of: sources)
  }

  /// The records behind the last source.
  private static func read(_ results: [StageResult], of steps: [StageStep]) -> Int {
    let last = steps.lastIndex { $0.stage is any SourceStage }
    return last.map { results[$0].counts.kept } ?? 0
  }

  /// What makes the sources read one record of so many, where that is more than the file asks for.
  private static func overrides(_ plan: PipelinePlan, every: Int) -> [Override] {
    guard every > 1 else { return [] }
    let sources = plan.steps.filter { $0.stage is any SourceStage }
    let ingest = sources.first?.values.encoded
    let own = ingest?["every"]?.int ?? 1
    var overrides = [Override(key: "ingest.every", text: "\(own * every)")]
    // An override holds for every source; of several each keeps its own limit.
    if sources.count == 1, let limit = ingest?["limit"]?.int {
      overrides.append(Override(key: "ingest.limit", text: "\(max(1, limit / every))"))
    }
    return overrides + withoutLists(plan)
  }

  /// What takes lists of ids from the split: of few records a list may well name none.
  private static func withoutLists(_ plan: PipelinePlan) -> [Override] {
    var overrides: [Override] = []
    for step in plan.steps where step.descriptor.role == .splitting {
      let values = step.values.encoded
      let lists = step.descriptor.parameters.map(\.name)
        .filter { $0.hasSuffix("-ids") && values[$0]?.isNull == false }
      guard !lists.isEmpty else { continue }
      for name in lists + ["id-field"] {
        overrides.append(Override(key: "\(step.label).\(name)", text: "none"))
      }
    }
    return overrides
  }

  private static func fault(_ problem: String) -> Diagnostics {
    Diagnostics([Diagnostic(problem)])
  }

  /// The tokens of a vocabulary that will be learned from all records, where the sample has fewer.
  func vocabulary(of plan: PipelinePlan) -> Int? {
    guard looked < all else { return nil }
    for case let stage as TokenizeStage in plan.steps.map(\.stage) {
      if case .learned(let component) = stage.tokenizer {
        return component.values.encoded["vocabulary"]?.int
      }
    }
    return nil
  }
}

extension StageStep {
  /// Whether the stage costs no more than reading, asks no model for new records and writes nothing
  /// outside of the run.
  fileprivate var isCheap: Bool {
    switch descriptor.role {
    case .writing: false
    case .augmenting: (stage as? any ModelAsking)?.asksModels == false
    case .source, .cleaning, .splitting, .fitting: true
    }
  }
}
