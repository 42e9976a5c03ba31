import Records
import Stages

/// Tells by the first rows of a file what stands between its cells, where the pipeline does not say it.
enum CSVDelimiter {
  /// A comma goes first where several would do.
  private static let candidates = [",", ";", "\t", "|"].flatMap { Array($0.utf8) }
  /// How much of a file is looked at, and how many of its rows.
  static let sampleSize = 1 << 16
  private static let mostRows = 50

  /// The delimiter that divides the first row and most of those behind it alike; a comma where none does.
  ///
  /// - Parameter isWhole: Whether the sample is all of the file, so that its last row is a whole one.
  static func detect(_ sample: [UInt8], isWhole: Bool, quoted: Bool) -> UInt8 {
    var best = (delimiter: candidates[0], share: 0.0)
    for delimiter in candidates {
      // A mark with a blank behind it is one of prose: `Name; place` may head a single column.
      let isProse = sample.prefix { $0 != 0x0A }.indices.contains {
        sample[$0] == delimiter && $0 + 1 < sample.count && sample[$0 + 1] == 0x20
      }
      if isProse, delimiter != candidates[0] { continue }
      let dialect = CSVDialect(delimiter: delimiter, quoted: quoted)
      let counts = counts(sample, isWhole, dialect)
      guard let columns = counts.first, columns > 1 else { continue }
      let share = Double(counts.count { $0 == columns }) / Double(counts.count)
      if share > best.share { best = (delimiter, share) }
    }
    // Fewer would be marks within texts.
    return best.share * 2 >= 1 ? best.delimiter : candidates[0]
  }

  /// How many cells each of the first rows has; 0 where quotes stand wrongly for the dialect.
  private static func counts(
    _ sample: [UInt8], _ isWhole: Bool, _ dialect: CSVDialect
  ) -> [Int] {
    let source = Source(file: "", line: 0)
    var counts: [Int] = []
    let rows = CSVRows(
      PeekedBytes(OneChunk(sample)), name: "", dialect: dialect, largest: sample.count)
    // What stops the walk is told where the file itself is read.
    try? rows.forEach(tooLong: { _ in }) { _, row in
      guard counts.count <= mostRows else { throw Enough() }
      if TextPieces.isBlank(row) { return }
      counts.append((try? CSVRow.cells(row, dialect, at: source, keeping: 0).count) ?? 0)
    }
    // The sample's end cuts the last row.
    if !isWhole || counts.count > mostRows, counts.count > 1 { counts.removeLast() }
    return counts
  }

  private struct Enough: Error {}

  /// The delimiter that a first line such as `sep=;` names, as Excel writes it.
  static func named(_ head: [UInt8]) -> UInt8? {
    guard head.starts(with: "sep=".utf8), head.count > 5, head[4] < 0x80,
      head[5] == 0x0A || head[5] == 0x0D
    else { return nil }
    return head[4]
  }
}
