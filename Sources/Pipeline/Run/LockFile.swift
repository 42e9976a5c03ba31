import Records
import Stages
import Yams

/// `pipeline.lock.yaml`: the plan with every default, and hashes of what it read and made.
struct LockFile {
  let plan: PipelinePlan
  let results: [StageResult]

  /// The key that the planner passes over when a lock file is run again.
  static let key = "locked"

  /// Writes the file.
  func write(to folder: String) throws {
    var object = plan.object
    object[Self.key] = .object([
      "version": .string(AnnealVersion.current), "inputs": .object(inputs),
      "outputs": .object(
        JSONObject(results.map { ($0.label, .string("sha256:\($0.contentHash)")) })),
    ])
    try Self.write(
      object, head: "the pipeline with every default, to run or compare.",
      to: "\(folder)/pipeline.lock.yaml")
  }

  /// Writes a pipeline as YAML behind a line that says what it is.
  static func write(_ object: JSONObject, head: String, to path: String) throws {
    let text = try Yams.serialize(
      node: JSONValue.object(object).yaml, width: -1, allowUnicode: true)
    try AtomicFile.write(("# Written by anneal: \(head)\n" + text).utf8, to: path)
  }

  private var inputs: JSONObject {
    var inputs = JSONObject()
    for file in results.flatMap(\.inputs.members) {
      inputs[file.key] = .string("sha256:\(file.value.string ?? "")")
    }
    return inputs
  }
}

extension JSONValue {
  /// The value as a YAML node; strings are quoted where a plain scalar would be read as another type.
  var yaml: Node {
    switch self {
    case .null: return .scalar(.init("null", Tag(.null), .plain))
    case .bool(let value): return .scalar(.init(value ? "true" : "false", Tag(.bool), .plain))
    case .number(let value): return .scalar(.init(value.literal, Tag(.float), .plain))
    case .string(let value):
      let node = Node(value, Tag(.implicit), .plain)
      let readsAsText = Resolver.default.resolveTag(of: node) == Tag.Name.str && !value.isEmpty
      return .scalar(.init(value, Tag(.str), readsAsText ? .any : .doubleQuoted))
    case .array(let values):
      let isFlat = values.allSatisfy { $0.array == nil && $0.object == nil }
      return .sequence(.init(values.map(\.yaml), Tag(.seq), isFlat ? .flow : .block))
    case .object(let object):
      let pairs = object.members.map { (JSONValue.string($0.key).yaml, $0.value.yaml) }
      return .mapping(.init(pairs, Tag(.map), object.isEmpty ? .flow : .block))
    }
  }
}

/// The version of the program.
public enum AnnealVersion {
  /// As `anneal --version` prints it.
  public static let current = "0.1.0"
}
