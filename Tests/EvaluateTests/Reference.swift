import Evaluate
import Foundation
import Records
import Testing

/// The numbers of `Scripts/evaluate_reference.py`.
struct Reference: Sendable {
  let root: JSONValue

  static let shared = load()

  private static func load() -> Reference {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appending(path: "Fixtures/Evaluate/classification.json")
    guard let data = try? Data(contentsOf: file), let root = try? JSONValue.parse([UInt8](data))
    else { preconditionFailure("cannot read \(file.path)") }
    return Reference(root: root)
  }

  var cases: [ReferenceCase] { (root["cases"]?.array ?? []).map(ReferenceCase.init) }
}

/// One case: what went in, and what scikit-learn found.
struct ReferenceCase: Sendable, CustomTestStringConvertible {
  let json: JSONValue

  var testDescription: String { json["name"]?.string ?? "" }

  var labels: [String] { (json["labels"]?.array ?? []).compactMap(\.string) }

  var outcomes: ClassificationOutcomes {
    ClassificationOutcomes(
      labels: labels, references: integers("references"), predictions: integers("predictions"),
      scores: json["scores"]?.array?.map { Float($0.double ?? .nan) })
  }

  private func integers(_ key: String) -> [Int] { (json[key]?.array ?? []).compactMap(\.int) }
}

/// Whether two numbers agree to 1e-12, relative above 1; NaN agrees with a missing one.
func agrees(_ value: Double, _ expected: JSONValue?) -> Bool {
  guard let expected = expected?.double else { return value.isNaN }
  return abs(value - expected) <= 1e-12 * max(1, abs(expected))
}
