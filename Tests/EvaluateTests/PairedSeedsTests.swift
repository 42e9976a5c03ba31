import Evaluate
import Foundation
import Records
import Testing

/// The numbers of `Scripts/evaluate_seeds_reference.py`.
private let reference: JSONValue = {
  let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  let file = folder.appending(path: "Fixtures/Evaluate/seeds.json")
  guard let data = try? Data(contentsOf: file), let root = try? JSONValue.parse([UInt8](data))
  else { preconditionFailure("cannot read \(file.path)") }
  return root
}()

@Suite struct `Differences over seeds` {
  @Test func `have scipy's means, intervals and p-values`() throws {
    let cases = try #require(reference["cases"]?.array)
    #expect(cases.count == 45)
    for json in cases {
      func numbers(_ key: String) -> [Double] { (json[key]?.array ?? []).compactMap(\.double) }
      let number = { key in try #require(json[key]?.double) }
      let seeds = PairedSeeds(zip(numbers("with"), numbers("without")).map { $0 - $1 })
      let interval = try #require(seeds.interval(level: number("level")))
      let scale = try max(abs(number("lower")), abs(number("upper")))
      #expect(try abs(seeds.mean - number("mean")) < 1e-12)
      #expect(try abs(interval.lowerBound - number("lower")) < 1e-9 * scale)
      #expect(try abs(interval.upperBound - number("upper")) < 1e-9 * scale)
      #expect(try abs(seeds.pValue - number("p")) < 1e-9 * number("p") + 1e-15)
    }
  }

  @Test func `of one seed have no interval`() {
    let one = PairedSeeds([0.25])
    #expect(one.mean == 0.25 && one.interval() == nil && one.pValue.isNaN)
    #expect(PairedSeeds([]).mean.isNaN && PairedSeeds([]).interval() == nil)
    #expect(PairedSeeds([0.1, .nan]).interval() == nil)
  }

  @Test func `that are all the same leave no doubt, and none at all is no effect`() {
    #expect(PairedSeeds([0, 0, 0]).pValue == 1)
    #expect(PairedSeeds([0, 0, 0]).interval() == 0...0)
    #expect(PairedSeeds([0.5, 0.5]).pValue == 0)
    #expect(PairedSeeds([0.5, 0.5]).interval() == 0.5...0.5)
  }
}

/// The mean of fixed values.
private struct Values: ScoredRows {
  let values: [Double]
  var metrics: [ResampledMetric] { [ResampledMetric(name: "mean", direction: .greater)] }
  var count: Int { values.count }

  func scores(weights: [Int32]) -> [Double] {
    let sum = zip(values, weights).reduce(0) { $0 + $1.0 * Double($1.1) }
    return [sum / Double(weights.reduce(0, +))]
  }
}

@Suite struct `The bootstrap over seeds and records` {
  private func drawn(_ lists: [[Double]], times: Int = 2000) -> [BootstrapScores] {
    lists.enumerated().map { index, values in
      Resampling(times: times, seed: UInt64(index)).bootstrap([Values(values: values)])[0]
    }
  }

  @Test func `of one seed is that over its records`() throws {
    let one = drawn([[0, 1, 0, 0, 1, 1]])
    let over = try #require(BootstrapScores.overSeeds("mean", one, seed: 1))
    #expect(over.intervals() == one[0].intervals())
  }

  @Test func `is as wide as seeds and records are apart`() throws {
    // Records that are all alike: only seeds vary, and draws are means of three of 0, 1 and 2.
    let seeds = try #require(
      BootstrapScores.overSeeds("mean", drawn([[0, 0], [1, 1], [2, 2]]), seed: 1))
    let interval = try #require(seeds.intervals().first)
    #expect(interval.estimate == 1 && interval.lower == 0 && interval.upper == 2)
    // Seeds that are all alike: only records vary, and the mean of four varies half as much.
    let values = (0..<100).map { Double($0 % 2) }
    let one = try #require(drawn([values])[0].intervals().first)
    let four = try #require(
      BootstrapScores.overSeeds("mean", drawn(.init(repeating: values, count: 4)), seed: 1)?
        .intervals().first)
    let ratio = (four.upper - four.lower) / (one.upper - one.lower)
    #expect(abs(ratio - 0.5) < 0.06, "\(ratio)")
    #expect(four.estimate == 0.5)
  }

  @Test func `needs the metric of every seed`() {
    #expect(BootstrapScores.overSeeds("other", drawn([[0, 1], [1, 1]]), seed: 1) == nil)
    #expect(BootstrapScores.overSeeds("mean", [], seed: 1) == nil)
  }
}
