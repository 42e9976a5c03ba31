/// A walk over two systems' rows as their scores fall, which finds both mixtures' areas in eight swaps.
///
/// A row of one mixture is not of the other, so that what the second has passed is what was passed at
/// all less what the first has. The same additions as ``RankedOrder/areas(_:positives:negatives:)``
/// makes for one mixture, hence the same results to the bit.
struct MixtureWalk {
  private typealias Counts = SIMD8<Int32>

  /// Rows passed since the last score, or ever.
  private struct Passed {
    /// Those of the first mixture.
    var first = Counts.zero
    /// Those of both, which all swaps share.
    var all: Int32 = 0

    var second: Counts { Counts(repeating: all) &- first }

    mutating func pass(_ stays: UInt8) {
      let isFirst = (Counts(repeating: Int32(stays)) & MixtureWalk.bits) .== MixtureWalk.bits
      first &+= Counts.zero.replacing(with: 1, where: isFirst)
      all &+= 1
    }

    static func += (left: inout Passed, right: Passed) {
      left.first &+= right.first
      left.all &+= right.all
    }
  }

  /// The bit of each swap.
  private static var bits: Counts { Counts(1, 2, 4, 8, 16, 32, 64, 128) }

  private typealias Areas = RankedAreas<SIMD8<Double>>

  private let own: Double
  private let others: Double
  private var hits = Passed()
  private var misses = Passed()
  private var firstAreas = Areas(receiver: .zero, precision: .zero)
  private var secondAreas = Areas(receiver: .zero, precision: .zero)

  /// Walks.
  ///
  /// - Parameters:
  ///   - stays: a byte a record, a bit a swap: 1 where its outputs stay with their systems.
  ///   - records: how many records each system has; the second's rows lie behind the first's.
  ///   - own: how many of each mixture's rows should be above its `others`.
  init(_ order: RankedOrder, _ stays: [UInt8], _ records: Int, own: Int, others: Int) {
    (self.own, self.others) = (Double(own), Double(others))
    var (tied, tiedOthers) = (Passed(), Passed())
    for entry in order.entries {
      let isSecond = entry.row >= records
      let stay = stays[isSecond ? entry.row - records : entry.row] ^ (isSecond ? 0xFF : 0)
      if entry.isOwn { tied.pass(stay) } else { tiedOthers.pass(stay) }
      guard entry.isLast else { continue }
      misses += tiedOthers
      if tied.all > 0 {
        hits += tied
        if tied.all == 1 { addOne(tied, tiedOthers) } else { add(tied, tiedOthers) }
        tied = Passed()
      }
      tiedOthers = Passed()
    }
  }

  /// Adds rows of one score to both mixtures.
  private mutating func add(_ tied: Passed, _ tiedOthers: Passed) {
    func add(
      _ areas: inout Areas, _ tied: Counts, _ tiedOthers: Counts, _ hits: Counts, _ misses: Counts
    ) {
      let tied = SIMD8<Double>(tied)
      let (hits, misses) = (SIMD8<Double>(hits), SIMD8<Double>(misses))
      areas.receiver += tied * (2 * (others - misses) + SIMD8<Double>(tiedOthers))
      let passed = hits + misses
      areas.precision += tied / own * (hits / passed.replacing(with: 1, where: passed .== 0))
    }
    add(&firstAreas, tied.first, tiedOthers.first, hits.first, misses.first)
    add(&secondAreas, tied.second, tiedOthers.second, hits.second, misses.second)
  }

  /// Adds one row, which is of either mixture: half the work, most of all where no scores are equal.
  private mutating func addOne(_ tied: Passed, _ tiedOthers: Passed) {
    let isFirst = tied.first .== 1
    let hits = hits.second.replacing(with: hits.first, where: isFirst)
    let misses = misses.second.replacing(with: misses.first, where: isFirst)
    let tiedOthers = tiedOthers.second.replacing(with: tiedOthers.first, where: isFirst)
    let found = SIMD8<Double>(hits)
    let wins = 2 * (others - SIMD8<Double>(misses)) + SIMD8<Double>(tiedOthers)
    let step = 1 / own * (found / SIMD8<Double>(hits &+ misses))
    let inFirst = SIMD8<Double>(tied.first)
    let inSecond = 1 - inFirst
    firstAreas.receiver += inFirst * wins
    secondAreas.receiver += inSecond * wins
    firstAreas.precision += inFirst * step
    secondAreas.precision += inSecond * step
  }

  /// The first mixture's areas in one swap.
  func first(_ lane: Int) -> RankedAreas<Double> { areas(firstAreas, lane) }
  /// The second's.
  func second(_ lane: Int) -> RankedAreas<Double> { areas(secondAreas, lane) }

  private func areas(_ areas: Areas, _ lane: Int) -> RankedAreas<Double> {
    guard own > 0 else { return RankedAreas(receiver: .nan, precision: 0) }
    return RankedAreas(
      receiver: others == 0 ? .nan : areas.receiver[lane] / (2 * own * others),
      precision: areas.precision[lane])
  }
}
