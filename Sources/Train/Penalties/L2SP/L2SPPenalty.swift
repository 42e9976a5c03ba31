import Stages

/// All weights are held alike near their start: F = 1 (L2-SP: Li, Grandvalet, Davoine 2018).
///
/// What no checkpoint held, such as a new head, is left to `weight-decay`.
struct L2SPPenalty: TrainingPenalty {
  let strength: Double

  private static let strength = Parameter(
    "strength", default: 0.01, aliases: ["lambda", "alpha"],
    "How much it counts beside the loss; 0 for none.", check: Check.atLeast(0))

  static let descriptor = PenaltyDescriptor(
    component: ComponentDescriptor(
      "l2-sp", "All weights are held alike near those that training began with.",
      parameters: [strength]),
    make: { L2SPPenalty(strength: $0[strength]) })
}
