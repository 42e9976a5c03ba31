import Models
import Records
package import Stages

/// A method of a size and a place that a search may choose.
public struct MethodCandidate: Sendable {
  /// What it is called in tables and files: `lora-r8`.
  public let name: String
  /// The method as a pipeline file has it.
  package let method: Component
  /// Its learning rate as a multiple of the run's.
  ///
  /// What is added to a frozen model takes larger steps than the model itself; the rates are those of the
  /// papers, with 5e-5 for a whole model.
  public let rateFactor: Double

  /// The candidates of a model, those that train less first; ties are broken in this order.
  static func all(of model: any Model) -> [MethodCandidate] {
    let layers = model is any SequenceClassifier ? LayerDepth(model).layers : 0
    return table(layers: layers).compactMap { name, factor, json in
      let place = Place(file: "method auto")
      let node = ConfigurationNode(json: json, place: place, base: "/")
      let method = try? TrainingOptions.Keys.method.decode(node)
      return (method as? Component).map {
        MethodCandidate(name: name, method: $0, rateFactor: factor)
      }
    }
  }

  /// The methods that candidates are of, in their order.
  static let methods: [String] = table(layers: 0).reduce(into: []) { names, entry in
    let name = entry.method.object?.members.first?.key
    if let name, !names.contains(name) { names.append(name) }
  }

  /// The characters of the longest name, for tables.
  static let longestName = table(layers: 3).map(\.name.count).max() ?? 0

  private typealias Entry = (name: String, rateFactor: Double, method: JSONValue)

  /// - Parameter layers: The layers of a classifier, whose upper ones can be trained on what the lower ones say
  ///   of each record; 0 for other models.
  private static func table(layers: Int) -> [Entry] {
    [
      ("head", 20, ["head": [:]]),
      ("bitfit", 10, ["bitfit": [:]]),
      ("norms", 10, ["norms": [:]]),
      ("ia3", 60, ["ia3": [:]]),
    ]
      + [2, 4, 8, 16].map { ("lora-r\($0)", 10, lora(rank: $0)) }
      + [4, 16].map { ("lora-r\($0)-all", 10, lora(rank: $0, ["targets": "all-linear"])) }
      + [
        ("bottleneck-64", 10, ["bottleneck": ["reduction": 64]]),
        ("bottleneck-16", 10, ["bottleneck": ["reduction": 16]]),
        ("houlsby-16", 10, ["bottleneck": ["kind": "houlsby", "reduction": 16]]),
        ("parallel-8", 10, ["bottleneck": ["kind": "parallel", "reduction": 8]]),
        ("prefix-8", 100, ["prefix": ["virtual-tokens": 8]]),
        ("prefix-32", 100, ["prefix": ["virtual-tokens": 32]]),
      ] + upper(layers) + [("full", 1, ["full": [:]])]
  }

  /// What trains upper layers alone, on a trunk that runs once a record where there is one.
  private static func upper(_ layers: Int) -> [Entry] {
    guard layers > 1 else { return [("last-layer", 1, ["freeze": ["layers": -1]])] }
    let half = layers / 2
    func numbers(_ range: Range<Int>) -> JSONValue { .array(range.map { .integer($0) }) }
    let added: [Entry] = [
      ("lora-r8-upper", 10, lora(rank: 8, ["layers": numbers(half..<layers), "cache": true])),
      (
        "bottleneck-16-upper", 10,
        ["bottleneck": ["reduction": 16, "leave-out": numbers(0..<half), "cache": true]]
      ),
      ("last-layer", 1, ["freeze": ["layers": -1, "cache": true]]),
    ]
    // Of two layers the upper half is the last one.
    guard layers > 2 else { return added }
    return added + [
      ("upper-half", 1, ["freeze": ["layers": .integer(half), "cache": true]])
    ]
  }

  private static func lora(rank: Int, _ more: JSONObject = [:]) -> JSONValue {
    var options: JSONObject = ["rank": .integer(rank), "alpha": .integer(2 * rank)]
    options.merge(more)
    return ["lora": .object(options)]
  }

  /// The options of a training by it alone.
  func options(_ options: TrainingOptions) -> TrainingOptions {
    let rate = options.values[TrainingOptions.Keys.learningRate] * rateFactor
    return TrainingOptions(
      options.values.setting(TrainingOptions.Keys.method, to: method)
        .setting(TrainingOptions.Keys.learningRate, to: rate))
  }
}
