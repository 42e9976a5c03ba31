import Stages

/// The parts of a run and what each takes, from what one step, one record and one answer take.
struct RunParts {
  let parts: [TrainingForecast.Part]

  /// Bytes a second that tensors are written at, synced to a disk: with what is measured in
  /// BENCHMARKS.md half of them are waited for and half computed.
  private static let written = 5e8

  /// - Parameter answers: Records of the validation side that are answered where training watches that.
  init(
    _ options: TrainingOptions, _ scale: TrainingForecast.Scale, _ trial: TrainingForecast.Trial,
    _ costs: TrialCosts, answers: Int
  ) {
    let steps = trial.steps
    let epochs = (Double(steps.total) / Double(max(1, steps.perEpoch))).rounded(.up)
    let (training, validation) = (Double(scale.training), Double(scale.validation))
    let looks = trial.hasConstantTrunk ? min(1, epochs) : epochs
    // A trunk that no step changes runs over every record once, as scoring does.
    let firstLook = trial.hasConstantTrunk && steps.total > 0 ? training : 0
    let last = validation + Double(scale.test)
    let answered = Double(scale.test > 0 ? scale.test : scale.validation)
    let watched = options.watchedTexts.isEmpty ? 0 : epochs * min(validation, Double(answers))
    let savings =
      options.values[TrainingOptions.Keys.saveSteps].map { Double(steps.total / $0) } ?? 0
    let bytes = (epochs + savings) * costs.checkpoint + costs.published
    let saving = TrialCosts.Seconds(wall: bytes / Self.written, processor: bytes / Self.written / 2)
    parts = [
      .init("steps", Double(steps.total) * costs.step + firstLook * costs.scoring),
      .init("scoring", (looks * validation + last) * costs.scoring),
      .init("writing answers", (answered + watched) * costs.writing),
      .init("saving", saving),
    ].filter { $0.seconds > 0 }
  }
}
