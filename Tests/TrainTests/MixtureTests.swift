import Records
import Stages
import Testing
import Train

/// How much of each part an epoch takes, and which records.
struct MixtureTests {
  /// Names of parts, `sizes` records each, dealt in turn.
  private func names(_ sizes: [(String, Int)]) -> [String] {
    let most = sizes.map(\.1).max() ?? 0
    return (0..<most).flatMap { index in sizes.filter { index < $0.1 }.map(\.0) }
  }

  private func mixture(
    _ json: JSONValue, _ sizes: [(String, Int)], seed: UInt64 = 42
  ) throws -> Mixture {
    let options = try options(classification(["mixture": json]))
    return try Mixture(#require(options.mixture), parts: names(sizes), seed: seed)
  }

  private func fault(_ json: JSONValue, _ sizes: [(String, Int)]) throws -> String {
    do {
      _ = try mixture(json, sizes)
      return ""
    } catch let error as TrainingError {
      return "\(error)"
    } catch let error as Diagnostics {
      return "\(error)"
    }
  }

  struct Counts: Sendable {
    let end: JSONValue
    let records: [Int]
    let weights: [Double]
    let expected: [Int]
  }

  private static let counts = [
    // Until the first or the last part is through: that part once, the others beside it.
    Counts(end: "first", records: [300, 1000], weights: [3, 1], expected: [300, 100]),
    Counts(end: "last", records: [300, 1000], weights: [3, 1], expected: [3000, 1000]),
    Counts(end: "first", records: [520, 10_000], weights: [20, 1], expected: [520, 26]),
    Counts(end: "first", records: [10, 7], weights: [1, 1], expected: [7, 7]),
    Counts(end: "last", records: [10, 7], weights: [1, 1], expected: [10, 10]),
    // 3 beside 7 are 0.3 : 0.7, whatever the binary fractions are.
    Counts(end: "first", records: [10, 7], weights: [0.3, 0.7], expected: [3, 7]),
    // Numbers of records by largest remainders; of equal ones the earlier part's.
    Counts(end: ["records": 10], records: [5, 5, 5], weights: [1, 1, 1], expected: [4, 3, 3]),
    Counts(end: ["records": 10], records: [5, 5], weights: [3, 1], expected: [8, 2]),
    Counts(
      end: ["records": 100], records: [5, 5, 5], weights: [5, 3, 1], expected: [56, 33, 11]),
    Counts(end: ["records": 9], records: [900, 5], weights: [2, 1], expected: [6, 3]),
  ]

  @Test(arguments: counts)
  func `counts are shares`(wanted: Counts) throws {
    let names = ["a", "b", "c"]
    let parts = zip(names, wanted.records).map { ($0, $1) }
    let shares = JSONObject(zip(names, wanted.weights).map { ($0, .real($1)) })
    let mixture = try mixture(["weights": .object(shares), "until": wanted.end], parts)
    #expect(mixture.parts.map(\.perEpoch) == wanted.expected)
    #expect(mixture.recordsPerEpoch == wanted.expected.reduce(0, +))
  }

  @Test func `temperature follows the rule of T5`() throws {
    let sizes = [("a", 100), ("b", 10_000)]
    func counts(_ temperature: JSONValue, _ end: JSONValue = "first") throws -> [Int] {
      try mixture(["temperature": temperature, "until": end], sizes).parts.map(\.perEpoch)
    }
    #expect(try counts(1) == [100, 10_000])
    // Roots of 100 and 10,000 are 10 and 100.
    #expect(try counts(2) == [100, 1000])
    #expect(try counts(2, ["records": 110]) == [10, 100])
    #expect(try counts(1e9, ["records": 50]) == [25, 25])
  }

  @Test func `a part is gone through before any record comes again`() throws {
    let mixture = try mixture(
      ["weights": ["a": 5, "b": 2], "until": ["records": 35]], [("a", 17), ("b", 64)])
    #expect(mixture.parts.map(\.perEpoch) == [25, 10])
    let epochs = (0..<23).map(mixture.places(ofEpoch:))
    for part in mixture.parts {
      let known = Set(part.places)
      let stream = epochs.flatMap { $0.filter(known.contains) }
      #expect(stream.count == 23 * part.perEpoch)
      let size = part.places.count
      let passes = stride(from: 0, to: stream.count, by: size).map {
        Array(stream[$0..<min($0 + size, stream.count)])
      }
      for pass in passes { #expect(Set(pass).count == pass.count) }
      #expect(Set(passes).count == passes.count, "each pass has an order of its own")
      let often = Dictionary(stream.map { ($0, 1) }) { $0 + $1 }
      #expect(often.count == size)
      #expect((often.values.max() ?? 0) - (often.values.min() ?? 0) <= 1)
    }
  }

  @Test func `an epoch is a function of seed and number`() throws {
    let json: JSONValue = ["weights": ["a": 1, "b": 1]]
    let sizes = [("a", 40), ("b", 90)]
    let (whole, resumed) = (try mixture(json, sizes), try mixture(json, sizes))
    let expected = (0..<6).map(whole.places(ofEpoch:))
    for epoch in [4, 1, 5, 0] { #expect(resumed.places(ofEpoch: epoch) == expected[epoch]) }
    #expect(try mixture(json, sizes, seed: 43).places(ofEpoch: 0) != expected[0])
  }

  private static let faults: [(JSONValue, String)] = [
    (["weights": ["alpca": 1, "general": 1]], "did you mean 'alpaca'?"),
    (["weights": ["alpaca": 1]], "no weight for the source 'general'"),
    (["weights": ["alpaca": 0, "general": 1]], "must be above 0"),
    (["weights": ["alpaca": -2, "general": 1]], "must be above 0"),
    (["weights": ["alpaca": "much", "general": 1]], "expected number"),
    (["weights": ["alpaca": 1, "general": 1], "temperature": 2], "not both"),
    (["until": "first"], "weights or a temperature"),
    (["temperature": 0], "must be above 0"),
    (["temperature": 2, "until": "frist"], "did you mean 'first'?"),
    (["temperature": 2, "until": ["records": 0]], "must be at least 1"),
    (["temperature": 2, "by": "flie"], "did you mean 'file'?"),
    (["temperature": 2, "temprature": 2], "did you mean 'temperature'?"),
    (["weights": ["alpaca": 1000, "general": 1]], "takes none of 'general'"),
    (
      ["weights": ["alpaca": 1e-9, "general": 1], "until": "last"], "more than 1000000000 records"
    ),
  ]

  @Test(arguments: faults)
  func `what cannot be mixed is told with its remedy`(json: JSONValue, message: String) throws {
    let fault = try fault(json, [("alpaca", 12), ("general", 30)])
    #expect(fault.contains(message), "\(fault)")
  }

  @Test func `one part alone is no mixture`() throws {
    #expect(try fault(["temperature": 2], [("a", 9)]).contains("of several parts"))
  }

  @Test(
    arguments: [
      ["weights": ["a": 3, "b": 0.5], "until": ["records": 40]],
      ["temperature": 2, "by": "metadata.set", "until": "last"],
      ["temperature": 1, "by": "file"],
    ] as [JSONValue])
  func `options read what they have written`(json: JSONValue) throws {
    let first = try #require(try options(classification(["mixture": json])).mixture)
    let second = try options(classification(["mixture": first.encoded])).mixture
    #expect(first == second)
  }
}

/// How many steps epochs of different lengths take.
struct EpochStepsTests {
  @Test func `epochs of one length`() {
    let steps = EpochSteps(epochs: 2.5, atMost: nil, each: 9)
    #expect(steps.total == 23 && steps.perEpoch == 9)
    #expect(steps.epochs(18) == 2)
    #expect(EpochSteps(epochs: 3, atMost: 5, each: 9).total == 5)
    #expect(EpochSteps(epochs: 3, atMost: nil, each: 0).total == 0)
  }

  @Test func `epochs of several lengths`() {
    let counts = [10, 8, 9, 11]
    let steps = EpochSteps(epochs: 3.5, atMost: nil) { counts[$0] }
    #expect(steps.total == 27 + 6)
    #expect(steps.epochs(10) == 1 && steps.epochs(14) == 1.5 && steps.epochs(27) == 3)
    #expect(steps.epochs(33) == 3 + 6.0 / 11)
    #expect(EpochSteps(epochs: 4, atMost: nil) { counts[$0] }.epochs(38) == 4)
  }

  @Test func `no epoch is looked at behind the last step`() {
    var asked: [Int] = []
    let steps = EpochSteps(epochs: 10_000, atMost: 25) { epoch in
      asked.append(epoch)
      return 10
    }
    #expect(steps.total == 25 && asked == [0, 1, 2] && steps.perEpoch == 10)
    #expect(EpochSteps(epochs: 0, atMost: nil) { _ in 10 }.total == 0)
  }
}
