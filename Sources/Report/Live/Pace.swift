/// How long a training will go on, foretold from the steps and pauses it has had.
///
/// A step is foretold by what it costs, which its texts say before it is taken. Looks at the validation
/// side, with the checkpoint behind them, and checkpoints within epochs are counted apart: the first look
/// is foretold by what it costs, those behind it by those that were, without the first where there are
/// more; checkpoints are foreseen once there was one.
package struct Pace: Sendable {
  /// What all steps up to each cost; the first of none.
  private let costs: [Double]
  private let phases: [Int]
  private let lookSteps: [Int]
  private let lookCost: Double
  private let saveSteps: Int?
  private let doneSteps: Int
  private var step: Int
  /// One of each phase, and the seconds of its steps.
  private var forecasts: [Forecast]
  private var seconds: [Double]
  /// How long each look took; the last may go on.
  private var looks: [Double] = []
  private var looked: Int?
  private var checkpoints = (count: 0, seconds: 0.0)
  private var last: Double?

  /// - Parameters:
  ///   - costs: What each step of the whole run costs, in units that are alike for all steps of a phase.
  ///   - phases: The numbers of steps behind which steps begin to cost something else than foreseen, such
  ///     as when more of the model trains; the first is 0.
  ///   - lookSteps: The steps behind which the validation side is looked at and a checkpoint written.
  ///   - lookCost: What a look costs in the same units.
  ///   - saveSteps: Checkpoints within epochs come every so many steps.
  ///   - doneSteps: Steps that an earlier run has done.
  package init(
    costs: [Float], phases: [Int] = [0], lookSteps: [Int] = [], lookCost: Double = 0,
    saveSteps: Int? = nil, doneSteps: Int = 0
  ) {
    var sum = 0.0
    self.costs =
      [0]
      + costs.map {
        sum += Double($0)
        return sum
      }
    self.phases = phases
    self.lookSteps = lookSteps
    self.lookCost = lookCost
    self.saveSteps = saveSteps
    self.doneSteps = doneSteps
    step = doneSteps
    forecasts = phases.map { _ in Forecast() }
    seconds = phases.map { _ in 0 }
  }

  private var steps: Int { costs.count - 1 }

  /// Training begins, at a moment in seconds of any clock.
  package mutating func start(at moment: Double) { last = moment }

  /// A step has ended.
  package mutating func step(_ number: Int, at moment: Double) {
    guard let last, number < costs.count else { return }
    let phase = phase(of: number)
    seconds[phase] += max(0, moment - last)
    let begin = max(phases[phase], doneSteps)
    forecasts[phase].note(work: costs[number] - costs[begin], seconds: seconds[phase])
    step = number
    self.last = moment
  }

  /// A look at the validation side, or a checkpoint, has ended.
  package mutating func pause(at moment: Double) {
    guard let last else { return }
    let time = max(0, moment - last)
    self.last = moment
    guard lookSteps.contains(sorted: step) else {
      checkpoints = (checkpoints.count + 1, checkpoints.seconds + time)
      return
    }
    if looked != step { looks.append(0) }
    looked = step
    looks[looks.count - 1] += time
  }

  /// Seconds until the last step and its look are done; nil while too little is known.
  package func remaining(at moment: Double) -> Double? {
    guard let last, let current = forecasts.indices.last(where: { forecasts[$0].isReady }),
      let work = stepsLeft(known: current), let unit = forecasts[current].seconds(for: 1)
    else { return nil }
    let look = look(unit)
    let isDue = lookSteps.contains(sorted: step) && looked != step && step > doneSteps
    // What goes on is counted down.
    let next = step < steps ? (costs[step + 1] - costs[step]) * unit : 0
    let since = min(max(0, moment - last), isDue ? look : next)
    let looksLeft = lookSteps.count(above: step) + (isDue ? 1 : 0)
    return max(0, work + Double(looksLeft) * look + checkpointsLeft - since)
  }

  /// The seconds of the steps that are left; those of a phase to come are foretold from the one at hand.
  private func stepsLeft(known: Int) -> Double? {
    var seconds = 0.0
    for phase in forecasts.indices where phase >= known {
      let end = phase + 1 < phases.count ? min(phases[phase + 1], steps) : steps
      let begin = max(step, phases[phase])
      guard begin < end else { continue }
      let forecast = forecasts[phase].isReady ? forecasts[phase] : forecasts[known]
      guard let more = forecast.seconds(for: costs[end] - costs[begin]) else { return nil }
      seconds += more
    }
    return seconds
  }

  private func phase(of step: Int) -> Int {
    phases.lastIndex { $0 < step } ?? 0
  }

  /// The seconds of a look; `unit` is those of a unit of cost.
  private func look(_ unit: Double) -> Double {
    let foreseen = lookCost * unit
    guard let first = looks.first else { return foreseen }
    let done = looked == step ? looks.dropLast() : looks[...]
    guard !done.isEmpty else { return max(first, foreseen) }
    let usual = done.count > 1 ? done.dropFirst() : done
    return usual.reduce(0, +) / Double(usual.count)
  }

  private var checkpointsLeft: Double {
    guard let every = saveSteps, every > 0, checkpoints.count > 0 else { return 0 }
    let due = steps / every - step / every
    let shared = lookSteps.reduce(0) { $0 + ($1 > step && $1 % every == 0 ? 1 : 0) }
    return Double(max(0, due - shared)) * checkpoints.seconds / Double(checkpoints.count)
  }
}

extension [Int] {
  /// Whether a number is among numbers that rise.
  fileprivate func contains(sorted number: Int) -> Bool {
    let place = partition(above: number - 1)
    return place < count && self[place] == number
  }

  /// How many numbers that rise are above one.
  fileprivate func count(above number: Int) -> Int { count - partition(above: number) }

  /// The place of the first number above one.
  private func partition(above number: Int) -> Int {
    var range = 0..<count
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      range = self[middle] > number ? range.lowerBound..<middle : middle + 1..<range.upperBound
    }
    return range.lowerBound
  }
}
