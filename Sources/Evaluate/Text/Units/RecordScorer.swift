import Foundation
import Stages

/// The bytes of one record's texts, valid while it is scored.
struct TextRecord {
  /// What the system wrote.
  let hypothesis: UnsafeBufferPointer<UInt8>
  /// The bytes of all references.
  fileprivate let referenceBytes: UnsafeBufferPointer<UInt8>
  /// Where this record's references start, and where the last one ends.
  fileprivate let bounds: ArraySlice<Int>

  /// How many references there are, at least one.
  var referenceCount: Int { bounds.count - 1 }

  /// One of the references.
  func reference(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    let place = bounds.startIndex + index
    return UnsafeBufferPointer(rebasing: referenceBytes[bounds[place]..<bounds[place + 1]])
  }
}

/// Finds a record's statistics; holds tables and buffers that it uses again for the next record.
///
/// Each thread has its own, so what it keeps must not change what it finds.
protocol RecordScorer: SendableMetatype {
  /// Writes the record's statistics.
  mutating func score(_ record: TextRecord, into row: UnsafeMutableBufferPointer<Double>)
}

extension TextCorpus {
  /// The statistics of all records, found on several threads.
  func statistics<Scorer: RecordScorer>(
    width: Int, threads: Int?, _ scorer: @Sendable () -> Scorer
  ) -> RecordStatistics {
    let slices = Work.slices(of: count, threads: threads) { records in
      var scorer = scorer()
      return rows(of: records, width: width, &scorer)
    }
    var values: [Double] = []
    values.reserveCapacity(count * width)
    for slice in slices { values += slice }
    return RecordStatistics(width: width, values: values)
  }

  private func rows<Scorer: RecordScorer>(
    of records: Range<Int>, width: Int, _ scorer: inout Scorer
  ) -> [Double] {
    [Double](unsafeUninitializedCapacity: records.count * width) { rows, filled in
      rows.initialize(repeating: 0)
      forEachRecord(of: records) { record, text in
        let start = (record - records.lowerBound) * width
        scorer.score(
          text, into: UnsafeMutableBufferPointer(rebasing: rows[start..<start + width]))
      }
      filled = records.count * width
    }
  }

  /// Visits some records in order.
  func forEachRecord(of records: Range<Int>, _ visit: (Int, TextRecord) -> Void) {
    hypotheses.bytes.withUnsafeBufferPointer { hypothesisBytes in
      references.bytes.withUnsafeBufferPointer { referenceBytes in
        for record in records {
          let span = hypotheses.bounds[record]..<hypotheses.bounds[record + 1]
          visit(
            record,
            TextRecord(
              hypothesis: UnsafeBufferPointer(rebasing: hypothesisBytes[span]),
              referenceBytes: referenceBytes,
              bounds: references.bounds[
                referenceBounds[record]...referenceBounds[record + 1]]))
        }
      }
    }
  }
}

/// Work that cannot fail, on several threads, with results in order.
enum Work {
  /// Maps consecutive ranges that cover 0 ..< count; nil threads are as many as there are cores.
  static func slices<Result: Sendable>(
    of count: Int, threads: Int?, _ transform: @Sendable (Range<Int>) -> Result
  ) -> [Result] {
    do {
      let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
      return try OrderedMap.slices(of: count, threads: threads) { transform($0) }
    } catch {
      preconditionFailure("the work throws nothing, yet it threw \(error)")
    }
  }
}
