import Stages

/// What each epoch trains on, and in which order: a function of (seed, epoch) and what it is made of.
struct EpochPlan {
  let batchSize: Int
  let mixture: Mixture?
  /// How many steps epochs and the whole run take.
  let steps: EpochSteps
  private let training: [Example]
  private let accumulation: Int
  /// The most tokens of a row of packed records; nil where records are not packed.
  private let capacity: Int?
  /// All records packed, where each epoch takes them all.
  private let packing: Packing?
  private let seed: UInt64

  init(_ options: TrainingOptions, _ preparation: Preparation, seed: UInt64) {
    let values = options.values
    let isPacked = values[TrainingOptions.Keys.packing]
    training = preparation.training
    batchSize = values[TrainingOptions.Keys.batchSize]
    accumulation = values[TrainingOptions.Keys.accumulation]
    mixture = preparation.mixture
    capacity = isPacked ? preparation.maximumLength : nil
    self.seed = seed
    let all = isPacked && mixture == nil
    packing =
      all
      ? Packing(lengths: training.map(\.tokens.count), capacity: preparation.maximumLength) : nil
    let size = batchSize * accumulation
    let epochs = values[TrainingOptions.Keys.epochs]
    let most = values[TrainingOptions.Keys.maxSteps]
    // Other records fill other numbers of rows.
    if let mixture, isPacked {
      let (training, capacity) = (training, preparation.maximumLength)
      steps = EpochSteps(epochs: epochs, atMost: most) { epoch in
        let lengths = mixture.places(ofEpoch: epoch).map { training[$0].tokens.count }
        return (Packing(lengths: lengths, capacity: capacity).rows.count + size - 1) / size
      }
    } else {
      let rows = packing?.rows.count ?? mixture?.recordsPerEpoch ?? training.count
      steps = EpochSteps(epochs: epochs, atMost: most, each: (rows + size - 1) / size)
    }
  }

  /// How many records an epoch takes.
  var records: Int { mixture?.recordsPerEpoch ?? training.count }

  /// How many rows all records are packed into; nil where they are not packed, or mixed.
  var packedRows: Int? { packing?.rows.count }

  /// The batches of an epoch.
  func order(ofEpoch epoch: Int) -> BatchOrder {
    guard let mixture else { return order(of: training.map(\.tokens.count), packing, epoch) }
    let places = mixture.places(ofEpoch: epoch)
    let lengths = places.map { training[$0].tokens.count }
    let packing = capacity.map { Packing(lengths: lengths, capacity: $0) }
    return order(of: lengths, packing, epoch).standing(for: places)
  }

  private func order(of lengths: [Int], _ packing: Packing?, _ epoch: Int) -> BatchOrder {
    guard let packing else {
      return BatchOrder(
        lengths: lengths, batchSize: batchSize, accumulation: accumulation, seed: seed,
        epoch: epoch)
    }
    return BatchOrder(
      packing, batchSize: batchSize, accumulation: accumulation, seed: seed, epoch: epoch)
  }
}
