import Evaluate
import Records
import Stages
import Train

/// Both arms of one seed.
struct SeedOfAblation {
  let seed: UInt64
  var with: AblationArm
  var without: AblationArm
  /// How many records both are tested on.
  private(set) var records = 0
  /// How many records each learns from.
  private(set) var training = (with: 0, without: 0)
  /// What people should know of the sides.
  private(set) var notes: [String] = []

  init(_ plan: PipelinePlan, _ stages: AblatedStages, seed: UInt64, folder: String, threads: Int) {
    self.seed = seed
    var plan = plan
    plan.seed = seed
    with = AblationArm(
      kind: .with, plan: plan, folder: "\(folder)/seed-\(seed)/with", threads: threads)
    var other = stages.leftOut(of: plan)
    other.name += " without \(stages.labels.joined(separator: ", "))"
    without = AblationArm(
      kind: .without, plan: other, folder: "\(folder)/seed-\(seed)/without", threads: threads)
  }

  /// Runs the data stages of both arms, and proves that both are evaluated on the same records.
  ///
  /// A record counts only where both arms have it on the same evaluation side: then each arm's own
  /// split keeps what is like it out of that arm's training side.
  ///
  /// - Throws: `Diagnostics` where no record is left, or where the stage changes what records are
  ///   scored against; `LeakError` for a derived record on an evaluation side.
  mutating func prepare(_ over: String, _ observer: any RunObserver) throws {
    let results = try with.prepare(observer)
    try without.share(results, of: with.plan)
    let own = try EvaluationSides(of: results, threads: with.threads)
    let other = try EvaluationSides(of: without.prepare(observer), threads: with.threads)
    let common = own.common(with: other)
    training = (own.training, other.training)
    records = common.intersection(own.ids(.test)).count
    guard records > 0 else {
      throw Diagnostics([
        Diagnostic(
          "seed \(seed): no record is on the test side of both arms",
          remedy: "give split a share for test, or name a stage that keeps more records")
      ])
    }
    try checkTruth(common, own, other, over)
    let leftOut = own.count + other.count - 2 * common.count
    guard leftOut > 0 else { return }
    notes.append(
      "seed \(seed): \(leftOut) evaluation records that only one arm has are left out of it")
    let step = try CommonRecords.step(common)
    with.plan.steps.append(step)
    without.plan.steps.append(step)
  }

  /// What records are scored against must not hang on the stage.
  private mutating func checkTruth(
    _ common: Set<String>, _ own: EvaluationSides, _ other: EvaluationSides, _ over: String
  ) throws(Diagnostics) {
    func refuse(_ ids: [String], _ what: String) throws(Diagnostics) {
      guard let first = ids.first else { return }
      throw Diagnostics([
        Diagnostic(
          "seed \(seed): '\(over)' changes \(what) \(ids.count) evaluation records, \(first) "
            + "among them, so that the arms would be scored against different truths",
          remedy: "name a stage that leaves evaluation records as they are, such as augment")
      ])
    }
    try refuse(own.relabelled(common, in: other), "the labels of")
    let changed = own.changed(common, in: other)
    guard !changed.isEmpty else { return }
    let provided = with.plan.training.map { TrainingOptions.provides($0) } ?? []
    guard provided.contains(.labels) else {
      return try refuse(changed, "the texts of")
    }
    notes.append(
      "seed \(seed): \(changed.count) of \(common.count) evaluation records read differently in "
        + "the arms: what is measured is the stage in training and in use")
  }
}
