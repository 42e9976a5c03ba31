public import Stages

/// How low-rank updates begin.
public enum LowRankInitialisation: String, Sendable, CaseIterable {
  /// A uniform within ±1/√inputs, B zero: PEFT's own.
  case uniform
  /// A normal with the deviation 1/rank, B zero.
  case gaussian
  /// The weight's leading singular directions, which the weight loses (PiSSA: Meng and others 2024).
  case pissa
  /// The first rows and columns of the weight's QR decomposition, which it loses (OLoRA: Büyükakyüz
  /// 2024).
  case olora

  /// Whether A and B begin as a part of the weight, which then is filed as a part of the update.
  var takesFromWeight: Bool { self == .pissa || self == .olora }
}

/// Which biases are trained beside the updates.
public enum BiasTraining: String, ChoiceValue {
  /// None of the model's.
  case none
  /// All of the model's.
  case all
  /// Those of the maps that are updated.
  case updated = "lora_only"
}

/// Where low-rank updates are added, of which rank, and how they are scaled.
public struct LowRankOptions: Sendable, Equatable {
  /// The rows of A.
  public var rank = 8
  /// The scale is alpha / rank.
  public var alpha = 16.0
  /// What is dropped of an update's input.
  public var dropout = 0.0
  /// What is updated; queries and values if nil, as PEFT has it.
  public var targets: ModuleTargets?
  /// What is not updated though it is among the targets.
  public var excluded: ModuleTargets?
  /// The layers that are updated; all if nil.
  public var layers: [Int]?
  /// The names that stand before a layer's number; any if empty.
  public var layerPatterns: [String] = []
  /// Ranks of modules by the ends of their names, which may be regular expressions.
  public var ranks: [(pattern: String, rank: Int)] = []
  /// Alphas of modules by the ends of their names, which may be regular expressions.
  public var alphas: [(pattern: String, alpha: Double)] = []
  /// Modules of the model that are trained and saved whole, such as a new head.
  public var savedModules: [String] = []
  /// Tokens whose vectors are trained too, by the end of their embedding's name; an empty one is that
  /// of words.
  public var tokens: [(table: String, ids: [Int32])] = []
  /// Which biases are trained too.
  public var bias = BiasTraining.none
  /// Whether the scale is alpha / √rank (rsLoRA: Kalajdzievski 2023).
  public var isRankStabilised = false
  /// Whether the lengths of the weight's rows are trained apart (DoRA: Liu and others 2024).
  public var isDecomposed = false
  /// Whether B has a bias.
  public var hasUpBias = false
  /// How A and B begin.
  public var initialisation = LowRankInitialisation.uniform

  /// Whether what A and B began as is filed with them, so that the file is a plain update; PEFT's own
  /// files leave that to who reads them.
  var filesStart = true

  /// PEFT's defaults, but for alpha, which is twice the rank.
  public init() {}

  /// Updates of a rank on some parts of a model.
  public init(rank: Int, alpha: Double, targets: ModuleTargets) {
    self.rank = rank
    self.alpha = alpha
    self.targets = targets
  }

  /// Whether two options say the same.
  public static func == (left: LowRankOptions, right: LowRankOptions) -> Bool {
    left.configuration(targets: left.targets ?? .allLinear, task: nil, isTurned: false)
      == right.configuration(targets: right.targets ?? .allLinear, task: nil, isTurned: false)
  }

  /// What the update of a module is multiplied by.
  func scale(_ module: String) throws(ModelError) -> Float {
    let rank = Double(try rank(of: module))
    let alpha = try Self.value(alphas.map { ($0.pattern, $0.alpha) }, module) ?? alpha
    return Float(alpha / (isRankStabilised ? rank.squareRoot() : rank))
  }

  /// The rank of a module's update.
  func rank(of module: String) throws(ModelError) -> Int {
    try Self.value(ranks.map { ($0.pattern, $0.rank) }, module) ?? rank
  }

  /// The value of the first pattern that a name ends with.
  private static func value<Value>(
    _ patterns: [(String, Value)], _ module: String
  ) throws(ModelError) -> Value? {
    for (pattern, value) in patterns {
      let expression =
        pattern.hasPrefix("^") ? String(pattern.dropFirst()) : "(.*\\.)?(\(pattern))"
      let regex = try TargetSelection.regex(expression)
      if (try? regex.wholeMatch(in: module)) != nil { return value }
    }
    return nil
  }
}
