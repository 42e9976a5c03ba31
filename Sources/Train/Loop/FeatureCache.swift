package import Stages
package import Tensors

/// The vectors of each example, computed when they are first asked for.
///
/// Vectors are computed in fixed batches, as the last bits of a product may hang on how many rows it has: a
/// vector is the same whichever examples are asked for, in whatever order. 4 bytes a number, in memory as
/// far as that is allowed, beyond it in a file without a name; what a file would be too large for is
/// computed each time.
package final class FeatureCache {
  /// The most bytes of a file.
  package static let mostOnDisk = 16 << 30

  private let batches: [[Int]]
  private let rows: [Int]?
  private let memory: MemoryAllowance
  private let most: Int
  private let folder: String
  /// The batch of each place whose vectors are still to be computed.
  private var missing: [Int?]
  private var store: FeatureStore?
  private var isTooLarge = false

  /// - Parameters:
  ///   - batches: Every place from 0 on, in one of them.
  ///   - rows: How many vectors each place has; one if nil.
  ///   - memory: What may be held in memory.
  ///   - most: The most bytes in a file.
  ///   - folder: Where the file is made.
  package init(
    batches: [[Int]], rows: [Int]? = nil, memory: MemoryAllowance, most: Int = mostOnDisk,
    folder: String
  ) {
    (self.batches, self.rows, self.memory) = (batches, rows, memory)
    (self.most, self.folder) = (most, folder)
    missing = Array(repeating: nil, count: batches.reduce(0) { $0 + $1.count })
    for (number, batch) in batches.enumerated() {
      for place in batch { missing[place] = number }
    }
  }

  /// The vectors of some places, one place after the other: `[vectors, width]`.
  ///
  /// - Parameter compute: Those of a batch's places, whoever asks: `[vectors, width]`.
  /// - Throws: `FileError` for a full disk.
  package func vectors(
    _ places: [Int], _ compute: ([Int]) -> Tensor
  ) throws(FileError) -> Tensor {
    for place in places {
      if let number = missing[place], !isTooLarge { try fill(batches[number], compute) }
    }
    guard !isTooLarge else { return compute(places) }
    guard let store else { preconditionFailure("vectors of no place") }
    let values = try store.values(of: places)
    return Tensor(values, shape: [values.count / store.width, store.width])
  }

  private func fill(_ batch: [Int], _ compute: ([Int]) -> Tensor) throws(FileError) {
    let vectors = compute(batch)
    if store == nil { store = try open(width: vectors.columns) }
    guard var store else {
      isTooLarge = true
      return
    }
    let values = vectors.values
    // Alone in holding it, so that nothing is copied.
    self.store = nil
    var begin = 0
    for place in batch {
      let end = begin + store.count(of: place)
      try store.write(values[begin..<end], at: place)
      missing[place] = nil
      begin = end
    }
    self.store = store
  }

  /// Where vectors are kept; nil where there is no place for them.
  private func open(width: Int) throws(FileError) -> FeatureStore? {
    let rows = rows ?? Array(repeating: 1, count: missing.count)
    let bytes = rows.reduce(0, +) * width * MemoryLayout<Float>.size
    if memory.take(bytes) { return FeatureStore(rows: rows, width: width, file: nil) }
    guard bytes <= most else { return nil }
    return FeatureStore(rows: rows, width: width, file: try ScratchFile(in: folder))
  }
}

/// Bytes that caches may hold in memory together.
package final class MemoryAllowance {
  private var left: Int

  /// - Parameter bytes: How many they may hold.
  package init(_ bytes: Int) { left = bytes }

  /// Takes bytes for good; false, and nothing is taken, where fewer are left.
  func take(_ bytes: Int) -> Bool {
    guard bytes <= left else { return false }
    left -= bytes
    return true
  }
}

/// Rows of numbers by their place, in memory or in a file.
private struct FeatureStore {
  let width: Int
  /// Where the numbers of each place begin, and where the last ends.
  private let starts: [Int]
  private var values: [Float] = []
  private let file: ScratchFile?

  init(rows: [Int], width: Int, file: ScratchFile?) {
    self.width = width
    self.file = file
    starts = rows.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1 * width) }
    if file == nil { values = [Float](repeating: 0, count: starts.last ?? 0) }
  }

  /// How many numbers a place has.
  func count(of place: Int) -> Int { starts[place + 1] - starts[place] }

  mutating func write(_ numbers: ArraySlice<Float>, at place: Int) throws(FileError) {
    if let file {
      let bytes = numbers.withUnsafeBytes { Array($0) }
      try file.write(bytes: bytes, at: starts[place] * MemoryLayout<Float>.size)
    } else {
      values.replaceSubrange(starts[place]..<starts[place + 1], with: numbers)
    }
  }

  func values(of places: [Int]) throws(FileError) -> [Float] {
    var found: [Float] = []
    found.reserveCapacity(places.reduce(0) { $0 + count(of: $1) })
    for place in places {
      if let file {
        let size = MemoryLayout<Float>.size
        let bytes = try file.bytes(starts[place] * size..<starts[place + 1] * size)
        bytes.withUnsafeBytes { found.append(contentsOf: $0.bindMemory(to: Float.self)) }
      } else {
        found.append(contentsOf: values[starts[place]..<starts[place + 1]])
      }
    }
    return found
  }
}
