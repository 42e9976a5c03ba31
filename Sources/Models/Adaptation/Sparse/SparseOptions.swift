import Records
public import Stages
import Tensors

/// Which weights of a map are chosen.
public enum SparseMask: String, ChoiceValue {
  /// Any.
  case random
  /// The largest.
  case magnitude
  /// Those of the largest gradient over a sample of the data.
  case gradient
  /// Those of the largest mean square of gradients, example by example (FISH: Sung and others 2021).
  case fisher

  /// Whether examples must be seen to choose.
  public var needsData: Bool { self == .gradient || self == .fisher }
}

/// Which weights of a model are trained, and how many.
public struct SparseOptions: Sendable {
  /// As many values of a map as a low-rank update of this rank has.
  public var rank = 32
  /// The share of a map's values in the place of a rank.
  public var share: Double?
  /// Which are chosen.
  public var mask = SparseMask.random
  /// The maps whose weights are trained; queries and values if nil.
  public var targets: ModuleTargets?
  /// Modules of the model that are trained and saved whole, such as a new head.
  public var savedModules: [String] = []

  /// PEFT's: as many values as a low-rank update of rank 32 has, anywhere in queries and values.
  public init() {}

  /// How many values of a map are trained.
  func count(_ map: Linear) throws(ModelError) -> Int {
    let all = map.inputs * map.outputs
    let count =
      share.map { max(1, Int(($0 * Double(all)).rounded())) } ?? rank * (map.inputs + map.outputs)
    guard count <= all else {
      throw ModelError(
        .invalid, file: "rank",
        problem: "\(rank) asks for \(count) values of \(map.name), which has \(all)",
        remedy: "Lower it, or give a share.")
    }
    return count
  }
}

extension SparseOptions {
  /// The fields of PEFT's `ShiraConfig`, and the share, which it does not have.
  func configuration(_ maps: [Linear], task: String?) -> JSONObject {
    var fields: JSONObject = [
      "fan_in_fan_out": false, "init_weights": true, "mask_type": "random",
      "modules_to_save": savedModules.json, "peft_type": "SHIRA", "r": .integer(rank),
      "random_seed": .null, "target_modules": .array(maps.map { .string($0.name) }),
      "task_type": task.map { .string($0) } ?? .null,
    ]
    if let share { fields["share"] = .real(share) }
    return fields
  }

  /// Why PEFT does not read what is filed of maps, and what to do about it; nil where it does.
  func reasonAgainstPEFT(_ maps: [Linear]) -> (problem: String, remedy: String)? {
    if let map = maps.first(where: { $0.layout == .inputByOutput }) {
      return (
        "changes \(map.name), which is stored input by output, as PEFT's SHiRA has no map",
        "Export it without --peft, or merged."
      )
    }
    return share == nil
      ? nil
      : (
        "changes a share of the weights, where PEFT's SHiRA has a rank",
        "Export it without --peft, or train it with a rank."
      )
  }
}
