import Evaluate
public import Records
public import Stages
import Train

/// One thing a pipeline file can name, for `anneal stages`.
public struct CatalogEntry: Sendable {
  /// The heading it stands under: `ingest stages`, `training methods`, `metrics`.
  public let kind: String
  /// The name users write.
  public let name: String
  /// What it does, one sentence.
  public let summary: String
  /// What it takes.
  public let parameters: [any AnyParameter]
  /// One line of a pipeline file that uses it.
  public let example: String?
  /// The memory it needs where that grows with the records.
  public let memory: String?

  /// The part of the name before the dot.
  public var family: String { String(name.prefix { $0 != "." }) }

  /// Everything there is: stages, training and its methods and objectives, metrics.
  public static var all: [CatalogEntry] {
    StageCatalog.standard.descriptors.map(CatalogEntry.init)
      + [
        CatalogEntry(
          kind: "training", name: "train", summary: "Fine-tune a model on the training side.",
          parameters: TrainingOptions.parameters, example: nil,
          memory: "the token ids of all records")
      ] + trainingMethods.map { CatalogEntry("training methods", $0) }
      + trainingObjectives.map { CatalogEntry("training objectives", $0) }
      + trainingOptimizers.map { CatalogEntry("training optimizers", $0) }
      + trainingSchedules.map { CatalogEntry("training schedules", $0) }
      + trainingPenalties.map { CatalogEntry("training penalties", $0) }
      + [
        CatalogEntry(
          kind: "writing", name: "generate",
          summary: "How a model writes what metrics of texts are computed of.",
          parameters: WritingOptions.parameters, example: nil, memory: nil)
      ]
      + standardMetrics.map {
        CatalogEntry(
          kind: "metrics", name: $0.name, summary: $0.summary, parameters: [], example: nil,
          memory: nil)
      }
      + TextMetrics.families.flatMap { family in
        family.members.map {
          CatalogEntry(
            kind: "metrics of texts", name: $0.name, summary: $0.summary,
            parameters: family.parameters, example: nil, memory: nil)
        }
      }
  }

  private init(_ stage: StageDescriptor) {
    self.init(
      kind: "\(stage.family) stages", name: stage.name, summary: stage.summary,
      parameters: stage.writableParameters, example: stage.example,
      memory: stage.memory)
  }

  private init(_ kind: String, _ component: ComponentDescriptor) {
    self.init(
      kind: kind, name: component.name, summary: component.summary,
      parameters: component.parameters, example: nil, memory: nil)
  }

  private init(
    kind: String, name: String, summary: String, parameters: [any AnyParameter], example: String?,
    memory: String?
  ) {
    self.kind = kind
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.example = example
    self.memory = memory
  }

  /// The entry for machines.
  public var json: JSONValue {
    let parameters = self.parameters.map { parameter -> JSONValue in
      [
        "name": .string(parameter.name), "type": .string(parameter.typeName),
        "summary": .string(parameter.summary), "required": .bool(parameter.isRequired),
        "default": parameter.defaultValue ?? .null,
        "aliases": .array(parameter.aliases.map { .string($0) }),
      ]
    }
    return [
      "kind": .string(kind), "name": .string(name), "summary": .string(summary),
      "parameters": .array(parameters), "example": example.map { .string($0) } ?? .null,
      "memory": memory.map { .string($0) } ?? .null,
    ]
  }
}
