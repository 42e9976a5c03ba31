internal import Glibc
import Records

/// How fast the pairs of a head turn from token to token in rotary position embedding (RoPE).
///
/// Pair i turns by theta^(-2i / dimension), in models stretched to longer texts by less; each way of
/// stretching computes what transformers' function of that name computes.
package struct RotaryFrequencies: Sendable {
  /// The factor of cosines and sines, by which some stretched models sharpen their attention.
  package let magnitude: Double
  /// The number of values of a head that turn, two for each pair.
  let dimension: Int
  private let theta: Double
  private let stretch: Stretch

  private enum Stretch: Sendable {
    /// As trained.
    case none
    /// Every pair turns slower by a factor (kaiokendev 2023).
    case linear(factor: Double)
    /// Theta grows with the text, once it is longer than those of training (emozilla 2023).
    case dynamic(factor: Double, trained: Int)
    /// Slow pairs are stretched, fast ones are not (Peng, Quesnelle, Fan, Shippole 2023).
    case yarn(factor: Double, ramp: (low: Double, high: Double))
    /// The same by wavelength (Llama 3.1).
    case llama3(factor: Double, low: Double, high: Double, trained: Double)
    /// A factor for each pair, others for long texts (Ding, Zhang, Zhang and others 2024).
    case longRope(short: [Double], long: [Double], trained: Int)
  }

  /// Reads `rope_parameters`, or `rope_scaling` and `rope_theta` as they were written before.
  /// - Parameters:
  ///   - dimension: The number of values of a head that turn.
  ///   - positions: The longest text of the model.
  /// - Throws: `ModelError.unsupported` for an unknown kind, `.invalid` for missing or wrong fields.
  package init(
    _ fields: ModelConfiguration, dimension: Int, positions: Int
  ) throws(ModelError) {
    guard dimension > 0, dimension % 2 == 0 else {
      throw ModelError(
        .invalid, file: fields.file,
        problem: "rotary embedding turns pairs of values, not \(dimension)")
    }
    let whole = try fields.real("rope_theta", default: 10000)
    let rope = try fields.section("rope_scaling", "rope_parameters")
    try rope.requireOneRotation()
    try fields.requireOneRotation()
    self.dimension = dimension
    theta = try rope.real("rope_theta", default: whole)
    guard theta > 1 else { throw rope.wrong("rope_theta", "a number above 1") }
    // Where a file has the length of training both within and outside, transformers takes the latter.
    (stretch, magnitude) = try Self.stretch(
      rope, theta, dimension, positions,
      fields.size("original_max_position_embeddings", default: rope.trained(positions)))
  }

  private static func stretch(
    _ rope: ModelConfiguration, _ theta: Double, _ dimension: Int, _ positions: Int, _ trained: Int
  ) throws(ModelError) -> (Stretch, magnitude: Double) {
    let kind = try rope.text("rope_type", "type", default: "default")
    switch kind {
    case "default": return (.none, 1)
    case "linear": return (.linear(factor: try rope.factor()), 1)
    case "dynamic": return (.dynamic(factor: try rope.factor(), trained: positions), 1)
    case "yarn":
      let factor = try rope.factor(default: Double(positions) / Double(trained))
      let ramp = try rope.yarnRamp(dimension, theta, trained: Double(trained))
      return (.yarn(factor: factor, ramp: ramp), try rope.yarnMagnitude(factor))
    case "llama3":
      let (low, high) = (try rope.real("low_freq_factor"), try rope.real("high_freq_factor"))
      guard low < high else { throw rope.wrong("high_freq_factor", "more than low_freq_factor") }
      let factor = try rope.factor()
      return (.llama3(factor: factor, low: low, high: high, trained: Double(trained)), 1)
    case "longrope":
      let factor = try rope.factor(default: Double(positions) / Double(trained))
      let short = try rope.reals("short_factor", count: dimension / 2)
      let long = try rope.reals("long_factor", count: dimension / 2)
      let natural = factor > 1 ? sqrt(1 + log(factor) / log(Double(trained))) : 1
      return (
        .longRope(short: short, long: long, trained: trained),
        try rope.real("attention_factor", default: natural)
      )
    default:
      throw ModelError(
        .unsupported, file: rope.file, problem: "the rope_type '\(kind)' is unknown",
        remedy: "Known: default, linear, dynamic, yarn, llama3, longrope.")
    }
  }

  /// The angle by which each pair turns from token to token in a text of `length` tokens.
  package func callAsFunction(length: Int) -> [Float] {
    let plain = (0..<dimension / 2).map { pow(theta, -2 * Double($0) / Double(dimension)) }
    let frequencies: [Double] =
      switch stretch {
      case .none: plain
      case .linear(let factor): plain.map { $0 / factor }
      case .dynamic(let factor, let trained): dynamic(factor, trained, length)
      case .yarn(let factor, let ramp):
        plain.enumerated().map { pair, frequency in
          let width = ramp.low == ramp.high ? 0.001 : ramp.high - ramp.low
          let share = min(max((Double(pair) - ramp.low) / width, 0), 1)
          return frequency / factor * share + frequency * (1 - share)
        }
      case .llama3(let factor, let low, let high, let trained):
        plain.map { frequency in
          let turns = trained * frequency / (2 * .pi)
          let share = min(max((turns - low) / (high - low), 0), 1)
          return (1 - share) * frequency / factor + share * frequency
        }
      case .longRope(let short, let long, let trained):
        zip(plain, length > trained ? long : short).map { $0 / $1 }
      }
    return frequencies.map { Float($0) }
  }

  /// A number that is the same for lengths at which pairs turn alike.
  func kind(length: Int) -> Int {
    switch stretch {
    case .none, .linear, .yarn, .llama3: 0
    case .dynamic(_, let trained): max(length, trained)
    case .longRope(_, _, let trained): length > trained ? 1 : 0
    }
  }

  private func dynamic(_ factor: Double, _ trained: Int, _ length: Int) -> [Double] {
    let growth = factor * Double(max(length, trained)) / Double(trained) - (factor - 1)
    let size = Double(dimension)
    let base = theta * pow(growth, size / max(size - 2, 1))
    return (0..<dimension / 2).map { pow(base, -2 * Double($0) / size) }
  }
}

extension ModelConfiguration {
  /// Refuses rotations of a part of each head, or of their own for some layers.
  fileprivate func requireOneRotation() throws(ModelError) {
    let parts = fields.members.filter { $0.key.hasSuffix("_attention") && $0.value.object != nil }
    if let part = parts.first {
      throw ModelError(
        .unsupported, file: file,
        problem: "layers of the kind \(part.key) turn otherwise than others")
    }
    guard try real("partial_rotary_factor", default: 1) == 1 else {
      throw ModelError(.unsupported, file: file, problem: "only a part of each head turns")
    }
  }

  /// The longest text of training, before the model was stretched.
  fileprivate func trained(_ positions: Int) throws(ModelError) -> Int {
    try size("original_max_position_embeddings", default: positions)
  }

  /// By how much texts may be longer than those of training.
  fileprivate func factor(default fallback: Double? = nil) throws(ModelError) -> Double {
    let factor = try real("factor", default: fallback)
    guard factor > 0 else { throw wrong("factor", "a number above 0") }
    return factor
  }

  /// The pairs between those that turn fast enough to stay as they are and those fully stretched.
  fileprivate func yarnRamp(
    _ dimension: Int, _ theta: Double, trained: Double
  ) throws(ModelError) -> (low: Double, high: Double) {
    /// The pair that makes a number of full turns over a text of training.
    func pair(turns: Double) -> Double {
      Double(dimension) * log(trained / (turns * 2 * .pi)) / (2 * log(theta))
    }
    var low = pair(turns: try real("beta_fast", default: 32))
    var high = pair(turns: try real("beta_slow", default: 1))
    if try flag("truncate", default: true) { (low, high) = (low.rounded(.down), high.rounded(.up)) }
    return (max(low, 0), min(high, Double(dimension - 1)))
  }

  fileprivate func yarnMagnitude(_ factor: Double) throws(ModelError) -> Double {
    func scale(_ weight: Double) -> Double { factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1 }
    let (part, all) = (try real("mscale", default: 0), try real("mscale_all_dim", default: 0))
    let natural = part > 0 && all > 0 ? scale(part) / scale(all) : scale(1)
    return try real("attention_factor", default: natural)
  }
}
