import Models
import Records
import Stages
import Tensors
import TestSupport
import Testing

/// A tiny model whose weights follow from their names, written by `Scripts/models_make_variants.py`.
struct Variant: Sendable, CustomTestStringConvertible {
  let name: String
  let task: ModelTask
  private let config: JSONObject
  private let tensors: [(name: String, shape: [Int], isDecayed: Bool)]
  private let inputs: [[Int32]]
  private let labels: [Double]

  var testDescription: String { name }

  /// The batch with what transformers makes of it.
  func example() throws -> Example {
    let values = try Self.values()
    return Example(
      batch: TokenBatch(inputs), labels: labels, outputs: try values.floats(name + ".outputs"),
      loss: try values.floats(name + ".loss")[0])
  }

  /// The gradient digests of the tensors.
  func digests() throws -> [(name: String, norm: Double, product: Double)] {
    let digests = try Self.values().floats(name + ".gradients")
    return tensors.enumerated().map { index, tensor in
      (tensor.name, Double(digests[2 * index]), Double(digests[2 * index + 1]))
    }
  }

  /// The names of tensors that weight decay applies to.
  var decayed: [String] { tensors.filter(\.isDecayed).map(\.name) }

  /// A folder with the model as transformers saves it.
  func folder(_ change: (inout JSONObject) -> Void = { _ in }) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var fields = config
    change(&fields)
    try folder.write(JSONValue.object(fields).text, to: "config.json")
    try SafetensorsWriter.write(
      tensors.map { ($0.name, Pattern.weight($0.name, $0.shape)) },
      to: folder.path + "/model.safetensors")
    return folder
  }

  /// The model under its task.
  func model() throws -> any Model {
    let folder = try folder()
    let loaded = try ModelLoader.load(folder.path, for: task, seed: 0)
    #expect(loaded.fresh.isEmpty && loaded.ignored.isEmpty, "\(loaded)")
    return loaded.model
  }

  static func named(_ name: String) throws -> Variant {
    try #require(all.first { $0.name == name })
  }

  private static func values() throws -> SafetensorsFile {
    try SafetensorsFile(Fixture.folder("variants.safetensors"))
  }

  /// Every variant of the fixture.
  static let all: [Variant] = {
    let json = try? JSONValue.parse(FileReader.contents(Fixture.folder("variants.json")))
    return json?["variants"]?.array?.compactMap { Variant($0) } ?? []
  }()

  private init?(_ json: JSONValue) {
    guard let name = json["name"]?.string, let config = json["config"]?.object,
      let task = Self.task(json["task"]?.string, config),
      let tensors = json["tensors"]?.array, let inputs = json["inputs"]?.array
    else { return nil }
    self.name = name
    self.config = config
    self.task = task
    self.tensors = tensors.compactMap { entry in
      guard let parts = entry.array, parts.count == 3, let name = parts[0].string
      else { return nil }
      return (name, parts[1].array?.compactMap(\.int) ?? [], parts[2].int == 1)
    }
    self.inputs = inputs.map { $0.array?.compactMap { $0.int.map { Int32($0) } } ?? [] }
    labels = json["labels"]?.array?.compactMap(\.double) ?? []
  }

  private static func task(_ name: String?, _ config: JSONObject) -> ModelTask? {
    let labels = (try? ModelConfiguration(config).labels) ?? []
    return switch name {
    case "classification": .classification(labels: labels)
    case "tokens": .tokenClassification(labels: labels)
    case "reward": .reward
    case "causal": .causal
    case "masked": .masked
    case "encoding": .encoding
    default: nil
    }
  }
}
