import Foundation
import Records
import Report
import Testing

/// Steps and pauses of a training, recorded or made up, and how well the time left is foretold of them.
private struct Trace {
  enum Event { case step(Int), pause }

  var costs: [Float]
  var events: [(moment: Double, event: Event)] = []
  var lookSteps: [Int] = []
  var saveSteps: Int?
  var phases = [0]

  /// The part of the time behind the first tenth in which the forecast is off by no more than a fifth of
  /// what is truly left, or by a hundredth of the whole.
  var truth: Double { share { left, _ in left } }

  /// Likewise of what is shown.
  var shownTruth: Double {
    var countdown = Countdown()
    return share { countdown.shown($0, at: $1) }
  }

  private func share(_ shown: (Double, Double) -> Double) -> Double {
    var pace = Pace(
      costs: costs, phases: phases, lookSteps: lookSteps, lookCost: 0, saveSteps: saveSteps)
    pace.start(at: 0)
    let end = events.last?.moment ?? 0
    var (right, all) = (0.0, 0.0)
    for ((moment, event), next) in zip(events, events.dropFirst()) {
      switch event {
      case .pause: pace.pause(at: moment)
      case .step(let number): pace.step(number, at: moment)
      }
      guard moment >= end / 10 else { continue }
      all += next.moment - moment
      guard let left = pace.remaining(at: moment) else { continue }
      let error = abs(shown(left, moment) - (end - moment))
      if error <= max((end - moment) / 5, end / 100) { right += next.moment - moment }
    }
    return right / all
  }
}

extension Trace {
  /// What `Scripts/record_steps.py` recorded of a real training; steps without a number of tokens cost alike.
  init(recording name: String) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/Report/steps/\(name).json")
    let json = try JSONValue.parse([UInt8](Data(contentsOf: file)))
    costs = [Float](repeating: 1, count: json["steps"]?.int ?? 0)
    var step = 0
    for event in json["events"]?.array ?? [] {
      let parts = try #require(event.array)
      let moment = try #require(parts[0].double)
      switch parts[1].string {
      case "step":
        step = try #require(parts[2].int)
        if parts.count > 3 { costs[step - 1] = Float(try #require(parts[3].int)) }
        events.append((moment, .step(step)))
      case "look":
        lookSteps.append(step)
        events.append((moment, .pause))
      default: events.append((moment, .pause))
      }
    }
  }

  /// A training made up of steps that take their cost times `rate`, up to some chance.
  init(
    costs: [Float], seed: UInt64, noise: Double = 0.3, rate: (Int) -> Double = { _ in 0.01 },
    pause: (Int) -> Double? = { _ in nil }
  ) {
    self.costs = costs
    var random = CounterRandom(seed: seed, purpose: "trace", record: "steps")
    var moment = 0.0
    for (number, cost) in costs.enumerated() {
      let chance = 1 + noise * Double.random(in: -1...1, using: &random)
      moment += Double(cost) * rate(number) * chance
      events.append((moment, .step(number + 1)))
      guard let pause = pause(number + 1) else { continue }
      moment += pause
      events.append((moment, .pause))
    }
  }

  /// Costs that are mostly small and now and then up to a hundred times as large.
  static func mixedCosts(_ count: Int, seed: UInt64) -> [Float] {
    var random = CounterRandom(seed: seed, purpose: "trace", record: "costs")
    return (0..<count).map { _ in Float(pow(100, pow(Double.random(in: 0..<1, using: &random), 3)))
    }
  }
}

@Suite struct `The time that is left of a training` {
  @Test(arguments: ["quickstart", "scratch", "mixed", "generated"])
  func `of a recorded training it proves right within a fifth nearly always`(
    name: String
  ) throws {
    var trace = try Trace(recording: name)
    if name == "mixed" { trace.saveSteps = 60 }
    #expect(trace.costs.count > 100 && trace.truth >= 0.95, "\(trace.truth)")
    // What is shown of a few seconds is rounded more than that.
    if name != "scratch" { #expect(trace.shownTruth >= 0.95, "\(trace.shownTruth)") }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `long texts that stand together are foreseen`(seed: UInt64) {
    let costs = Trace.mixedCosts(120, seed: seed)
    #expect(Trace(costs: costs, seed: seed).truth >= 0.9)
    // Short texts first: steps alike would foretell far too little.
    let rising = Trace(costs: costs.sorted(), seed: seed)
    #expect(rising.truth >= 0.9, "\(rising.truth)")
    var blind = rising
    blind.costs = costs.map { _ in 1 }
    #expect(blind.truth < 0.5, "\(blind.truth)")
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `looks and checkpoints are foreseen once there was one`(seed: UInt64) {
    let costs = Trace.mixedCosts(600, seed: seed)
    // Twelve looks as long as half an epoch, a checkpoint every 20 steps.
    let look = Double(costs.reduce(0, +)) * 0.01 / 24
    var trace = Trace(
      costs: costs, seed: seed,
      pause: { step in step % 50 == 0 ? look : step % 20 == 0 ? look / 5 : nil })
    trace.lookSteps = Array(stride(from: 50, through: 600, by: 50))
    trace.saveSteps = 20
    #expect(trace.truth >= 0.9 && trace.shownTruth >= 0.9, "\(trace.truth) \(trace.shownTruth)")
  }

  @Test func `a phase of dearer steps is foreseen by its cost, then by its own steps`() {
    let costs = (0..<400).map { Float($0 < 200 ? 1 : 2) }
    var trace = Trace(costs: costs, seed: 4) { $0 < 200 ? 0.1 : 0.11 }
    trace.phases = [0, 200]
    #expect(trace.truth >= 0.95, "\(trace.truth)")
    trace.costs = trace.costs.map { _ in 1 }
    #expect(trace.truth < 0.9)
  }

  @Test func `a machine that slows down is noticed`() {
    let costs = [Float](repeating: 1, count: 500)
    let trace = Trace(costs: costs, seed: 5, noise: 0.2) { 0.1 * (1 + Double($0) / 250) }
    #expect(trace.truth >= 0.85, "\(trace.truth)")
  }

  private func isNear(_ value: Double?, _ expected: Double) -> Bool {
    value.map { abs($0 - expected) < 1e-9 } ?? false
  }

  private let ones = [Float](repeating: 1, count: 400)

  @Test func `a look is foreseen by its cost before the first, by the later ones behind it`() {
    var pace = Pace(costs: ones, lookSteps: [100, 200, 300, 400], lookCost: 20)
    pace.start(at: 0)
    for step in 1...40 { pace.step(step, at: Double(step)) }
    #expect(isNear(pace.remaining(at: 40), 360 + 80))
    for step in 41...100 { pace.step(step, at: Double(step)) }
    #expect(isNear(pace.remaining(at: 100), 300 + 80))
    // A look takes 15 seconds, and the checkpoint behind it two.
    pace.pause(at: 115)
    pace.pause(at: 117)
    for step in 101...200 { pace.step(step, at: Double(step + 17)) }
    #expect(isNear(pace.remaining(at: 217), 200 + 3 * 17))
    pace.pause(at: 227)
    pace.step(201, at: 228)
    #expect(isNear(pace.remaining(at: 228), 199 + 2 * 10))
  }

  @Test func `checkpoints within an epoch are foreseen once there was one`() {
    var pace = Pace(costs: ones, lookSteps: [200, 400], saveSteps: 50)
    pace.start(at: 0)
    for step in 1...50 { pace.step(step, at: Double(step)) }
    #expect(isNear(pace.remaining(at: 50), 350))
    pace.pause(at: 53)
    pace.step(51, at: 54)
    // Those of steps 200 and 400 are part of looks.
    #expect(isNear(pace.remaining(at: 54), 349 + 5 * 3))
  }

  @Test func `the first steps, which take long, do not count`() {
    var pace = Pace(costs: [Float](repeating: 1, count: 100))
    pace.start(at: 0)
    var moment = 0.0
    for step in 1...20 {
      moment += step <= 3 ? 30 : 1
      pace.step(step, at: moment)
    }
    #expect(isNear(pace.remaining(at: moment), 80))
  }

  @Test func `nothing is foretold from four steps, and a step is counted down while it goes on`() {
    var pace = Pace(costs: [Float](repeating: 1, count: 10), doneSteps: 2)
    pace.start(at: 0)
    for step in 3...6 { pace.step(step, at: Double(step - 2)) }
    #expect(pace.remaining(at: 4) == nil)
    pace.step(7, at: 5)
    #expect(pace.remaining(at: 5) == 3)
    #expect(pace.remaining(at: 5.5) == 2.5)
    #expect(pace.remaining(at: 60) == 2)
  }

  @Test func `a phase that begins behind the last step does no harm`() {
    var pace = Pace(costs: [Float](repeating: 1, count: 10), phases: [0, 5, 50])
    pace.start(at: 0)
    for step in 1...10 { pace.step(step, at: Double(step)) }
    #expect(pace.remaining(at: 10) == 0)
  }
}

@Suite struct `A forecast` {
  @Test func `counts work in what it costs, in bounded memory`() throws {
    var forecast = Forecast()
    for part in 1...10_000 { forecast.note(work: Double(part), seconds: Double(part) / 4) }
    let left = try #require(forecast.seconds(for: 400))
    #expect(abs(left - 100) < 1e-6)
    #expect(forecast.seconds(for: 0) == 0)
  }

  @Test func `follows a trend, and no further than three times what was`() throws {
    var forecast = Forecast()
    for part in 1...50 { forecast.note(work: Double(part), seconds: Double(part * part)) }
    // From 2,500 to 10,000 seconds.
    let left = try #require(forecast.seconds(for: 50))
    #expect(abs(left - 7500) < 200, "\(left)")
    let far = try #require(forecast.seconds(for: 100_000))
    #expect(far <= 100_000 * 3 * 60)
  }

  @Test func `takes chance for no trend, and a pause for none either`() throws {
    var random = CounterRandom(seed: 3, purpose: "forecast", record: "noise")
    var forecast = Forecast()
    var seconds = 0.0
    for part in 1...60 {
      seconds += part == 55 ? 20 : Double.random(in: 0.5...1.5, using: &random)
      forecast.note(work: Double(part), seconds: seconds)
    }
    let left = try #require(forecast.seconds(for: 100))
    #expect(abs(left - 100 * seconds / 60) < 0.1 * left, "\(left)")
  }

  @Test func `tells nothing before there is something to tell it from`() {
    var forecast = Forecast()
    #expect(forecast.seconds(for: 1) == nil)
    for part in 1...4 { forecast.note(work: Double(part), seconds: Double(part)) }
    // The same again is no news.
    forecast.note(work: 4, seconds: 4)
    #expect(forecast.seconds(for: 1) == nil)
    forecast.note(work: 5, seconds: 5)
    #expect(forecast.seconds(for: 2) == 2)
  }

  @Test func `is shown as a countdown that does not jump`() {
    var countdown = Countdown()
    #expect(countdown.shown(100, at: 0) == 100)
    #expect(countdown.shown(103, at: 1) == 99)
    #expect(countdown.shown(94, at: 2) == 98)
    #expect(countdown.shown(120, at: 3) == 120)
    // An end that has gone by is none.
    #expect(countdown.shown(0.2, at: 200) == 0.2)
  }

  @Test func `a line of blocks shows highs and lows`() {
    #expect(Sparkline.text([8, 7, 6, 5, 4, 3, 2, 1], width: 8) == "█▇▆▅▄▃▂▁")
    #expect(Sparkline.text([3, 3], width: 5) == "▅▅")
    #expect(Sparkline.text([1, 1, 5, 5], width: 2) == "▁█")
    #expect(Sparkline.text([1, .nan, 2], width: 3) == "▁ █")
    #expect(Sparkline.text([], width: 3) == "" && Sparkline.text([1], width: 0) == "")
  }
}
