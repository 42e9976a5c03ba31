internal import CKernels

extension SequenceLayout {
  /// The layout of sequences that are longer, or shorter, by so many rows each, without gaps.
  package func lengthened(by rows: Int) -> SequenceLayout {
    rows == 0 ? self : SequenceLayout(lengths: lengths.map { $0 + rows }, keys: keys)
  }
}

extension Tape {
  /// The rows of x with the rows of `first` before those of every sequence.
  ///
  /// `layout` says where x's sequences lie, which have no gaps between them; the result's are
  /// `layout.lengthened(by: first.tensor.rows)`. The gradient of `first` sums over the sequences in
  /// their order. For virtual tokens, and for the keys and values of prefixes.
  package func prepend(
    _ first: Columns, to x: Columns, layout: SequenceLayout
  ) -> Tensor {
    precondition(
      first.count == x.count && layout.tokens == x.tensor.rows && layout.rows == x.tensor.rows,
      "\(first.count) columns before \(x.count) of \(x.tensor.shape) under \(layout.tokens) rows")
    let longer = layout.lengthened(by: first.tensor.rows)
    let places = PrependedRows(first.tensor.rows, longer)
    let output = Tensor(uninitialized: [longer.rows, x.count])
    reading(first.tensor, x.tensor) {
      for rows in places.first { output.place(first, at: rows) }
      output.place(x, at: places.own)
    }
    let (firstStart, start, columns) = (first.start, x.start, x.count)
    return record(output, inputs: [first.tensor, x.tensor]) {
      [firstSlot = first.tensor.slot, slot = x.tensor.slot] gradient in
      for rows in places.first { firstSlot.add(gradient, rows, columns, at: firstStart) }
      slot.add(gradient, places.own, columns, at: start)
    }
  }

  /// A copy of some columns of a tensor.
  package func copy(_ x: Columns) -> Tensor {
    let rows = (0..<Int32(x.tensor.rows)).map { $0 }
    let output = Tensor(uninitialized: [x.tensor.rows, x.count])
    reading(x.tensor) { output.place(x, at: rows) }
    return record(output, inputs: [x.tensor]) {
      [slot = x.tensor.slot, start = x.start, columns = x.count] gradient in
      slot.add(gradient, rows, columns, at: start)
    }
  }

  /// Tensors of as many rows side by side: `[rows, sum of columns]`.
  package func joinColumns(_ parts: [Tensor]) -> Tensor {
    let rows = parts.first?.rows ?? 0
    let output = Tensor(
      uninitialized: [rows, parts.reduce(0) { $0 + $1.columns }])
    var starts: [Int] = []
    for part in parts {
      precondition(part.rows == rows, "\(part.rows) rows beside \(rows)")
      starts.append((starts.last ?? 0) + (starts.isEmpty ? 0 : parts[starts.count - 1].columns))
    }
    for (part, start) in zip(parts, starts) {
      reading(part) {
        for row in 0..<rows {
          anneal_copy(
            Int64(part.columns), part.base + row * part.columns,
            output.fresh + row * output.columns + start)
        }
      }
    }
    let slots = parts.map(\.slot)
    return record(output, inputs: parts) { gradient in
      for (slot, start) in zip(slots, starts) {
        guard let memory = slot.zeroed() else { continue }
        let columns = slot.shape.last ?? 1
        for row in 0..<rows {
          anneal_scale(
            Int64(columns), 1, gradient.base + row * gradient.columns + start,
            memory + row * columns, true)
        }
      }
    }
  }
}

/// Which rows of a lengthened layout are new, sequence by sequence, and which were there.
private struct PrependedRows {
  let first: [[Int32]]
  let own: [Int32]

  init(_ count: Int, _ longer: SequenceLayout) {
    first = longer.starts.map { start in (0..<count).map { Int32(start + $0) } }
    own = zip(longer.starts, longer.lengths).flatMap { start, length in
      Int32(start + count)..<Int32(start + length)
    }
  }
}

extension Tensor {
  /// Writes the rows of columns over rows of a tensor that no one else has yet.
  fileprivate func place(_ source: Columns, at rows: [Int32]) {
    anneal_place_rows(
      Int64(rows.count), Int64(source.count), source.tensor.base + source.start,
      Int64(source.tensor.columns), rows, fresh)
  }
}

extension GradientSlot {
  /// Adds rows of a gradient to the columns from `start` on, row by row.
  fileprivate func add(_ gradient: Tensor, _ rows: [Int32], _ columns: Int, at start: Int) {
    guard let memory = zeroed() else { return }
    let width = shape.last ?? 1
    for (own, row) in rows.enumerated() {
      anneal_scale(
        Int64(columns), 1, gradient.base + Int(row) * columns, memory + own * width + start, true)
    }
  }
}
