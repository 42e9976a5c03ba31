package import Stages
package import Tensors

/// One vector of each example, computed when it is first asked for.
///
/// Vectors are computed in fixed batches, as the last bits of a product may hang on how many rows it has: a
/// vector is the same whichever examples are asked for, in whatever order. 4 bytes a number, in memory up
/// to a limit, beyond it in a file without a name.
package final class FeatureCache {
  private let batches: [[Int]]
  private let compute: ([Int]) -> Tensor
  private let limit: Int
  private let folder: String
  /// The batch of each place whose vector is still to be computed.
  private var missing: [Int?]
  private var store: FeatureStore?

  /// - Parameters:
  ///   - batches: Every place from 0 on, in one of them.
  ///   - limit: The most bytes in memory.
  ///   - folder: Where the file is made.
  ///   - compute: The vectors of a batch's places: `[places, width]`.
  package init(
    batches: [[Int]], limit: Int = 64 << 20, folder: String, compute: @escaping ([Int]) -> Tensor
  ) {
    (self.batches, self.limit, self.folder, self.compute) = (batches, limit, folder, compute)
    missing = Array(repeating: nil, count: batches.reduce(0) { $0 + $1.count })
    for (number, batch) in batches.enumerated() {
      for place in batch { missing[place] = number }
    }
  }

  /// The vectors of some places: `[places, width]`.
  /// - Throws: `FileError` for a full disk.
  package func vectors(_ places: [Int]) throws(FileError) -> Tensor {
    for place in places {
      if let number = missing[place] { try fill(batches[number]) }
    }
    guard let store else { preconditionFailure("vectors of no place") }
    let values = try store.rows(places)
    return Tensor(values, shape: [places.count, store.width])
  }

  private func fill(_ batch: [Int]) throws(FileError) {
    let vectors = compute(batch)
    let values = vectors.values
    var store =
      if let store { store } else {
        try FeatureStore(
          count: missing.count, width: vectors.columns, limit: limit, folder: folder)
      }
    // Alone in holding it, so that nothing is copied.
    self.store = nil
    for (row, place) in batch.enumerated() {
      try store.write(values[row * store.width..<(row + 1) * store.width], at: place)
      missing[place] = nil
    }
    self.store = store
  }
}

/// Rows of numbers by their place, in memory where they are few and in a file otherwise.
private struct FeatureStore {
  let width: Int
  private var values: [Float] = []
  private let file: ScratchFile?

  init(count: Int, width: Int, limit: Int, folder: String) throws(FileError) {
    self.width = width
    let isSmall = count * width * MemoryLayout<Float>.size <= limit
    file = isSmall ? nil : try ScratchFile(in: folder)
    if isSmall { values = [Float](repeating: 0, count: count * width) }
  }

  private var bytes: Int { width * MemoryLayout<Float>.size }

  mutating func write(_ row: ArraySlice<Float>, at place: Int) throws(FileError) {
    if let file {
      try file.write(bytes: row.withUnsafeBytes { Array($0) }, at: place * bytes)
    } else {
      values.replaceSubrange(place * width..<(place + 1) * width, with: row)
    }
  }

  func rows(_ places: [Int]) throws(FileError) -> [Float] {
    var rows: [Float] = []
    rows.reserveCapacity(places.count * width)
    for place in places {
      if let file {
        let row = try file.bytes(place * bytes..<(place + 1) * bytes)
        row.withUnsafeBytes { rows.append(contentsOf: $0.bindMemory(to: Float.self)) }
      } else {
        rows.append(contentsOf: values[place * width..<(place + 1) * width])
      }
    }
    return rows
  }
}
