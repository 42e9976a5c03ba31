package import Stages

/// Sets of numbers by their place, in memory up to a limit and beyond it in a file without a name.
///
/// 8 bytes a number and 12 a set.
package struct SetStore: Sendable {
  private enum Chunk: Sendable {
    case memory([UInt64])
    /// Where in the file it begins.
    case file(Int, count: Int)
  }

  private let folder: String
  private let limit: Int
  private var chunks: [Chunk] = []
  private var newest: [UInt64] = []
  private var places: [Int] = []
  private var counts: [Int32] = []
  private var file: ScratchFile?
  /// Numbers in full chunks in memory, and in the file.
  private var held = 0
  private var filed = 0
  private static let chunkSize = 1 << 17

  /// An empty store that holds up to `bytes` in memory and the rest in the folder.
  package init(bytes: Int, folder: String) {
    limit = bytes / 8
    self.folder = folder
  }

  /// How many sets there are.
  package var count: Int { counts.count }

  /// How many numbers all sets have.
  package var total: Int { held + filed + newest.count }

  /// Calls `body` with all numbers, run by run, each the numbers of some sets.
  package func forEachRun(_ body: ([UInt64]) throws -> Void) throws {
    for (number, chunk) in chunks.enumerated() {
      switch chunk {
      case .memory(let numbers): try body(numbers)
      case .file(let place, let count):
        guard let file else { preconditionFailure("chunk \(number) is on disk without a file") }
        try body(try file.read(count, at: place))
      }
    }
    try body(newest)
  }

  /// Adds a set; its place is the number of sets before it.
  package mutating func append(_ set: [UInt64]) throws(FileError) { try append(set[...]) }

  /// Adds a set that is part of an array.
  package mutating func append(_ set: ArraySlice<UInt64>) throws(FileError) {
    places.append(chunks.count << 32 | newest.count)
    counts.append(Int32(set.count))
    newest += set
    if newest.count >= Self.chunkSize { try close() }
  }

  /// Ends the newest chunk, in memory or on disk.
  private mutating func close() throws(FileError) {
    let chunk = newest
    newest.removeAll(keepingCapacity: true)
    guard held + chunk.count > limit else {
      held += chunk.count
      chunks.append(.memory(chunk))
      return
    }
    let target = if let file { file } else { try ScratchFile(in: folder) }
    file = target
    try target.write(chunk, at: filed)
    chunks.append(.file(filed, count: chunk.count))
    filed += chunk.count
  }

  /// Calls `body` with a set.
  package func with<Result>(
    _ index: Int, _ body: (Span<UInt64>) throws -> Result
  ) throws -> Result {
    let (numbers, start) = try numbers(of: index)
    return try body(numbers.span.extracting(start..<start + Int(counts[index])))
  }

  /// Numbers that hold a set, and where among them it begins.
  private func numbers(of index: Int) throws(FileError) -> ([UInt64], start: Int) {
    let (chunk, start) = (places[index] >> 32, places[index] & 0xFFFF_FFFF)
    guard chunk < chunks.count else { return (newest, start) }
    switch chunks[chunk] {
    case .memory(let numbers): return (numbers, start)
    case .file(let place, _):
      guard let file else { preconditionFailure("chunk \(chunk) is on disk, but there is no file") }
      return (try file.read(Int(counts[index]), at: place + start), 0)
    }
  }
}
