import Dispatch
import Stages
import Synchronization

/// Blocks of whole lines of a file, the next one read while the last is worked on.
///
/// Sending it is safe: what changes is changed by the one reading that is under way, and nobody begins a reading
/// before the one before has ended.
final class LineBlocks: @unchecked Sendable {
  private let reader: FileReader
  private let size: Int
  /// What follows the last end of a line waits for the rest of its line.
  private var rest: [UInt8] = []
  private var hasEnded = false

  private let queue = DispatchQueue(label: "anneal.line-blocks")
  private let isRead = DispatchSemaphore(value: 0)
  private let result = Mutex<Result<[UInt8]?, any Error>>(.success(nil))

  /// A line must fit into memory more than once.
  private static let longestLine = 1 << 30

  /// Begins to read; a block has about as many bytes as `size` says, or those of one long line.
  init(_ reader: FileReader, size: Int) {
    self.reader = reader
    self.size = size
    readAhead()
  }

  /// The next lines, each with its end as a part of it, as for Hugging Face's trainers; nil behind the last one.
  func next() throws -> [UInt8]? {
    isRead.wait()
    let block = try result.withLock { try $0.get() }
    if block != nil { readAhead() } else { isRead.signal() }
    return block
  }

  private func readAhead() {
    queue.async {
      let block = Result { try self.read() }
      self.result.withLock { $0 = block }
      self.isRead.signal()
    }
  }

  private func read() throws -> [UInt8]? {
    var block = rest
    rest = []
    while !hasEnded {
      // Where a line is longer than a block, twice as much is read each time.
      block = try fill(block, max(size, block.count))
      guard !hasEnded, let end = block.lastIndex(of: 0x0A) else { continue }
      rest = Array(block[(end + 1)...])
      block.removeSubrange((end + 1)...)
      return block
    }
    return block.isEmpty ? nil : block
  }

  /// Bytes and behind them the next ones, as many as are asked for unless the file ends: a pipe gives less at a time,
  /// as much as it happens to have, and what is let go of when there are too many words depends on the blocks.
  private func fill(_ start: [UInt8], _ count: Int) throws -> [UInt8] {
    var block = try reader.read(count, behind: start[...])
    hasEnded = block.count == start.count
    while !hasEnded, block.count < start.count + count {
      let more = try reader.read(start.count + count - block.count)
      if more.isEmpty { break }
      block += more
    }
    guard start.count < Self.longestLine else {
      throw StageError(
        "invalid-record", "\(reader.path) has a line of more than 1 GiB",
        remedy: "break it into lines")
    }
    return block
  }
}
