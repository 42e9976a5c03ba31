/// How much is read of files that grow with the data, in bytes of their lines.
package struct ReadingBounds: Sendable {
  /// Of `ledger.jsonl`, for what was lost.
  package var ledger = 512 << 20
  /// Of `data/train.jsonl`, for what was derived.
  package var derived = 256 << 20

  package init() {}

  /// What is said where a file is longer.
  static func remark(_ file: String, _ bound: Int) -> String {
    "Only the first \(Format.bytes(Double(bound))) of \(file) were read"
  }
}
