public import Records
import Stages

extension TrainingOptions {
  /// The options that a result depends on, for fingerprints.
  ///
  /// Options that came later are left out where they ask for what trainings did before, so that older
  /// runs stay what they are; what only decides whether a training goes on is left out always.
  public var fingerprinted: JSONObject {
    var object = values.encoded
    for name in [Keys.stopOnDivergence.name, Keys.reportTo.name] { object[name] = nil }
    let later: [any AnyParameter] = [Keys.optimizer, Keys.embeddingNoise, Keys.averaging]
    for parameter in later where object[parameter.name] == parameter.defaultValue {
      object[parameter.name] = nil
    }
    object[Keys.objective.name] = Self.earlier(values[Keys.objective], among: trainingObjectives)
    object[Keys.method.name] = Self.earlier(values[Keys.method], among: trainingMethods)
    return object
  }

  /// What objectives and methods take that came later.
  private static let laterParts = ["class-weights", "base", "quant-type", "double-quantization"]

  /// A component without what came later and is at its default.
  private static func earlier(
    _ component: Component, among choices: [ComponentDescriptor]
  ) -> JSONValue {
    var own = component.values.encoded
    let parameters = choices.first { $0.name == component.name }?.parameters ?? []
    for parameter in parameters
    where laterParts.contains(parameter.name) && own[parameter.name] == parameter.defaultValue {
      own[parameter.name] = nil
    }
    return .object([component.name: .object(own)])
  }
}
