extension Tape {
  /// Lets dropouts to come tell chosen rows apart as they were among all that a model has had.
  package func keepKeys(of rows: [Int32], among count: Int) {
    guard let keys = rowKeys.last(where: { $0.values.count == count }) else { return }
    rowKeys.append(RowKeys(rows.map { keys.values[Int($0)] }))
  }
}
