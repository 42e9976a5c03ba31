import Stages

/// Blocks of whole lines of a file, the next one read while the last is worked on.
struct LineBlocks {
  private let blocks: Ahead<[UInt8], any Error>

  /// Begins to read; a block has about as many bytes as `size` says, or those of one long line.
  init(_ reader: FileReader, size: Int) {
    let reading = LineBlockReading(reader, size: size)
    blocks = Ahead { () throws(any Error) in try reading.next() }
  }

  /// The next lines, each with its end as a part of it, as for Hugging Face's trainers; nil behind the last one.
  func next() throws -> [UInt8]? { try blocks.take() }
}

/// Cuts a file into blocks behind ends of lines.
private final class LineBlockReading {
  private let reader: FileReader
  private let size: Int
  /// What follows the last end of a line waits for the rest of its line.
  private var rest: [UInt8] = []
  private var hasEnded = false

  /// A line must fit into memory more than once.
  private static let longestLine = 1 << 30

  init(_ reader: FileReader, size: Int) {
    self.reader = reader
    self.size = size
  }

  func next() throws -> [UInt8]? {
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
    guard start.count < Self.longestLine else {
      throw StageError(
        "invalid-record", "\(reader.path) has a line of more than 1 GiB",
        remedy: "break it into lines")
    }
    var block = try reader.read(count, behind: start[...])
    hasEnded = block.count == start.count
    while !hasEnded, block.count < start.count + count {
      let more = try reader.read(start.count + count - block.count)
      if more.isEmpty { break }
      block += more
    }
    return block
  }
}
