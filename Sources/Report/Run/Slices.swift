import Evaluate
import Foundation
import Records
import TextKit

/// Results of kinds of records: by length, language, true class and source.
struct Slices {
  /// Sums over some records, of which their result is a ratio.
  struct Tally {
    private(set) var count = 0
    private(set) var sum = 0.0
    private(set) var weight = 0.0
    private var squares = (sum: 0.0, both: 0.0, weight: 0.0)

    /// The mean a unit of weight.
    var value: Double { sum / weight }

    /// The value with 95 % confidence, by the variance of a ratio of sums over records; nil of fewer
    /// than two.
    var interval: ClosedRange<Double>? {
      guard count > 1, weight > 0 else { return nil }
      let ratio = value
      let spread = squares.sum - 2 * ratio * squares.both + ratio * ratio * squares.weight
      let n = Double(count)
      let error = (max(0, spread) * n / (n - 1)).squareRoot() / weight
      return ratio - 1.96 * error...ratio + 1.96 * error
    }

    /// The interval of a share of records, which Wilson's formula gives better.
    var share: ClosedRange<Double>? {
      wilsonInterval(successes: Int(sum.rounded()), of: count)
    }

    mutating func add(_ sum: Double, _ weight: Double) {
      count += 1
      self.sum += sum
      self.weight += weight
      squares.sum += sum * sum
      squares.both += sum * weight
      squares.weight += weight * weight
    }

    static func += (left: inout Tally, right: Tally) {
      left.count += right.count
      left.sum += right.sum
      left.weight += right.weight
      left.squares.sum += right.squares.sum
      left.squares.both += right.squares.both
      left.squares.weight += right.squares.weight
    }
  }

  private(set) var all = Tally()
  private(set) var labels: [String: Tally] = [:]
  private(set) var sources: [String: Tally] = [:]
  private(set) var languages: [String: Tally] = [:]
  private var lengths: [Int: Tally] = [:]

  /// Names of one kind beyond so many are not told apart.
  private static let most = 300
  /// The language is told of so many records: that takes longer than all else.
  static let languageLimit = 20_000

  /// Counts one record's result.
  mutating func add(_ example: Example, sum: Double, weight: Double, label: String?) {
    guard sum.isFinite, weight.isFinite else { return }
    all.add(sum, weight)
    let text = example.input.isEmpty ? example.reference : example.input
    lengths[Self.bin(text.unicodeScalars.count), default: Tally()].add(sum, weight)
    if let label { Self.add(label, sum, weight, to: &labels) }
    if let source = example.source { Self.add(source, sum, weight, to: &sources) }
    if all.count <= Self.languageLimit {
      let start = String(text.unicodeScalars.prefix(600))
      let language = LanguageIdentifier.standard.guess(start)?.language ?? "none"
      Self.add(language, sum, weight, to: &languages)
    }
  }

  private static func add(
    _ name: String, _ sum: Double, _ weight: Double, to tallies: inout [String: Tally]
  ) {
    guard tallies[name] != nil || tallies.count < most else { return }
    tallies[name, default: Tally()].add(sum, weight)
  }

  /// Lengths in bins of equal ratio, eight to a doubling, so that no length is kept of its own.
  private static func bin(_ length: Int) -> Int {
    length < 8 ? length : Int((log2(Double(length)) * 8).rounded(.down)) - 16
  }

  /// The least length in a bin.
  private static func start(of bin: Int) -> Int {
    bin < 8 ? bin : Int(pow(2, Double(bin + 16) / 8).rounded(.up))
  }

  /// Up to five groups of about as many records each, from short to long.
  var byLength: [(from: Int, below: Int?, tally: Tally)] {
    let bins = lengths.sorted { $0.key < $1.key }
    let wanted = max(1, (all.count + 4) / 5)
    var groups: [(from: Int, below: Int?, tally: Tally)] = []
    for (bin, tally) in bins {
      if let last = groups.indices.last, groups[last].tally.count < wanted {
        groups[last].tally += tally
      } else {
        if let last = groups.indices.last { groups[last].below = Self.start(of: bin) }
        groups.append((Self.start(of: bin), nil, tally))
      }
    }
    return groups
  }
}
