import Stages

/// The batches that the steps of a run are made of, told by a sample of its examples.
struct StepMix {
  /// A micro-batch by the places of its examples in the sample, and how many tokens pass through the model.
  struct Batch {
    var places: [Int]
    let tokens: Int
  }

  /// The micro-batches of an epoch, those of few tokens first; never empty.
  let batches: [Batch]
  /// The tokens of a mean step.
  let tokensPerStep: Double
  /// Steps of an epoch, and of the whole run.
  let steps: EpochSteps

  /// Enough records to see how large a batch of the longest ones may be.
  private static let mostRecords = 20_000

  /// - Parameters:
  ///   - records: How many records the training side will have.
  ///   - tokens: What an example costs, in tokens.
  init(
    _ options: TrainingOptions, sample: [Example], _ plan: EpochPlan, records: Int, seed: UInt64,
    tokens: (Example) -> Int
  ) {
    let values = options.values
    let (size, accumulation) = (
      values[TrainingOptions.Keys.batchSize], values[TrainingOptions.Keys.accumulation]
    )
    let growth = Double(records) / Double(sample.count)
    let isPlain = !values[TrainingOptions.Keys.packing] && plan.mixture == nil
    let order: BatchOrder
    let perEpoch: Double
    if isPlain {
      let many = min(records, max(Self.mostRecords, size * accumulation))
      let lengths = (0..<max(1, many)).map { sample[$0 % sample.count].tokens.count }
      order = BatchOrder(
        lengths: lengths, batchSize: size, accumulation: accumulation, seed: seed, epoch: 0)
      perEpoch = Double(records) / Double(size * accumulation)
    } else {
      order = plan.order(ofEpoch: 0)
      perEpoch = growth * Double(order.steps.count)
    }
    steps = EpochSteps(
      epochs: values[TrainingOptions.Keys.epochs], atMost: values[TrainingOptions.Keys.maxSteps],
      each: max(1, Int(perEpoch.rounded(.up))))
    let costs = sample.map(tokens)
    batches = order.steps.joined().map { batch in
      let places = batch.map { $0 % sample.count }
      return Batch(places: places, tokens: places.reduce(0) { $0 + costs[$1] })
    }.sorted { $0.tokens < $1.tokens }
    tokensPerStep =
      Double(batches.reduce(0) { $0 + $1.tokens }) / Double(max(1, order.steps.count))
  }
}
