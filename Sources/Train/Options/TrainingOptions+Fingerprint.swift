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
    return object
  }
}
