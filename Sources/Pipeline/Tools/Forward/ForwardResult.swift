import Records

/// What a model computed for one line.
struct ForwardResult {
  /// What the values are, as transformers names it.
  let name: String
  /// The values, row by row.
  let values: [Float]
  /// Their sizes.
  let shape: [Int]
  /// The loss; nil where the line had no labels, or none that counts.
  let loss: Float?

  /// Appends the line: lists in lists, in the shortest spelling that keeps every bit.
  ///
  /// Written straight to bytes, for the scores of a vocabulary are too many for a tree of values.
  func write(to bytes: inout [UInt8]) {
    bytes += "{\"\(name)\":".utf8
    var next = 0
    write(shape[...], &next, &bytes)
    if let loss {
      bytes += ",\"loss\":".utf8
      JSONValue.single(loss).write(to: &bytes)
    }
    bytes += "}\n".utf8
  }

  private func write(_ shape: ArraySlice<Int>, _ next: inout Int, _ bytes: inout [UInt8]) {
    guard let size = shape.first else {
      JSONValue.single(values[next]).write(to: &bytes)
      next += 1
      return
    }
    bytes.append(UInt8(ascii: "["))
    for index in 0..<size {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      write(shape.dropFirst(), &next, &bytes)
    }
    bytes.append(UInt8(ascii: "]"))
  }
}
