import Foundation
import Records
import Stages
import Synchronization
import TestSupport
import Testing

/// Records that are read back and worked on by several threads.
struct RecordCollectionTests {
  private let run: TestRun
  /// About 1 MB of records: several batches for each thread.
  private let lines = (1...3000).map { "line \($0) " + String(repeating: "x", count: 200) }

  init() throws { run = try TestRun() }

  private struct Fault: Error, Equatable { let line: Int }

  private func records(threads: Int) throws -> RecordCollection {
    let result = try #require(try run.run([try run.source(lines)]).last)
    return RecordCollection(path: result.records, count: result.counts.kept, threads: threads)
  }

  @Test(arguments: 1...8)
  func `results are visited in the order of the records, though some take longer`(
    _ threads: Int
  ) throws {
    var texts: [String] = []
    try records(threads: threads).forEachBatch {
      if $0.source.line % 800 == 1 { pause() }
      return $0.text
    } _: {
      texts += $0
    }
    #expect(texts == lines)
  }

  @Test(arguments: 1...8)
  func `of several faults the first record's is thrown, and nothing behind it is visited`(
    _ threads: Int
  ) throws {
    let records = try records(threads: threads)
    for first in [1, 700, 1500, 2999] {
      var visited: [Int] = []
      #expect(throws: Fault(line: first)) {
        try records.forEachBatch {
          guard $0.source.line < first else {
            // Faults behind the first are met before it.
            if $0.source.line == first { pause() }
            throw Fault(line: $0.source.line)
          }
          return $0.source.line
        } _: {
          visited += $0
        }
      }
      #expect(visited == Array(1..<max(1, visited.count + 1)))
      #expect(visited.count < first)
    }
  }

  @Test func `what a visit throws ends the walk, and nobody is at work behind it`() throws {
    let begun = Atomic(0)
    var visits = 0
    #expect(throws: Fault(line: 0)) {
      try records(threads: 2).forEachBatch { _ in
        begun.add(1, ordering: .relaxed)
      } _: { _ in
        visits += 1
        throw Fault(line: 0)
      }
    }
    let count = begun.load(ordering: .relaxed)
    pause()
    #expect(visits == 1)
    #expect(begun.load(ordering: .relaxed) == count)
  }

  @Test(arguments: [1, 4])
  func `few records left of many, and lines of many chunks, are read as they are`(
    _ threads: Int
  ) throws {
    let long = String(repeating: "and so on ", count: 200_000)
    let lines = (1...20_000).map {
      $0 == 5000 ? long : "line \($0) " + String(repeating: "y", count: 400)
    }
    let left = EachStage { record, _ in
      record.source.line.isMultiple(of: 1000) ? .keep(record) : .drop(Reason("many"))
    }
    let loud = EachStage { record, _ in
      .keep(record.source.line == 7000 ? record.with(text: "seven") : record)
    }
    let result = try #require(
      try run.run(
        [
          try run.source(lines), try run.step("clean.left", left),
          try run.step("clean.loud", loud),
        ], threads: threads
      ).last)
    var expected = stride(from: 999, to: lines.count, by: 1000).map { lines[$0] }
    expected[6] = "seven"
    let records = RecordCollection(path: result.records, count: 20, threads: threads)
    #expect(try records.map(\.text) == expected)
  }

  @Test func `small records are visited by thousands, worth a program's start`() throws {
    let lines = (0..<20_000).map { "line \($0) " + String(repeating: "z", count: 200) }
    let result = try #require(try run.run([try run.source(lines)]).last)
    let records = RecordCollection(path: result.records, count: lines.count, threads: 3)
    var visits: [Int] = []
    try records.forEachBatch { visits.append($0.count) }
    #expect(visits.reduce(0, +) == lines.count)
    #expect(visits.count > 1 && visits.dropLast().allSatisfy { $0 > 4000 }, "\(visits)")
  }

  @Test func `of large records few are held at a time`() throws {
    let lines = (0..<16).map { "\($0) " + String(repeating: "w", count: 3_000_000) }
    let result = try #require(try run.run([try run.source(lines)]).last)
    let records = RecordCollection(path: result.records, count: lines.count, threads: 4)
    let begun = Atomic(0)
    var visited = 0
    try records.forEachBatch {
      begun.add(1, ordering: .relaxed)
      // What is behind the first would be read meanwhile.
      if $0.source.line == 1 { Thread.sleep(forTimeInterval: 0.2) }
    } _: {
      visited += $0.count
      #expect(begun.load(ordering: .relaxed) <= visited + 2)
    }
    #expect(visited == lines.count)
  }

  /// Waits long enough for other threads to come first.
  private func pause() {
    let clock = ContinuousClock()
    let end = clock.now + .milliseconds(5)
    while clock.now < end {}
  }
}
