/// What a training is about to cost, for whoever foretells how long it takes.
///
/// The unit is a token of the whole model, forward and backward. What a token costs beside others grows
/// with its text, as every token looks at all others of it.
public struct TrainingEffort: Sendable {
  /// What each step of the whole run costs.
  public let steps: [Float]
  /// The numbers of steps behind which steps begin to cost something else; the first is 0.
  ///
  /// Then more of the model trains, or what a frozen trunk says of every record is known.
  public let phases: [Int]
  /// The steps behind which the validation side is looked at and a checkpoint written.
  public let lookSteps: [Int]
  /// What a look at the validation side costs, as long as nothing is generated.
  public let look: Double
  /// Checkpoints within epochs come every so many steps; nil where there are none.
  public let saveSteps: Int?
}

extension TrainingEffort {
  /// What the optimizer does in a step, whatever its texts: rough, as it hangs on the model, and of little
  /// weight.
  private static let stepOverhead: Float = 128
  /// The length of a text whose attention costs as much as all else.
  private static let attentionLength: Float = 4096
  /// The share of a forward pass, which is without the backward pass of twice its work.
  private static let forward: Float = 1.0 / 3
  /// The share of a forward pass that is left where a trunk's vectors are known.
  private static let aboveTrunk: Float = 0.02
  /// So many examples are put into the order of their epochs; later epochs are taken to be like those.
  private static let mostOrdered = 1_000_000

  init(_ loop: TrainingLoop) {
    let settings = loop.settings
    let phases = Self.phases(of: loop)
    var (steps, lookSteps): ([Float], [Int]) = ([], [])
    var (epoch, ordered) = (0, 0)
    var batches: [Float] = []
    let costs = loop.training.map(Self.cost)
    while steps.count < settings.totalSteps {
      // What lies behind counts by its number alone.
      if batches.isEmpty || (epoch >= loop.state.epoch && ordered < Self.mostOrdered) {
        batches = settings.epochs.order(ofEpoch: epoch).steps.map { batches in
          batches.joined().reduce(Self.stepOverhead) { $0 + costs[$1] }
        }
        ordered += costs.count
      }
      let end = min(settings.epochs.steps.end(ofEpoch: epoch), settings.totalSteps)
      guard !batches.isEmpty, end > steps.count else { break }
      for place in 0..<end - steps.count { steps.append(batches[place % batches.count]) }
      lookSteps.append(end)
      epoch += 1
    }
    self.steps = steps.enumerated().map { number, cost in
      cost * (phases.last { $0.begin <= number }?.share ?? 1)
    }
    self.phases = phases.map(\.begin)
    self.lookSteps = lookSteps
    look = Double(loop.validation.reduce(0) { $0 + Self.cost($1) } * Self.forward)
    saveSteps = settings.saveSteps
  }

  /// Where phases begin, and the share of forward and backward passes that their steps take.
  private static func phases(of loop: TrainingLoop) -> [(begin: Int, share: Float)] {
    if loop.trunk != nil {
      // Nothing of the trunk's vectors is in a checkpoint.
      let known = loop.state.step + loop.settings.epochs.steps.perEpoch
      return [(0, forward), (known, forward * aboveTrunk)]
    }
    guard let groups = loop.unfreezing?.phases, !groups.isEmpty else { return [(0, 1)] }
    // The backward pass ends below the lowest group that trains; a table of words is no product.
    let weights = groups.map { $0.group.name == "embeddings" ? 0 : Float($0.group.count) }
    let all = max(1, weights.reduce(0, +))
    var depth: Float = 0
    return zip(groups, weights).map { phase, weight in
      depth += weight / all
      return (phase.begin, forward + (1 - forward) * depth)
    }
  }

  private static func cost(_ example: Example) -> Float {
    // Targets that stand for tokens of their own, as those of a decoder, cost as much as tokens.
    let length = Float(example.tokens.count + example.targets.count)
    return length * (1 + length / attentionLength)
  }
}
