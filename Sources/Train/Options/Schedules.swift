public import Stages

/// How the learning rate goes on after the warm-up, for the catalog.
///
/// Formulas and defaults are those of transformers 5 (`optimization.py`) and, of
/// `reduce-on-plateau`, of torch.
public let trainingSchedules: [ComponentDescriptor] = [
  ComponentDescriptor(
    "linear", aliases: ["linear_with_warmup"], "Falls on a line to 0 at the last step."),
  ComponentDescriptor(
    "cosine", aliases: ["cosine_with_warmup", "cosine_with_min_lr"],
    "Falls as a cosine does, by default through half of a wave.",
    parameters: [ScheduleKeys.waves, ScheduleKeys.minRatio]),
  ComponentDescriptor(
    "cosine-with-restarts", aliases: ["cosine_with_hard_restarts_with_warmup"],
    "Falls as a cosine does to 0, several times over.", parameters: [ScheduleKeys.restarts]),
  ComponentDescriptor(
    "constant", aliases: ["constant_with_warmup"], "Stays at its peak."),
  ComponentDescriptor(
    "inverse-sqrt", aliases: ["inverse_square_root", "noam"],
    "Falls as one over the square root of the steps: what translators are trained with.",
    parameters: [ScheduleKeys.timescale]),
  ComponentDescriptor(
    "polynomial", aliases: ["polynomial_decay", "polynomial_decay_with_warmup"],
    "Falls to a last rate by a power of the share of steps that are left.",
    parameters: [ScheduleKeys.power, ScheduleKeys.end]),
  ComponentDescriptor(
    "warmup-stable-decay", aliases: ["wsd"],
    "Stays at its peak and falls over the last steps (Hu and others, 2024).",
    parameters: [
      ScheduleKeys.decaySteps, ScheduleKeys.decayRatio, ScheduleKeys.stableSteps,
      ScheduleKeys.warmup, ScheduleKeys.decay, ScheduleKeys.waves, ScheduleKeys.minRatio,
    ]),
  ComponentDescriptor(
    "reduce-on-plateau", aliases: ["reduce_lr_on_plateau", "plateau"],
    "Is cut by a factor whenever a metric of the validation side no longer gets better.",
    parameters: [
      ScheduleKeys.metric, ScheduleKeys.factor, ScheduleKeys.patience, ScheduleKeys.threshold,
      ScheduleKeys.thresholdMode, ScheduleKeys.cooldown, ScheduleKeys.minRate,
      ScheduleKeys.leastChange,
    ]),
]

/// What schedules take.
enum ScheduleKeys {
  static let waves = Parameter(
    "cycles", default: 0.5, aliases: ["num_cycles"], "The waves of the cosine.",
    check: Check.atLeast(0))
  static let restarts = Parameter(
    "cycles", default: 1, aliases: ["num_cycles"], "How often it falls.",
    check: Check.atLeast(1))
  static let minRatio = Parameter(
    "min-ratio", default: 0.0, aliases: ["min_lr_rate", "min_lr_ratio"],
    "Where it ends, as a share of the peak.", check: Check.within(0...1))
  static let timescale = Parameter<Int?>(
    "timescale", default: nil,
    "The steps after which it has fallen to 0.7 of the peak, from the warm-up's end; those of the "
      + "warm-up by default, or 10,000.",
    check: Check.optionalAtLeast(1))
  static let power = Parameter(
    "power", default: 1.0, "The power of the share of steps that are left.",
    check: Check.atLeast(0))
  static let end = Parameter(
    "end", default: 1e-7, aliases: ["lr_end"], "The learning rate it ends with.",
    check: Check.atLeast(0))
  static let decaySteps = Parameter<Int?>(
    "decay-steps", default: nil, aliases: ["num_decay_steps"],
    "The last steps, in which it falls; overrides the ratio.", check: Check.optionalAtLeast(0))
  static let decayRatio = Parameter(
    "decay-ratio", default: 0.1, "The share of all steps in which it falls.",
    check: Check.within(0...1))
  static let stableSteps = Parameter<Int?>(
    "stable-steps", default: nil, aliases: ["num_stable_steps"],
    "The steps at the peak; by default those that warm-up and decay leave.",
    check: Check.optionalAtLeast(0))
  static let warmup = Parameter(
    "warmup", default: RampShape.linear, aliases: ["warmup_type"], "How it rises.")
  static let decay = Parameter(
    "decay", default: RampShape.cosine, aliases: ["decay_type"], "How it falls.")
  static let metric = Parameter<String?>(
    "metric", default: nil, aliases: ["metric_for_best_model"],
    "The metric of the validation side; that of 'best-metric' by default.")
  static let factor = Parameter(
    "factor", default: 0.1, "What the learning rate is multiplied by.",
    check: { 0 < $0 && $0 < 1 ? nil : "must be between 0 and 1" })
  static let patience = Parameter(
    "patience", default: 10, "Evaluations without improvement that are let pass.",
    check: Check.atLeast(0))
  static let threshold = Parameter(
    "threshold", default: 1e-4, "The least improvement that counts.", check: Check.atLeast(0))
  static let thresholdMode = Parameter(
    "threshold-mode", default: ThresholdMode.rel, aliases: ["threshold_mode"],
    "Whether the threshold is a share of the best value, or a difference from it.")
  static let cooldown = Parameter(
    "cooldown", default: 0, "Evaluations after a cut that do not count.", check: Check.atLeast(0))
  static let minRate = Parameter(
    "min-rate", default: 0.0, aliases: ["min_lr"], "The least learning rate.",
    check: Check.atLeast(0))
  static let leastChange = Parameter(
    "least-change", default: 1e-8, aliases: ["eps"], "Smaller cuts are left undone.",
    check: Check.atLeast(0))
}

/// How a rate goes from one level to another.
enum RampShape: String, ChoiceValue {
  case linear
  case cosine
  case inverseRoot = "1-sqrt"
}

/// What a threshold is measured by.
enum ThresholdMode: String, ChoiceValue {
  case rel
  case abs
}
