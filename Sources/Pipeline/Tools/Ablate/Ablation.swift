import Evaluate
import Records
import Stages
import Train

/// What stages of a pipeline are worth: the pipeline run with and without them, over several seeds.
///
/// Each arm of each seed is a run with a folder of its own, which goes on where it was killed and is
/// reused once it is done. The two arms of a seed share what the stages before the first of those in
/// question make, have the same seed everywhere, and are evaluated on the same records.
public struct Ablation: Sendable {
  /// The stages that one arm does without, by their labels.
  public let stages: [String]
  /// The seeds.
  public private(set) var seeds: [UInt64] = []
  /// The folders of the arms, a pair a seed.
  public private(set) var folders: [(with: String, without: String)] = []
  /// How many test records both arms of a seed are scored on.
  public private(set) var records: [Int] = []
  /// How many records each arm of a seed learns from.
  public private(set) var training: [(with: Int, without: Int)] = []
  /// How many steps each arm of a seed was trained for.
  public private(set) var steps: [(with: Int, without: Int)] = []
  /// The effect on each metric.
  public private(set) var effects: [StageEffect] = []
  /// Metrics that are not compared, and why.
  public private(set) var leftOut: [RunComparison.LeftOut] = []
  /// What people should know.
  public private(set) var notes: [String] = []
  /// The pipeline's name.
  public let name: String
  /// What was asked for.
  public let options: AblationOptions

  /// The file of the results in the folder of an ablation.
  public static let fileName = "ablation.json"

  /// Runs all arms, or what is missing of them, and measures.
  ///
  /// - Parameters:
  ///   - folder: where the arms' run folders and the results go.
  ///   - begin: told of each arm before it runs.
  /// - Throws: `Diagnostics` for a plan, a stage or a metric that this cannot be done with, before
  ///   anything is trained; what runs throw.
  public init(
    plan: PipelinePlan, folder: String, options: AblationOptions, observer: any RunObserver,
    begin: (String) -> Void
  ) throws {
    (name, self.options) = (plan.name, options)
    let ablated = try AblatedStages(options.over, of: plan)
    stages = ablated.labels
    try Self.check(plan, options)
    let folder = FilePaths.join(FilePaths.current, folder)
    var pairs = (0..<options.seeds).map { index in
      SeedOfAblation(
        plan, ablated, seed: plan.seed &+ UInt64(index), folder: folder, threads: options.threads)
    }
    // What is refused is refused before hours of training, not after them.
    for index in pairs.indices {
      begin("seed \(pairs[index].seed): records")
      try pairs[index].prepare(options.over, observer)
    }
    for pair in pairs {
      for arm in [pair.with, pair.without] {
        begin("seed \(pair.seed): \(arm.kind.rawValue) \(stages.joined(separator: ", "))")
        _ = try arm.execute(observer)
      }
    }
    try describe(pairs)
    try measure(pairs)
    try AtomicFile.write(
      JSONValue.object(object).prettyText.utf8, to: "\(folder)/\(Self.fileName)")
  }

  /// - Throws: what says that there would be nothing to measure.
  private static func check(_ plan: PipelinePlan, _ options: AblationOptions) throws {
    guard let training = plan.training else {
      throw Diagnostics([
        Diagnostic(
          "the pipeline trains nothing, so there is no score to compare", path: "train",
          remedy:
            "add 'train:'; 'anneal ledger RUN --against RUN' compares what stages do to records"
        )
      ])
    }
    try check(options.metrics, of: plan, providing: TrainingOptions.provides(training))
  }

  // MARK: - What is told of the arms

  private mutating func describe(_ pairs: [SeedOfAblation]) throws {
    seeds = pairs.map(\.seed)
    folders = pairs.map { ($0.with.folder, $0.without.folder) }
    records = pairs.map(\.records)
    training = pairs.map(\.training)
    steps = try pairs.map { (try Self.steps($0.with.folder), try Self.steps($0.without.folder)) }
    notes = pairs.flatMap(\.notes)
    if steps.contains(where: { $0.with != $0.without }) {
      notes.append(
        "the arms are trained for as many epochs, not as many steps; 'train.max-steps' makes these "
          + "the same")
    }
    if pairs.count == 1 {
      notes.append("of one seed intervals are over test records alone: other seeds may differ more")
    }
    let isOfTokens = !TrainingOptions.provides(pairs[0].with.plan.training).contains(.labels)
    if isOfTokens, try pairs.contains(where: Self.hasOtherTokens) {
      notes.append(
        "each arm trained a tokenizer of its own: losses and perplexity are of other tokens, "
          + "bits-per-byte can be compared")
    }
  }

  private static func steps(_ run: String) throws -> Int {
    try JSONValue.parse(FileReader.contents("\(run)/trainer_state.json"))["global_step"]?.int ?? 0
  }

  private static func hasOtherTokens(_ pair: SeedOfAblation) throws -> Bool {
    let hashes = try [pair.with, pair.without].map { arm in
      let path = "\(arm.folder)/tokenizer/tokenizer.json"
      return Folders.exists(path) ? try ContentHash.ofFile(path) : ""
    }
    return hashes[0] != hashes[1]
  }

  // MARK: - The measurement

  private mutating func measure(_ pairs: [SeedOfAblation]) throws {
    let measured = try pairs.map { pair in
      try MeasuredArms(
        with: pair.with.folder, without: pair.without.folder, seed: pair.seed, options)
    }
    guard let first = measured.first else { return }
    for left in measured.flatMap(\.leftOut)
    where !leftOut.contains(where: { $0.metrics == left.metrics }) { leftOut.append(left) }
    for metric in first.metrics {
      effects.append(effect(metric.name, metric.direction, measured))
    }
    for name in first.others { effects.append(effect(name, direction(name, pairs[0]), measured)) }
    let corrected = options.correction.adjusted(effects.map(\.pValue))
    for index in effects.indices { effects[index].correctedPValue = corrected[index] }
    guard !effects.isEmpty || options.metrics.isEmpty else {
      let reasons = leftOut.map { " (\($0.metrics.joined(separator: ", ")): \($0.reason))" }
      throw Diagnostics([
        Diagnostic(
          "the runs give no score of \(options.metrics.joined(separator: ", "))\(reasons.joined())",
          path: "evaluate", remedy: "name it under 'evaluate' of the pipeline")
      ])
    }
  }

  private func effect(
    _ name: String, _ direction: MetricDirection?, _ measured: [MeasuredArms]
  ) -> StageEffect {
    let drawn = measured.compactMap(\.differences)
    let records =
      drawn.count == measured.count
      ? BootstrapScores.overSeeds(name, drawn, seed: seeds.first ?? 0) : nil
    return StageEffect(
      name: name, direction: direction, with: measured.map { $0.with[name] ?? .nan },
      without: measured.map { $0.without[name] ?? .nan }, records: records, level: options.level)
  }

  private func direction(_ name: String, _ pair: SeedOfAblation) -> MetricDirection? {
    if TextMetrics.expand(name) != nil { return try? TextMetrics.selector(named: name).direction }
    return try? MetricCatalog.standard.selector(
      named: name, providing: TrainingOptions.provides(pair.with.plan.training), classes: nil
    ).direction
  }
}

extension TrainingOptions {
  /// What a training gives to metrics; nothing where there is none.
  fileprivate static func provides(_ values: ParameterValues?) -> Set<MetricNeed> {
    values.map { provides($0) } ?? []
  }
}
