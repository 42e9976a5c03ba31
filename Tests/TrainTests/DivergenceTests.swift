import Records
import TestSupport
import Testing
import Train

/// When a loss has gone astray, and when it only looks so.
struct DivergenceTests {
  /// The step at which a watch stops, if it does; it is taken up from its JSON at every step.
  private func stop(_ losses: [Float]) -> Int? {
    var watch = DivergenceWatch()
    for (step, loss) in losses.enumerated() {
      if watch.note(loss) != nil { return step + 1 }
      let taken = DivergenceWatch(watch.json)
      #expect(taken == watch)
      watch = taken
    }
    return nil
  }

  /// A loss that falls from one level towards another, with noise of a share of itself.
  private func falling(_ steps: Int, from start: Double, to end: Double, noise: Double) -> [Float] {
    (0..<steps).map { step in
      var random = CounterRandom(seed: 3, purpose: "test", record: String(step))
      let level = end + (start - end) / (1 + Double(step) / 40)
      return Float(level * (1 + noise * (2 * random.uniform() - 1)))
    }
  }

  @Test(arguments: [(10.0, 3.0, 0.3), (0.7, 0.001, 0.9), (1.2, 1.19, 0.5), (0.69, 0.69, 0.9)])
  func `healthy losses go on`(start: Double, end: Double, noise: Double) {
    #expect(stop(falling(3000, from: start, to: end, noise: noise)) == nil)
  }

  /// The mean loss of batches of records of which a share is hard, from a model that learns no more.
  private func settled(
    _ steps: Int, hard share: Double, _ high: Double, _ low: Double, batch: Int
  ) -> [Float] {
    (0..<steps).map { step in
      var random = CounterRandom(seed: 5, purpose: "test", record: String(step))
      let sum = (0..<batch).reduce(0.0) { sum, _ in
        sum + (random.uniform() < share ? high : low)
      }
      return Float(sum / Double(batch))
    }
  }

  @Test(arguments: [
    (0.01, 4.0, 0.003, 1), (0.01, 4.0, 0.003, 8), (0.003, 10.0, 0.003, 1), (0.1, 2.0, 0.05, 1),
    (0.1, 4.0, 0.003, 8), (0.3, 4.0, 0.003, 1), (0.03, 10.0, 0.003, 8),
  ])
  func `a few records that are hard are no divergence, however long it goes on`(
    share: Double, high: Double, low: Double, batch: Int
  ) {
    let losses = settled(30_000, hard: share, high, low, batch: batch)
    #expect(stop(losses) == nil)
    #expect(stop(losses + settled(300, hard: 0.5, 24, 0, batch: batch)) == 30_050)
  }

  @Test func `a loss near nothing may grow by a little`() {
    let losses =
      [Float](repeating: 0.001, count: 400) + [Float](repeating: 0.2, count: 400)
    #expect(stop(losses) == nil)
    #expect(stop(losses + [Float](repeating: 0.7, count: 50)) == 850)
  }

  @Test func `a few bad batches are no divergence`() {
    var losses = falling(1000, from: 8, to: 2, noise: 0.2)
    for step in 600..<606 { losses[step] = 15 }
    #expect(stop(losses) == nil)
  }

  @Test func `a small loss that doubles is none while most is still learned`() {
    let losses =
      falling(500, from: 0.7, to: 0.01, noise: 0.2) + [Float](repeating: 0.1, count: 300)
    #expect(stop(losses) == nil)
  }

  @Test func `a loss that climbs back for good is one, whether or not it exceeds the start`() {
    let healthy = falling(500, from: 10, to: 3, noise: 0.2)
    #expect(stop(healthy + [Float](repeating: 8, count: 300)) == 550)
    #expect(stop(healthy + [Float](repeating: 30, count: 300)) == 550)
    // From the middle of a block on: the next block is whole.
    #expect(stop(healthy + healthy.suffix(20) + [Float](repeating: 8.5, count: 300)) == 600)
  }

  @Test func `nothing is said in short runs, and of losses below zero`() {
    #expect(stop([Float](repeating: 1, count: 60) + [Float](repeating: 9, count: 139)) == nil)
    #expect(stop([Float](repeating: 1, count: 60) + [Float](repeating: 9, count: 140)) == 200)
    #expect(stop((0..<1000).map { Float($0 % 7) - 3.5 }) == nil)
    #expect(stop([Float](repeating: 0, count: 400)) == nil)
  }

  @Test func `a training that diverges stops, and goes on where it is told to`() throws {
    let workshop = try Workshop(Workshop.classified(120))
    // AdamW's steps are of bounded size, so that the loss climbs and stays a number.
    let changes: JSONObject = [
      "epochs": 40, "learning-rate": 30, "warmup-steps": 300, "max-grad-norm": 0,
    ]
    let error = #expect(throws: TrainingError.self) {
      try workshop.run("run", classification(changes))
    }
    #expect(error?.problem.contains("the loss has diverged") == true)
    #expect(error?.remedy.contains("stop-on-divergence") == true)
    var told = changes
    told["stop-on-divergence"] = false
    var done = 0
    let result = try workshop.session("run", classification(told)).run {
      if case .started(let plan) = $0 { done = plan.doneSteps }
    }
    #expect(done >= 150)
    #expect(result.steps == 360)
  }

  @Test func `a checkpoint of an older build begins a watch`() {
    #expect(DivergenceWatch(nil as JSONValue?) == DivergenceWatch())
  }
}
