internal import CKernels

extension Tape {
  /// The rows `ids` of a table, times `factor`: `[count, columns]`.
  ///
  /// For embeddings, and for picking rows of activations: first tokens, last tokens, any places.
  /// The gradient adds up rows that were picked more than once, in a fixed order.
  public func gather(_ table: Tensor, rows ids: [Int32], factor: Float = 1) -> Tensor {
    embedding([(table, ids)], factor: factor)
  }

  /// The sum of rows from several tables, times `factor`: word + position + token type.
  ///
  /// Every list of ids has the same length, the rows of the result; tables are `[entries, hidden]`.
  /// - Parameter padding: The entry of each table whose row takes no gradient, as torch's `padding_idx`; none of
  ///   tables that the list does not reach.
  public func embedding(
    _ parts: [(table: Tensor, ids: [Int32])], factor: Float = 1, padding: [Int32?] = []
  ) -> Tensor {
    precondition(!parts.isEmpty, "an embedding of no tables")
    let count = parts[0].ids.count
    let columns = parts[0].table.columns
    for part in parts { checkTable(part.table, part.ids, rows: count, columns: columns) }
    // Parameters are there anyway, unlike activations that rows are picked from.
    let areParameters = parts.allSatisfy { $0.table.requiresGradient && !$0.table.slot.isResult }
    let output = Tensor(
      uninitialized: [count, columns],
      recipe: isRecording && areParameters
        ? Recipe(from: []) {
          let result = Tensor(uninitialized: [count, columns])
          gatherAndAdd(parts, factor, into: result)
          return result
        } : nil)
    gatherAndAdd(parts, factor, into: output)
    let slots = parts.enumerated().map { number, part in
      let passed = number < padding.count ? padding[number] : nil
      let ids = passed.map { passed in part.ids.map { $0 == passed ? -1 : $0 } } ?? part.ids
      return (slot: part.table.slot, ids: ids)
    }
    return record(output, inputs: parts.map(\.table)) { gradient in
      for (slot, ids) in slots {
        slot.addToZeros { memory in
          anneal_scatter(Int64(count), Int64(columns), factor, ids, gradient.base, memory)
        }
      }
    }
  }

  /// The mean row of each sequence: `[sequences, columns]`; zeros for an empty sequence.
  public func meanRows(_ x: Tensor, layout: SequenceLayout) -> Tensor {
    precondition(x.rows >= layout.rows, "\(x.rows) rows for a layout of \(layout.rows)")
    let output = Tensor(uninitialized: [layout.count, x.columns])
    let starts = layout.starts.map { Int64($0) }
    let lengths = layout.lengths.map { Int64($0) }
    let columns = Int64(x.columns)
    reading(x) {
      anneal_mean_rows(Int64(starts.count), columns, starts, lengths, x.base, output.fresh)
    }
    return record(output, inputs: [x]) { [slot = x.slot] gradient in
      slot.addToZeros { memory in
        anneal_mean_rows_backward(
          Int64(starts.count), columns, starts, lengths, gradient.base, memory)
      }
    }
  }

  /// Rotates pairs of each head's first values by the row's angles (rotary position embedding).
  ///
  /// `angles` holds, for each row, dimension / 2 pairs of cosine and sine: `[rows, dimension]`.
  /// `interleaved` pairs neighbours (GPT-J); otherwise the first half pairs with the second (Llama).
  public func rotate(
    _ x: Tensor, angles: Tensor, heads: Int, interleaved: Bool = false
  ) -> Tensor {
    let head = x.columns / heads
    let dimension = angles.columns
    precondition(
      angles.rows == x.rows && head * heads == x.columns && dimension <= head,
      "rotating \(x.shape) in \(heads) heads by angles \(angles.shape)")
    let output = Tensor(uninitialized: x.shape)
    let rows = Int64(x.rows)
    reading(x, angles) {
      anneal_rotate(
        rows, Int64(heads), Int64(head), Int64(dimension), interleaved, angles.base, 1,
        x.base, output.fresh, false)
    }
    return record(output, inputs: [x]) { [slot = x.slot] gradient in
      slot.add(over: gradient) { memory, add in
        anneal_rotate(
          rows, Int64(heads), Int64(head), Int64(dimension), interleaved, angles.base,
          -1, gradient.base, memory, add)
      }
    }
  }

  /// Tensors one below the other: `[sum of rows, columns]`.
  public func concatenateRows(_ parts: [Tensor]) -> Tensor {
    precondition(!parts.isEmpty, "no tensors to concatenate")
    let columns = parts[0].columns
    var starts: [Int] = []
    var rows = 0
    for part in parts {
      precondition(part.columns == columns, "\(part.columns) columns below \(columns)")
      starts.append(rows)
      rows += part.rows
    }
    let output = Tensor(uninitialized: [rows, columns])
    for (part, start) in zip(parts, starts) {
      reading(part) {
        anneal_copy(Int64(part.count), part.base, output.fresh + start * columns)
      }
    }
    let slots = parts.map(\.slot)
    return record(output, inputs: parts) { gradient in
      for (slot, start) in zip(slots, starts) {
        slot.add { memory, add in
          anneal_scale(Int64(slot.count), 1, gradient.base + start * columns, memory, add)
        }
      }
    }
  }
}

private func gatherAndAdd(
  _ parts: [(table: Tensor, ids: [Int32])], _ factor: Float, into result: Tensor
) {
  for (index, part) in parts.enumerated() {
    reading(part.table) {
      anneal_gather(
        Int64(result.rows), Int64(result.columns), factor, part.ids, part.table.base, result.fresh,
        index > 0)
    }
  }
}

private func checkTable(_ table: Tensor, _ ids: [Int32], rows: Int, columns: Int) {
  precondition(
    ids.count == rows && table.columns == columns,
    "\(ids.count) ids of a table of shape \(table.shape), for \(rows) rows of \(columns)")
  for id in ids {
    precondition(
      id >= 0 && id < table.rows, "row \(id) of a table of shape \(table.shape)")
  }
}
