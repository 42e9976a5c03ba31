import Records
import Testing
import Train

/// Which examples make a step.
struct BatchOrderTests {
  private let lengths: [Int] = {
    var random = CounterRandom(seed: 1, purpose: "test")
    return (0..<1003).map { _ in 5 + random.below(250) }
  }()

  private func order(_ batch: Int, _ accumulation: Int, epoch: Int = 0, seed: UInt64 = 7)
    -> BatchOrder
  {
    BatchOrder(
      lengths: lengths, batchSize: batch, accumulation: accumulation, seed: seed, epoch: epoch)
  }

  @Test func `an epoch visits every example once`() {
    let visited = order(8, 2).steps.joined().joined().sorted()
    #expect(visited == Array(0..<1003))
    #expect(order(8, 2).steps.count == 63)
  }

  @Test func `the examples of a step depend on batch size times accumulation alone`() {
    let whole = order(8, 1).steps.map { Array($0.joined()) }
    #expect(whole == order(4, 2).steps.map { Array($0.joined()) })
    #expect(whole == order(2, 4).steps.map { Array($0.joined()) })
  }

  @Test func `the order is a function of the seed and the epoch`() {
    #expect(order(8, 1).steps == order(8, 1).steps)
    #expect(order(8, 1).steps != order(8, 1, epoch: 1).steps)
    #expect(order(8, 1).steps != order(8, 1, seed: 8).steps)
  }

  @Test func `neighbours have about equal lengths`() {
    let steps = order(8, 1).steps.map { step in step.joined().map { lengths[$0] } }
    let padded = steps.reduce(0) { $0 + ($1.max() ?? 0) * $1.count }
    let real = lengths.reduce(0, +)
    #expect(Double(padded) / Double(real) < 1.03)
  }

  @Test func `steps do not come sorted by length`() {
    let means = order(8, 1).steps.map { step in
      step.joined().map { lengths[$0] }.reduce(0, +) / step.joined().count
    }
    let rising = zip(means, means.dropFirst()).count { $0 < $1 }
    #expect((40...85).contains(rising), "\(rising) of \(means.count)")
  }
}
