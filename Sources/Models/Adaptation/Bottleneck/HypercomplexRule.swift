import Tensors

/// The rules of a sum of Kronecker products: `[n, n, n]`, as a whole or as products of a column and a row each.
enum HypercomplexRule: Sendable {
  case whole(Tensor)
  /// `[n, n, 1]` and `[n, 1, n]`.
  case factors(left: Tensor, right: Tensor)

  /// The rules themselves.
  func callAsFunction(_ tape: Tape) -> Tensor {
    switch self {
    case .whole(let rule): rule
    case .factors(let left, let right): tape.outerProducts(left, right)
    }
  }

  /// What is filed, by the ends of AdapterHub's names.
  var parameters: [BottleneckParameter] {
    switch self {
    case .whole(let rule): [("phm_rule", rule, .weight)]
    case .factors(let left, let right):
      [("phm_rule_left", left, .weight), ("phm_rule_right", right, .weight)]
    }
  }
}

extension Tape {
  /// Of each of n columns `[n, n, 1]` and n rows `[n, 1, n]` the product: `[n, n, n]`.
  fileprivate func outerProducts(_ left: Tensor, _ right: Tensor) -> Tensor {
    let count = left.shape[0]
    precondition(
      left.shape == [count, count, 1] && right.shape == [count, 1, count],
      "outer products of \(left.shape) and \(right.shape)")
    let (columns, rows) = (left.values, right.values)
    let values = (0..<count * count * count).map { place in
      columns[place / count] * rows[place / (count * count) * count + place % count]
    }
    return record(Tensor(values, shape: [count, count, count]), inputs: [left, right]) { gradient in
      var (lefts, rights) = (columns.map { _ in Float(0) }, rows.map { _ in Float(0) })
      for (place, slope) in gradient.values.enumerated() {
        let (column, row) = (place / count, place / (count * count) * count + place % count)
        lefts[column] += slope * rows[row]
        rights[row] += slope * columns[column]
      }
      left.accumulate(gradient: Tensor(lefts, shape: left.shape))
      right.accumulate(gradient: Tensor(rights, shape: right.shape))
    }
  }
}
