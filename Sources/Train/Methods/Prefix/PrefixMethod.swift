import Models
import Stages

/// Trains keys and values before those of every text, in every layer (prefix tuning: Li, Liang 2021;
/// P-tuning v2: Liu and others 2022).
struct PrefixMethod: TrainingMethod {
  private let options: PrefixOptions
  private let isProjected: Bool

  private static let isProjected = Parameter<Bool?>(
    "projection", default: nil, aliases: ["prefix_projection", "reparametrisation"],
    "Train a network that makes keys and values (Li, Liang 2021), not these themselves (P-tuning v2); "
      + "by default where it has a width.")
  private static let width = Parameter<Int?>(
    "width", default: nil, aliases: ["encoder_hidden_size", "bottleneck_size", "hidden"],
    "The width of that network; that of a layer's keys by default.",
    check: { ($0 ?? 1) < 1 ? "must be at least 1" : nil })
  private static let start = Parameter(
    "init", default: StartOfPrefix.random, aliases: ["init_weights"],
    "How keys and values begin: random or zero.")

  static let descriptor = MethodDescriptor(
    component: ComponentDescriptor(
      "prefix",
      "Keys and values before those of every text are trained in every layer (prefix tuning).",
      parameters: [VirtualKeys.count, isProjected, width, start, VirtualKeys.layout]),
    make: { values in
      var options = PrefixOptions()
      options.count = values[VirtualKeys.count]
      let isProjected = values[isProjected] ?? (values[width] != nil)
      options.projection = isProjected ? values[width] : nil
      options.beginsZero = values[start] == .zero
      options.layout = values[VirtualKeys.layout]
      return PrefixMethod(options: options, isProjected: isProjected)
    })

  func prepare(_ model: any Model, _ start: MethodStart) throws(ModelError) -> PreparedMethod {
    var options = options
    options.savedModules = TaskHead.modules(of: model, start)
    if isProjected, options.projection == nil {
      options.projection = model.virtualPlaces.last?.keyWidth
    }
    return PreparedMethod(try PrefixAdapter(options, to: model, seed: start.seed))
  }
}

/// The word for how keys and values begin.
private enum StartOfPrefix: String, ChoiceValue {
  case random, zero
}
