import Models
import Records
import Stages
import Tensors

/// Token ids in rows of one length, some of whose places are padding.
struct PaddedRows {
  let rows: [[Int32]]
  let mask: [[Int32]]
  var types: [[Int32]]?

  /// The number of rows, and the length of each.
  var shape: [Int] { [rows.count, rows[0].count] }

  /// The batch without padding, and where its tokens stood in the rectangle.
  var packed: (batch: TokenBatch, places: [Int32]) {
    TokenBatch.packing(rows, mask: mask, types: types)
  }

  /// The rows behind so many virtual tokens, for what a model says of these too.
  func prompted(_ virtual: Int) -> PaddedRows {
    guard virtual > 0 else { return self }
    func longer(_ rows: [[Int32]], _ filling: Int32) -> [[Int32]] {
      rows.map { Array(repeating: filling, count: virtual) + $0 }
    }
    return PaddedRows(
      rows: longer(rows, 0), mask: longer(mask, 1), types: types.map { longer($0, 0) })
  }

  /// The labels of the places that are kept, where a label may stand one place further on.
  /// - Parameter shift: How many places after the token that predicts it a label stands.
  func targets(
    _ labels: [[Int32]], shift: Int, _ line: RequestLine
  ) throws(StageError) -> [Int32] {
    var targets: [Int32] = []
    for (row, labels) in labels.enumerated() {
      for place in labels.indices {
        let target = place + shift < labels.count ? labels[place + shift] : Tape.ignoredTarget
        if mask[row][place] != 0 {
          targets.append(target)
        } else if target != Tape.ignoredTarget {
          throw line.fault(
            "is \(target), which padding would have to predict",
            field: "labels[\(row)][\(place + shift)]", remedy: "write -100 there")
        }
      }
    }
    return targets
  }

  /// Vectors of the kept places put back where they stood, zeros elsewhere.
  func unpacked(_ vectors: Tensor, _ places: [Int32]) -> [Float] {
    let width = vectors.columns
    var values = [Float](repeating: 0, count: shape[0] * shape[1] * width)
    vectors.withValues { span in
      for (row, place) in places.enumerated() {
        for column in 0..<width { values[Int(place) * width + column] = span[row * width + column] }
      }
    }
    return values
  }
}

/// A line of `anneal forward`: one sequence, or a padded batch of them.
struct ForwardRequest {
  let line: RequestLine
  /// Whether `input_ids` is a list of lists; results then have one more level too.
  let isBatch: Bool

  static let fields = [
    "input_ids", "attention_mask", "token_type_ids", "labels", "decoder_input_ids",
    "decoder_attention_mask",
  ]

  /// Parses a line.
  init(_ bytes: ArraySlice<UInt8>, at source: Source) throws(StageError) {
    line = try RequestLine(bytes, at: source, fields: Self.fields)
    guard let ids = line["input_ids"] else { throw line.fault("is missing", field: "input_ids") }
    isBatch = ids.array?.first?.array != nil
  }

  /// The sequences that the model reads.
  /// - Parameters:
  ///   - segments: The number of segments that a model tells apart.
  func source(tokens: Int, length: Int, segments: Int) throws(StageError) -> PaddedRows {
    guard var rows = try padded("input_ids", "attention_mask", tokens: tokens, length: length)
    else { throw line.fault("is missing", field: "input_ids") }
    let kind = IntegerKind(limit: segments, expected: "a segment from 0 to \(segments - 1)")
    rows.types = try matrix("token_type_ids", kind)
    try requireShape(rows.types, rows.shape, "token_type_ids", like: "input_ids")
    return rows
  }

  /// Ids of one length with their mask; nil where the field is missing.
  func padded(
    _ field: String, _ maskField: String, tokens: Int, length: Int
  ) throws(StageError) -> PaddedRows? {
    guard let rows = try matrix(field, .tokens(tokens)) else { return nil }
    guard let first = rows.first, !first.isEmpty else {
      throw line.fault("holds no token", field: field)
    }
    try requireShape(rows, [rows.count, first.count], field, like: "\(field)[0]")
    guard first.count <= length else {
      throw line.fault(
        "has \(first.count) tokens, where the model takes \(length)", field: field,
        remedy: "shorten it")
    }
    let mask = try matrix(maskField, .mask)
    try requireShape(mask, [rows.count, first.count], maskField, like: field)
    if let row = mask?.firstIndex(where: { !$0.contains(1) }) {
      throw line.fault("keeps no token", field: name(maskField, row))
    }
    return PaddedRows(
      rows: rows, mask: mask ?? rows.map { $0.map { _ in 1 } })
  }

  /// A field as rows of whole numbers; a single row where the line is no batch.
  func matrix(_ field: String, _ kind: IntegerKind) throws(StageError) -> [[Int32]]? {
    guard let value = line[field] else { return nil }
    guard isBatch else { return [try line.integers(value, kind, field: field)] }
    var rows: [[Int32]] = []
    for (row, value) in try line.list(value, field: field).enumerated() {
      rows.append(try line.integers(value, kind, field: name(field, row)))
    }
    return rows
  }

  /// Labels of tokens, which have the shape of the ids they belong to.
  func labels(_ classes: Int, like rows: PaddedRows, _ field: String) throws(StageError)
    -> [[Int32]]?
  {
    let labels = try matrix("labels", .labels(classes))
    try requireShape(labels, rows.shape, "labels", like: field)
    return labels
  }

  /// Refuses rows of another number or length.
  func requireShape(
    _ rows: [[Int32]]?, _ shape: [Int], _ field: String, like other: String
  ) throws(StageError) {
    guard let rows else { return }
    guard rows.count == shape[0] else {
      throw line.fault("has \(rows.count) rows, where \(other) has \(shape[0])", field: field)
    }
    for (row, values) in rows.enumerated() where values.count != shape[1] {
      throw line.fault(
        "has \(values.count) values, where \(other) has \(shape[1])", field: name(field, row),
        remedy: "pad the rows of a batch to one length and say so in attention_mask")
    }
  }

  /// A row of a field as the line spells it.
  func name(_ field: String, _ row: Int) -> String { isBatch ? "\(field)[\(row)]" : field }
}
