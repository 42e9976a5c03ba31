import Foundation
import Tensors
import Testing

/// One case of Fixtures/tensors.json, written by Scripts/tensors_reference.py.
struct Fixture {
  private struct Archive: Decodable {
    let cases: [String: [String: Stored]]
  }
  private struct Stored: Decodable {
    let shape: [Int]
    let data: Data
  }

  private static let cases: [String: [String: Stored]] = {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/tensors.json")
    guard let data = try? Data(contentsOf: path),
      let archive = try? JSONDecoder().decode(Archive.self, from: data)
    else { return [:] }
    return archive.cases
  }()

  static var names: Set<String> { Set(cases.keys) }

  let name: String
  private let arrays: [String: Stored]

  init(_ name: String) throws {
    self.name = name
    arrays = try #require(Self.cases[name], "no case \(name)")
  }

  func values(_ key: String) throws -> [Float] {
    let stored = try #require(arrays[key], "no array \(key) in \(name)")
    return stored.data.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map {
        Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))
      }
    }
  }

  func tensor(_ key: String) throws -> Tensor {
    let stored = try #require(arrays[key], "no array \(key) in \(name)")
    return Tensor(try values(key), shape: stored.shape)
  }

  /// Runs an operation on the named inputs and compares its value and every gradient with torch's.
  func check(
    _ inputs: [String], tolerance: Float = 2e-5, _ operation: (Tape, [Tensor]) throws -> Tensor
  ) throws {
    let leaves = try inputs.map { try tensor($0) }
    for leaf in leaves { leaf.requiresGradient = true }
    let tape = Tape(training: nil)
    let output = try operation(tape, leaves)
    try expect(output.values, "y", tolerance)
    tape.backward(from: output, gradient: try tensor("dy").reshaped(output.shape))
    for (key, leaf) in zip(inputs, leaves) {
      let gradient = try #require(leaf.gradient, "\(name): no gradient of \(key)")
      #expect(gradient.shape == leaf.shape)
      try expect(gradient.values, "d\(key)", tolerance)
    }
  }

  /// Compares with a stored array, relative to its largest value.
  func expect(_ actual: [Float], _ key: String, _ tolerance: Float = 2e-5) throws {
    let expected = try values(key)
    try #require(actual.count == expected.count, "\(name).\(key)")
    let error = largestDifference(actual, expected)
    #expect(error <= tolerance, "\(name).\(key) is off by \(error)")
  }
}

/// The largest difference, relative to the largest magnitude (at least 1); infinite with a NaN.
func largestDifference(_ actual: [Float], _ expected: [Float]) -> Float {
  guard actual.allSatisfy(\.isFinite) else { return .infinity }
  let scale = expected.map(abs).max().map { max($0, 1) } ?? 1
  return zip(actual, expected).map { abs($0 - $1) }.max().map { $0 / scale } ?? 0
}

/// Reproducible values between -1 and 1.
func noise(_ shape: [Int], seed: UInt64, requiresGradient: Bool = false) -> Tensor {
  var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
  let values = (0..<shape.reduce(1, *)).map { _ -> Float in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 33)) / 1_073_741_824 - 1
  }
  let tensor = Tensor(values, shape: shape)
  tensor.requiresGradient = requiresGradient
  return tensor
}
