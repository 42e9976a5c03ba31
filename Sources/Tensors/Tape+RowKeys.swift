extension Tape {
  /// Lets dropouts to come tell chosen rows apart as they were among all that a model has had.
  package func keepKeys(of rows: [Int32], among count: Int) {
    guard let keys = rowKeys.last(where: { $0.values.count == count }) else { return }
    rowKeys.append(RowKeys(rows.map { keys.values[Int($0)] }))
  }

  /// Where the sequences lie that so many rows at work are of.
  package func layout(ofRows rows: Int) -> SequenceLayout {
    guard let layout = rowKeys.last(where: { $0.values.count == rows })?.layout else {
      preconditionFailure(
        "no layout of \(rows) rows among \(rowKeys.map(\.values.count)) that the model has set")
    }
    return layout
  }
}
