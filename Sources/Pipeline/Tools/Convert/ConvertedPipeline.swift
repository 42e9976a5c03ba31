import Records
import Stages
import Train
import Yams

/// A pipeline in the making, from what the lines of another trainer's file say.
struct ConvertedPipeline {
  /// One source of records.
  struct Source {
    var path: String?
    /// What a mixture calls it.
    var name: String?
    var schema: String?
    var fields = JSONObject()
  }

  var name = "converted"
  var seed: Int?
  var model: String?
  var method = "full"
  var objective = "causal"
  var train = JSONObject()
  var adapter = JSONObject()
  var objectiveValues = JSONObject()
  var schedule: String?
  var scheduleValues = JSONObject()
  var sources: [Int: Source] = [:]
  /// The most records of each source.
  var limit: Int?
  var validation: Double?

  /// The pipeline as a file has it.
  var object: JSONObject {
    var object: JSONObject = ["name": .string(name)]
    if let seed { object["seed"] = .integer(seed) }
    object["stages"] = .array(stages)
    object["train"] = .object(training)
    object["evaluate"] = objective == "classification" ? ["accuracy", "f1"] : ["perplexity"]
    return object
  }

  private var stages: [JSONValue] {
    let sources = sources.isEmpty ? [Source()] : sources.sorted { $0.key < $1.key }.map(\.value)
    var stages = sources.map { source -> JSONValue in
      var ingest: JSONObject = ["path": .string(source.path ?? Self.data)]
      if let name = source.name { ingest["name"] = .string(name) }
      if let schema = source.schema { ingest["schema"] = .string(schema) }
      if !source.fields.isEmpty { ingest["fields"] = .object(source.fields) }
      if let limit { ingest["limit"] = .integer(limit) }
      return ["ingest": .object(ingest)]
    }
    stages.append(["tokenize": ["tokenizer": "model"]])
    stages.append(["split": .object(split)])
    return stages
  }

  /// What stands where the file names no data and no model.
  static let data = "data.jsonl"
  static let model = "all-MiniLM-L6-v2"

  private var split: JSONObject {
    guard let validation else {
      return ["train": .real(0.9), "validation": .real(0.05), "test": .real(0.05)]
    }
    // 1 - 0.1 is 0.9 to people: rounded to what they would write.
    let rest = ((1 - validation) * 1e6).rounded() / 1e6
    return ["train": .real(rest), "validation": .real(validation), "test": .integer(0)]
  }

  private var training: JSONObject {
    var object: JSONObject = ["model": .string(model ?? Self.model)]
    object["objective"] = Self.component(objective, objectiveValues)
    object["method"] = Self.component(method, adapter)
    for member in train.members { object[member.key] = member.value }
    if let schedule { object["schedule"] = Self.component(schedule, scheduleValues) }
    return object
  }

  private static func component(_ name: String, _ values: JSONObject) -> JSONValue {
    values.isEmpty ? .string(name) : .object([name: .object(values)])
  }

  /// The file's text: what was not converted stands before it.
  func text(head: [String]) throws -> String {
    let yaml = try Yams.serialize(
      node: JSONValue.object(object).yaml, width: -1, allowUnicode: true)
    return head.map { "# \($0)\n" }.joined() + yaml
  }
}
