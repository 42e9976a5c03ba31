public import Records
import Stages

extension TrainingOptions {
  /// The options that a result depends on, for fingerprints.
  ///
  /// Those that only decide how a training is computed, kept or shown, or whether it goes on, are left
  /// out: they may change while it is under way.
  public var fingerprinted: JSONObject {
    var object = values.encoded
    let passing: [any AnyParameter] = [
      Keys.stopOnDivergence, Keys.reportTo, Keys.activationCheckpointing, Keys.saveSteps,
      Keys.keepCheckpoints,
    ]
    for parameter in passing { object[parameter.name] = nil }
    return object
  }
}
