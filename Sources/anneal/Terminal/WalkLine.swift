import Report
import Stages

/// What the live line says of the records that a stage works through.
struct WalkLine {
  /// The stage's place in the plan, from 1; 0 before the first.
  let number: Int
  /// How many records it has seen.
  var records = 0
  /// How many come to it, where the stage before has ended.
  private let expected: Int?
  private let start: Double
  private var share = 0.0
  private var forecast = Forecast()
  private var countdown = Countdown()

  init(_ number: Int = 0, of expected: Int? = nil, at moment: Double = 0) {
    self.number = number
    self.expected = expected
    start = moment
  }

  /// This part of the input, by its bytes, is done.
  mutating func note(_ share: Double, at moment: Double) {
    self.share = share
    forecast.note(work: share, seconds: moment - start)
  }

  /// `12,000 of 40,000 records · 5,000 records/s · 6 s left`.
  mutating func text(at moment: Double) -> String {
    // Records are counted when their batch is written, which may be long after they are done.
    let count = max(records, Int(share * Double(expected ?? 0)))
    var text = count.grouped
    if let expected, expected >= count { text += " of \(expected.grouped)" }
    text += " records"
    // Of files that are read nobody knows how many records they hold.
    if expected == nil, share > 0 { text += " · \(Int(100 * share)) %" }
    let seconds = moment - start
    if seconds > 0.5, count > 0 { text += " · \(Int(Double(count) / seconds).grouped) records/s" }
    if share < 1, let left = forecast.seconds(for: 1 - share) {
      text += " · \(countdown.shown(left, at: moment).span) left"
    }
    return text
  }
}
