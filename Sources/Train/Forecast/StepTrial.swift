import Models
import Records
import Stages
import Tensors

/// A training on a sample, of which a few steps are taken and measured; nothing of it is saved.
///
/// The steps are the run's own: same loss, method, optimizer and precision, on batches of true records.
/// So whatever a method keeps or spares, and however fast this machine is, is in what is measured.
struct StepTrial {
  private let session: TrainingSession
  private let sample: RecordCollection
  private let options: TrainingOptions
  private let mix: StepMix
  /// Tokens that a measured step may have, so that measuring takes seconds.
  let mostTokens: Int
  /// What each example of the sample costs, in tokens.
  private let tokens: [Int]
  /// Classes of each token that is learned, 0 where texts have classes; and the share of tokens learned.
  private let vocabulary: Int
  private let learnedShare: Double
  /// Bytes of tensors before there was a model.
  private let before: Int
  /// Records of the largest side that is scored.
  private let scored: Int
  /// Whether the model stands for one with more layers.
  private let isShort: Bool

  /// How long steps are measured at most, but for the first of each batch.
  private static let patience = 4.0

  /// Prepares the training.
  /// - Parameter most: Tokens that a measured step may have, where another trial has chosen them.
  /// - Throws: what preparing a training throws.
  init(
    _ options: TrainingOptions, sample: RecordCollection, _ scale: TrainingForecast.Scale,
    _ context: TrainingContext, most: Int?
  ) throws {
    before = Engine.memory.live
    scored = max(scale.validation, scale.test)
    isShort = context.trial.layers != nil
    self.options = options
    self.sample = sample
    session = try TrainingSession(
      options: options, train: sample, validation: sample, context)
    let preparation = session.preparation
    let readsTargets = preparation.objective is SequenceToSequenceObjective
    func tokens(_ example: Example) -> Int {
      example.tokens.count + (readsTargets ? example.targets.count : 0)
    }
    mix = StepMix(
      options, sample: preparation.training, session.epochs, records: scale.training,
      seed: context.seed, tokens: tokens)
    let weights = preparation.model.parameters.reduce(0) { $0 + $1.tensor.count }
    mostTokens = most ?? max(96, Int(scale.operations / (6 * Double(weights))))
    self.tokens = preparation.training.map(tokens)
    let head = preparation.model as? any VocabularyHead
    vocabulary = preparation.objective.classCount == nil ? head?.outputWeight.rows ?? 0 : 0
    learnedShare = Double(preparation.training.counted) / Double(max(1, self.tokens.reduce(0, +)))
  }

  /// Bytes that an example of the run takes in memory, about: its numbers, and what holds them.
  var bytesPerRecord: Double {
    let examples = session.preparation.training
    let numbers = examples.reduce(0) { $0 + $1.tokens.count + $1.targets.count }
    return 200 + 4 * Double(numbers) / Double(examples.count)
  }

  /// Steps of the run.
  var steps: EpochSteps { mix.steps }
  /// Whether what no step changes is computed once a record.
  var hasConstantTrunk: Bool { session.hasConstantTrunk }
  /// Values that the model has, and that are trained.
  var counts: (parameters: Int, trained: Int) {
    func count(_ parameters: [NamedParameter]) -> Int {
      parameters.reduce(0) { $0 + $1.tensor.count }
    }
    return (count(session.preparation.model.parameters), count(session.preparation.trainable))
  }

  /// Takes the steps.
  /// - Parameter settled: Called when weights have been read and changed once, and all memory is made.
  func run(settled: () -> Void) throws -> TrialCosts {
    try Engine.$precision.withValue(session.preparation.precision.used) {
      var costs = TrialCosts()
      var loop = try session.trialLoop()
      // Parts of a batch keep no more for the way back than a large one; one only somewhat larger than its parts
      // keeps up to 2 MB for each attention beyond what is foretold.
      try Engine.$makesAllAgain.withValue(isCut(probes())) {
        try measureSteps(&loop, &costs, settled)
      }
      measureScoring(&costs)
      let writer = try session.trialWriter()
      if let writer { try measureWriting(writer, &costs) }
      countBytes(loop, writes: writer != nil, &costs)
      return costs
    }
  }

  // MARK: - Steps

  /// A batch that is measured, and what it took.
  private struct Probe {
    let batches: [[Int]]
    let tokens: Int
    var peak = 0.0
    /// Bytes when its way back began, and the most of a step on the batch twice, where that was taken.
    var kept = 0.0
    var peakOfTwo: Double?
    var seconds: TrialCosts.Seconds?

    var tokensOfBatch: Double { Double(tokens / batches.count) }
  }

  private func measureSteps(
    _ loop: inout TrainingLoop, _ costs: inout TrialCosts, _ settled: () -> Void
  ) throws {
    var probes = probes()
    let start = ContinuousClock.now
    // The first round makes memory and what the optimizer remembers; its time tells nothing.
    for round in 0..<12 {
      for index in probes.indices {
        try Interruption.check()
        if round > 1, (ContinuousClock.now - start) / .seconds(1) > Self.patience { break }
        Engine.forgetPeak()
        let seconds = try TrialClock.measure { _ = try loop.step(probes[index].batches) }
        probes[index].peak = max(probes[index].peak, Double(Engine.memory.peak - before))
        probes[index].kept = max(probes[index].kept, Double(Engine.keptBytes - before))
        guard round > 0 else { continue }
        let least = probes[index].seconds ?? seconds
        probes[index].seconds = TrialCosts.Seconds(
          wall: min(least.wall, seconds.wall), processor: min(least.processor, seconds.processor))
      }
      if round == 0 { settled() }
    }
    costs.held = Double(Engine.memory.live - before)
    if isShort || isCut(probes) {
      try measureTwice(&probes, &loop)
      tellWayBack(probes, &costs)
    }
    costs.tried = probes.map { max($0.peak, $0.peakOfTwo ?? 0) }.max() ?? 0
    costs.stepBytes = peak(probes, above: costs.held)
    costs.step.wall = mean(probes, \.wall)
    costs.step.processor = mean(probes, \.processor)
  }

  /// The largest batch first, twice where gradients of one lie beside the next; then usual ones.
  private func probes() -> [Probe] {
    let batches = mix.batches
    let accumulates = options.values[TrainingOptions.Keys.accumulation] > 1
    let usual = [0.25, 0.75].map { batches[Int($0 * Double(batches.count - 1))] }
    let largest = batches[batches.count - 1]
    var chosen = [cut(largest, to: mostTokens)] + usual.map { cut($0, to: mostTokens) }
    if largest.tokens > mostTokens { chosen.append(cut(largest, to: mostTokens / 2)) }
    return chosen.map { places in
      let tokens = places.reduce(0) { $0 + self.tokens[$1] }
      return Probe(
        batches: accumulates ? [places, places] : [places],
        tokens: accumulates ? 2 * tokens : tokens)
    }
  }

  /// The first examples of a batch, as many as have so many tokens, and one at least.
  private func cut(_ batch: StepMix.Batch, to most: Int) -> [Int] {
    var (kept, sum) = ([Int](), 0)
    for place in batch.places {
      sum += tokens[place]
      if sum > most, !kept.isEmpty { break }
      kept.append(place)
    }
    return kept
  }

  /// The tokens of the largest batch.
  private var largest: Double { Double(mix.batches[mix.batches.count - 1].tokens) }

  /// Whether the largest batch was too large to be tried.
  private func isCut(_ probes: [Probe]) -> Bool { probes[0].tokensOfBatch < largest }

  /// What the largest batch adds to what is held; where it was too large to be tried, by the line
  /// through smaller ones.
  private func peak(_ probes: [Probe], above held: Double) -> Double {
    let tried = probes.map { (x: $0.tokensOfBatch, y: $0.peak - held) }
    let most = tried.map(\.y).max() ?? 0
    guard isCut(probes) else { return most }
    return max(most, extended(tried, to: largest, inTraining: true))
  }

  /// Takes a step more on every batch, with the batch twice.
  ///
  /// A step holds most either when the way back begins, with all that it kept and no gradient yet, or when
  /// it ends, with all gradients and nothing else. Of a small batch that is the end, which hides what a large
  /// one keeps. In the second half of such a step the gradients of the first lie there all the time, so that
  /// what it keeps is on top of them, however little it is.
  private func measureTwice(_ probes: inout [Probe], _ loop: inout TrainingLoop) throws {
    for index in probes.indices {
      try Interruption.check()
      Engine.forgetPeak()
      let places = probes[index].batches[0]
      _ = try loop.step([places, places])
      probes[index].peakOfTwo = Double(Engine.memory.peak - before)
    }
  }

  /// What the largest batch keeps for the way back, and what comes on top of it there.
  private func tellWayBack(_ probes: [Probe], _ costs: inout TrialCosts) {
    let gradients = 4 * Double(counts.trained)
    let accumulates = probes[0].batches.count > 1
    let below = costs.held + (accumulates ? gradients : 0)
    func line(_ bytes: (Probe) -> Double) -> Double {
      extended(probes.map { ($0.tokensOfBatch, bytes($0)) }, to: largest, inTraining: true)
    }
    costs.gradients = accumulates ? gradients : 0
    costs.kept = line { $0.kept - below }
    let most = line { ($0.peakOfTwo ?? 0) - costs.held - gradients }
    costs.wayBack = max(0, most - costs.kept)
  }

  /// Bytes at a number of tokens, by a line through those at others: all but the logits grow on.
  private func extended(
    _ points: [(x: Double, y: Double)], to tokens: Double, inTraining: Bool
  ) -> Double {
    func logits(_ tokens: Double) -> Double {
      Engine.logitBytes(
        rows: tokens * learnedShare, classes: vocabulary, inTraining: inTraining)
    }
    return StraightLine(points.map { ($0.x, $0.y - logits($0.x)) }).value(at: tokens)
      + logits(tokens)
  }

  /// What a step of the mean number of tokens takes.
  private func mean(_ probes: [Probe], _ field: KeyPath<TrialCosts.Seconds, Double>) -> Double {
    let points = probes.compactMap { probe in
      probe.seconds.map { (x: Double(probe.tokens), y: $0[keyPath: field]) }
    }
    return StraightLine(points).value(at: mix.tokensPerStep)
  }

  // MARK: - Scoring and writing

  /// Scores the longest examples, as many as make a batch or are quick to score, for their memory;
  /// then as many of all lengths for the time.
  private func measureScoring(_ costs: inout TrialCosts) {
    let (objective, examples) = (session.preparation.objective, session.preparation.training)
    let order = tokens.indices.sorted { tokens[$0] < tokens[$1] }
    let longest = max(1, tokens[order[order.count - 1]])
    let batch = min(max(options.values[TrainingOptions.Keys.batchSize], 32), scored)
    let most = max(1, min(batch, 4 * mostTokens / longest, order.count))
    let above = Set([most, (most + 1) / 2]).map { count -> (x: Double, y: Double) in
      let places = order.suffix(count)
      Engine.forgetPeak()
      _ = objective.predictions(places.map { examples[$0] })
      let peak = Double(Engine.memory.peak - before)
      costs.tried = max(costs.tried, peak)
      return (Double(places.reduce(0) { $0 + tokens[$1] }), peak - costs.held)
    }
    let largest = largestScored(order, batch)
    costs.scoringBytes = extended(above, to: largest, inTraining: false)
    let even = (0..<most).map { examples[order[$0 * order.count / most]] }
    let seconds = TrialClock.measure { _ = objective.predictions(even) }
    costs.scoring = (1 / Double(most)) * seconds
  }

  /// The tokens of the largest batch that is scored: as sides are scored by length, the longest records
  /// of as many as a side has.
  /// - Parameter order: The places of the sample, by length.
  private func largestScored(_ order: [Int], _ batch: Int) -> Double {
    let share = Double(batch) / Double(max(1, scored))
    let longest = order.suffix(max(1, Int(share * Double(order.count))))
    let mean = Double(longest.reduce(0) { $0 + tokens[$1] }) / Double(longest.count)
    return Double(batch) * mean
  }

  /// Lets the model write a batch of answers as long as the true ones.
  private func measureWriting(_ writer: AnswerWriter, _ costs: inout TrialCosts) throws {
    let lengths = session.preparation.training.map(\.counted).sorted()
    let longest = lengths[min(lengths.count - 1, lengths.count * 19 / 20)]
    let asked = try session.questions(of: sample, writer, most: 16)
    guard !asked.isEmpty, longest > 0 else { return }
    let limited = writer.writing(atMost: longest)
    let seconds = try TrialClock.measure { _ = try limited.answers(asked, inTraining: true) }
    costs.writing = (1 / Double(asked.count)) * seconds
  }

  // MARK: - Bytes

  private func countBytes(_ loop: TrainingLoop, writes: Bool, _ costs: inout TrialCosts) {
    let preparation = session.preparation
    let adapted = preparation.method.adapter?.parameters ?? []
    let own = (preparation.model.parameters + adapted).map(\.tensor)
    costs.weights = Double(own.reduce(0) { $0 + $1.bytesHeld })
    costs.optimizer = Double(loop.optimizer.saved.reduce(0) { $0 + $1.tensor.bytesHeld })
    let trained = 4 * Double(counts.trained)
    let whole = 4 * Double(counts.parameters)
    let averages = options.values[TrainingOptions.Keys.averaging] == nil ? 0 : trained
    costs.checkpoint =
      (preparation.method.keepsOnlyTrained ? trained : whole) + costs.optimizer + averages
    costs.published = preparation.method.adapter == nil ? whole : trained
    // Frozen weights of a checkpoint are let go of before they are read again to score; what was
    // trained, or began in memory, keeps its memory beside the file it was saved to.
    let left = preparation.model.parameters.filter {
      $0.tensor.requiresGradient || preparation.isScratch
    }
    costs.files = 4 * Double(left.reduce(0) { $0 + $1.tensor.count })
    guard writes else { return }
    // To write, weights are laid out once more as products take them fastest.
    let maps = preparation.model.linears.map(\.weight).filter { $0.fourBitValues == nil }
    let head = preparation.model as? any VocabularyHead
    let products = maps.reduce(head?.outputWeight.count ?? 0) { $0 + $1.count }
    costs.files += 4 * Double(products)
  }
}
