internal import CKernels

/// Keys and values that a cache keeps, and where each sequence's lie.
package struct KeptKeys {
  /// `[rows, key-value heads · head]`.
  package let key, value: Tensor
  /// The row of place j of sequence s, at s · stride + j.
  package let places: [Int32]
  /// Entries of `places` for each sequence.
  package let stride: Int
  /// The tokens of each sequence, new ones included.
  package let lengths: [Int]

  /// Keys and values of `lengths` tokens.
  package init(key: Tensor, value: Tensor, places: [Int32], stride: Int, lengths: [Int]) {
    precondition(
      places.count >= lengths.count * stride && lengths.allSatisfy { $0 <= stride },
      "\(places.count) places, \(stride) a sequence, for lengths \(lengths)")
    (self.key, self.value, self.places) = (key, value, places)
    (self.stride, self.lengths) = (stride, lengths)
  }
}

extension Tape {
  /// Attention of few new tokens to kept keys, which are read where they lie; nothing is recorded.
  package func attention(
    query: Columns, kept: KeptKeys, layout: SequenceLayout, bias: Tensor?,
    _ options: AttentionOptions
  ) -> Tensor {
    precondition(
      kept.lengths.count == layout.count && kept.key.shape == kept.value.shape,
      "\(kept.lengths.count) kept sequences for \(layout.count)")
    let starts = kept.lengths.indices.map { Int64($0 * kept.stride) }
    return decode(
      query, Columns(kept.key), Columns(kept.value), layout, starts,
      kept.lengths.map { Int64($0) }, kept.places, bias, options)
  }

  /// Attention of one token of each sequence to keys that lie one after the other.
  func singleQueryAttention(
    _ query: Columns, _ key: Columns, _ value: Columns, _ layout: SequenceLayout,
    _ keys: SequenceLayout, _ options: AttentionOptions
  ) -> Tensor {
    decode(
      query, key, value, layout, keys.starts.map { Int64($0) }, keys.lengths.map { Int64($0) }, nil,
      nil, options)
  }

  private func decode(
    _ query: Columns, _ key: Columns, _ value: Columns, _ layout: SequenceLayout,
    _ starts: [Int64], _ lengths: [Int64], _ places: [Int32]?, _ bias: Tensor?,
    _ options: AttentionOptions
  ) -> Tensor {
    precondition(!isRecording, "attention of single queries has no gradient")
    let head = query.count / options.heads
    precondition(
      head * options.heads == query.count && head * options.keyValueHeads == key.count
        && options.heads % options.keyValueHeads == 0,
      "\(query.count) query and \(key.count) key columns in \(options.heads) and "
        + "\(options.keyValueHeads) heads")
    if let bias {
      precondition(
        bias.shape.count == 3 && bias.shape[0] == options.heads
          && bias.shape[1] >= layout.longest && Int64(bias.shape[2]) >= lengths.max() ?? 0,
        "an attention bias of shape \(bias.shape)")
    }
    let output = Tensor(uninitialized: [query.tensor.rows, query.count])
    if layout.tokens < output.rows { anneal_fill(Int64(output.count), 0, output.fresh) }
    let call = AttentionCall(
      query, key, value,
      queries: (layout.starts.map { Int64($0) }, layout.lengths.map { Int64($0) }),
      keys: (starts, lengths), bias, options)
    call.run { anneal_attention_decode($0, places, output.fresh) }
    return output
  }
}

extension Tensor {
  /// A tensor whose contents are yet to be written.
  package static func room(_ shape: [Int]) -> Tensor { Tensor(uninitialized: shape) }

  /// The same rows, and room for more behind them.
  package func grown(to rows: Int) -> Tensor {
    precondition(rows >= self.rows, "\(rows) rows for \(self.rows)")
    let result = Tensor(uninitialized: [rows, columns])
    reading(self) { anneal_copy(Int64(count), base, result.fresh) }
    return result
  }

  /// Copies the first rows of other columns over the rows `places`, outside any tape.
  package func placeRows(_ places: [Int32], from source: Columns) {
    precondition(
      source.count == columns && source.tensor.rows >= places.count
        && places.allSatisfy { $0 >= 0 && $0 < rows },
      "\(places.count) rows of \(source.count) columns of \(source.tensor.shape) into \(shape)")
    reading(source.tensor) {
      storage.write { memory in
        anneal_place_rows(
          Int64(places.count), Int64(columns), source.tensor.base + source.start,
          Int64(source.tensor.columns), places, memory)
      }
    }
  }

  /// The places of the `count` largest sums of a value and its row's offset, best first, row by row.
  ///
  /// Of equals the first come first; a place of -1 stands where a row has too few columns.
  package func bestOfRows(
    count: Int, offsets: [Float]
  ) -> (places: [Int32], sums: [Float]) {
    precondition(offsets.count == rows && count > 0, "\(offsets.count) offsets for \(rows) rows")
    var places = [Int32](repeating: -1, count: rows * count)
    var sums = [Float](repeating: -.infinity, count: rows * count)
    reading(self) {
      anneal_best(Int64(rows), Int64(columns), base, offsets, Int64(count), &places, &sums)
    }
    return (places, sums)
  }

  /// The places of a row's values / divisor that are at least `least`, largest first.
  ///
  /// Of equals the first come first; places of minus infinity are left out.
  package func ranking(row: Int, divisor: Float, least: Float) -> [Int32] {
    precondition(0..<rows ~= row, "row \(row) of \(rows)")
    return [Int32](unsafeUninitializedCapacity: columns) { places, count in
      guard let start = places.baseAddress else { return }
      count = reading(self) {
        Int(anneal_ranking(Int64(columns), base + row * columns, divisor, least, start))
      }
    }
  }

  /// The values of a row at the given columns.
  package func entries(row: Int, at places: [Int32]) -> [Float] {
    withValues { values in places.map { values[row * columns + Int($0)] } }
  }
}
