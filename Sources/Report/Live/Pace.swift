/// How long a training will go on, foretold from the steps and pauses it has had.
///
/// A step's length depends on its texts and on what else the machine does, so all steps of this run
/// count alike, but for the first few, in which memory is taken: of recorded trainings their mean
/// foretold better than their median or the mean of late ones. Checkpoints within an epoch are part
/// of that mean. Looks at the validation side are counted apart, since the first of them comes long
/// after people want to know; until then they are taken for what reading the validation side costs,
/// a third of learning from as many records.
package struct Pace: Sendable {
  /// Optimizer steps in all, and those that an earlier run has done.
  private let totalSteps: Int
  private let doneSteps: Int
  /// Records of the validation side as a share of the training side.
  private let validationShare: Double

  private static let warmUp = 3

  /// The steps of this run with the checkpoints between them: how many, and their seconds.
  private var steps = Total()
  /// The seconds of each of the first steps.
  private var firstSteps: [Double] = []
  /// The ends of epochs: looks at the validation side, and the checkpoints behind them.
  private var looks = Total()
  private var last: Double?
  private var lookStart: Double?
  private var step: Int
  private var stepsPerEpoch: Int?

  private struct Total {
    var count = 0
    var seconds = 0.0

    mutating func add(_ more: Double) {
      count += 1
      seconds += more
    }
  }

  /// A training of so many steps.
  package init(totalSteps: Int, doneSteps: Int, trainingRecords: Int, validationRecords: Int) {
    self.totalSteps = totalSteps
    self.doneSteps = doneSteps
    validationShare = Double(validationRecords) / Double(max(1, trainingRecords))
    step = doneSteps
  }

  /// Training begins, at a moment in seconds of any clock.
  package mutating func start(at moment: Double) { last = moment }

  /// A step has ended.
  ///
  /// - Parameter epoch: passes over the training side so far.
  package mutating func step(_ number: Int, epoch: Double, at moment: Double) {
    endLook()
    if let last {
      let seconds = max(0, moment - last)
      steps.add(seconds)
      if firstSteps.count < Self.warmUp { firstSteps.append(seconds) }
    }
    step = number
    last = moment
    if epoch > 0 { stepsPerEpoch = Int((Double(number) / epoch).rounded()) }
  }

  /// A look at the validation side, or a checkpoint, has ended.
  package mutating func pause(at moment: Double, isLook: Bool) {
    if isLook, lookStart == nil { lookStart = last }
    if lookStart == nil, let last { steps.seconds += max(0, moment - last) }
    last = moment
  }

  private mutating func endLook() {
    guard let start = lookStart, let last else { return }
    looks.add(last - start)
    lookStart = nil
  }

  /// Seconds a step takes; nil before the fifth.
  package var secondsPerStep: Double? {
    guard steps.count >= 5 else { return nil }
    let left = min(Self.warmUp, steps.count - 5)
    return (steps.seconds - firstSteps.prefix(left).reduce(0, +)) / Double(steps.count - left)
  }

  /// Seconds until the last step and its look are done; nil while too little is known.
  package func remaining(at moment: Double) -> Double? {
    guard let perStep = secondsPerStep, let last else { return nil }
    let stepsLeft = Double(totalSteps - step)
    let since = min(max(0, moment - last), perStep)
    return max(0, stepsLeft * perStep + looksLeft * look(perStep) - since)
  }

  /// Ends of epochs that are still to come; an epoch cut short by the last step has one too.
  private var looksLeft: Double {
    guard let stepsPerEpoch, stepsPerEpoch > 0 else { return 0 }
    let all = (totalSteps + stepsPerEpoch - 1) / stepsPerEpoch
    // The end of the epoch under way has been reached, and its look has not ended.
    let isDue = step > doneSteps && step % stepsPerEpoch == 0 && lookStart == nil
    return Double(max(0, all - step / stepsPerEpoch + (isDue ? 1 : 0)))
  }

  private func look(_ perStep: Double) -> Double {
    if looks.count > 0 { return looks.seconds / Double(looks.count) }
    return validationShare * Double(stepsPerEpoch ?? 0) * perStep / 3
  }
}
