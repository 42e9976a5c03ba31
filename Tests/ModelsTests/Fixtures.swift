import Models
import Records
import Stages
import Tensors
import TestSupport

/// Tiny models and reference values written by `Scripts/models_make_fixtures.py`.
enum Fixture {
  static func folder(_ name: String) -> String {
    "\(Shared.project)/Tests/Fixtures/Models/\(name)"
  }

  static func reference(_ name: String) throws -> SafetensorsFile {
    try SafetensorsFile(folder(name) + "/reference.safetensors")
  }

  /// A model and reference outputs of the shared collection.
  static func golden(_ name: String) throws -> (folder: String, io: SafetensorsFile) {
    let folder = Shared.path("golden/train-formats/golden/\(name)")
    return (folder, try SafetensorsFile(folder + "/io.safetensors"))
  }
}

extension SafetensorsFile {
  func floats(_ name: String) throws -> [Float] { try tensor(name).values }

  /// The rows of an integer matrix.
  func rows(_ name: String) throws -> [[Int32]] {
    let values = try integers(name).map { Int32($0) }
    let width = self[name]?.shape.last ?? 1
    return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
  }

  /// The batch of an example: tokens without padding, and where they stood in the rectangle.
  func batch() throws -> (batch: TokenBatch, places: [Int32]) {
    try TokenBatch.packing(rows("input_ids"), mask: rows("attention_mask"))
  }

  /// Where tokens stand once virtual ones stand before each row, those first.
  func places(_ places: [Int32], prompted virtual: Int) throws -> [Int32] {
    guard virtual > 0 else { return places }
    let width = Int32(self["input_ids"]?.shape.last ?? 1)
    let longer = width + Int32(virtual)
    return try rows("input_ids").indices.flatMap { row in
      let start = Int32(row) * longer
      return (0..<Int32(virtual)).map { start + $0 }
        + places.filter { $0 / width == row }.map { start + Int32(virtual) + $0 % width }
    }
  }

  /// Labels shifted as a causal model shifts them: the target of each place is the next label.
  /// - Parameter virtual: How many virtual tokens, which are no labels, stand before each row.
  func nextTokens(_ places: [Int32], prompted virtual: Int = 0) throws -> [Int32] {
    let none = Array(repeating: Tape.ignoredTarget, count: virtual)
    let shifted = try rows("labels").flatMap { (none + $0).dropFirst() + [Tape.ignoredTarget] }
    return places.map { shifted[Int($0)] }
  }
}

/// The largest distance between two lists of equal length.
func distance(_ left: [Float], _ right: [Float]) -> Float {
  guard left.count == right.count else { return .infinity }
  return zip(left, right).map { abs($0 - $1) }.max() ?? 0
}
