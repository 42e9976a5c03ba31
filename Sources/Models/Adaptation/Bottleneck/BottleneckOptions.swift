import Records
public import Tensors

/// Where bottleneck adapters stand, and what they read; defaults are Pfeiffer's.
public struct BottleneckOptions: Sendable {
  /// What an adapter reads.
  public enum Input: Sendable {
    /// The sub-layer's result.
    case result
    /// The result behind the residual and its norm.
    case joined
    /// What goes into the sub-layer: the adapter works beside it.
    case residual
  }

  /// The width of the model as a multiple of the adapter's.
  public var reduction = 16.0
  /// Between the two maps.
  public var activation = Activation.relu
  /// What the adapter's result is multiplied by.
  public var scale = 1.0
  /// What it reads.
  public var input = Input.joined
  /// Whether attention has adapters too, not the feed-forward networks alone.
  public var adaptsAttention = false
  /// Whether attention to the source has adapters, where attention has them.
  var adaptsCrossAttention = false
  /// Whether the feed-forward networks have adapters.
  public var adaptsFeedForward = true
  /// Whether the second map begins as zero, so that the model computes what it did.
  public var beginsSilent = false
  /// How weights are made of Kronecker products; nil for weights of their own.
  public var hypercomplex: Hypercomplex?

  /// The sizes of Kronecker products that make weights (Compacter: Mahabadi and others 2021).
  public struct Hypercomplex: Sendable, Equatable {
    /// The number of rules, which divides the widths.
    public var count = 4
    /// The rank of a product's right factor.
    public var rank = 1
    /// How far rules begin from zero.
    public var ruleDeviation = 0.0001
    /// Whether all maps of a model have one rule.
    ///
    /// AdapterHub trains it whatever `learn_phm` says.
    var sharesRule = true
    /// Whether rules are products of a column and a row each.
    var hasRuleFactors = false
    /// Whether all maps of a model have the same factors.
    var sharesFactors = false
    /// Whether weights are products of narrow factors.
    var isFactorized = true
    /// Whether maps add a bias.
    var hasBias = true

    /// AdapterHub's sizes.
    public init() {}
  }

  /// What an adapter's result is added to.
  enum Base: Sendable {
    /// The sub-layer's result.
    case result
    /// What the adapter reads.
    case read
    /// What the sub-layer comes to before its norm.
    case added
  }

  /// A scale that is trained: one number, or one for each value of a vector.
  enum TrainedScale: Sendable {
    case one, channels
  }

  // What AdapterHub's files may ask for besides.

  /// The reductions of some layers, from 0.
  var reductions: [Int: Double] = [:]
  /// What replaces `scale`, where it is trained.
  var trainedScale: TrainedScale?
  var base = Base.result
  /// Whether the residual and the sub-layer's norm come behind the adapter.
  var joinsAfter = true
  /// Whether the adapter has norms of its own before its first map and behind its second.
  var normsBefore = false, normsAfter = false
  /// What stands between the two maps in the place of `activation`.
  var otherActivation: BottleneckActivation?
  /// Whether what the result is added to is added before that norm.
  var addsBeforeNorm = false
  /// Whether what is added is multiplied by a gate of each text.
  var isGated = false
  /// The map of the embeddings' vectors, where there is one.
  var invertible: InvertibleOptions?
  /// The fields of the file that this was read from, which are filed again.
  var filed: JSONObject?

  /// The layers without adapters, from 0.
  public var leftOut: [Int] = []
  /// Modules of the model that are trained and saved whole, such as a new head.
  public var savedModules: [String] = []

  /// Adapters behind feed-forward networks (Pfeiffer and others 2021): AdapterHub's `seq_bn`.
  public static let pfeiffer = BottleneckOptions()

  /// Adapters behind both sub-layers (Houlsby and others 2019): `double_seq_bn`.
  public static let houlsby: BottleneckOptions = {
    var options = BottleneckOptions()
    options.activation = .silu
    options.input = .result
    options.adaptsAttention = true
    return options
  }()

  /// Adapters beside feed-forward networks (He and others 2022): `par_bn`.
  public static let parallel: BottleneckOptions = {
    var options = BottleneckOptions()
    (options.reduction, options.scale) = (2, 4)
    options.input = .residual
    options.beginsSilent = true
    return options
  }()

  /// Adapters behind both sub-layers whose weights share most values (Mahabadi and others 2021):
  /// `compacter`.
  public static let compacter: BottleneckOptions = {
    var options = BottleneckOptions.houlsby
    (options.reduction, options.activation) = (32, .gelu)
    options.hypercomplex = Hypercomplex()
    return options
  }()

  init() {}
}

extension BottleneckOptions {
  /// Options as the `config` of an AdapterHub folder says them.
  /// - Throws: `ModelError.unsupported` for kinds that are not computed here.
  init(hub config: AdapterConfiguration) throws(ModelError) {
    let fields = config.fields["config"]?.object ?? [:]
    func flag(_ name: String, _ fallback: Bool = false) -> Bool { fields[name]?.bool ?? fallback }
    if let unknown = fields["architecture"]?.string {
      throw ModelError(
        .unsupported, file: config.file,
        problem: "is of a kind that is not computed here: architecture: \(unknown)")
    }
    self.init()
    isGated = flag("use_gating")
    invertible = try InvertibleOptions(fields, config)
    filed = fields
    try takeReduction(fields["reduction_factor"], config)
    try takeScale(fields["scaling"], config)
    let name = fields["non_linearity"]?.string ?? "relu"
    otherActivation = BottleneckActivation(rawValue: name.lowercased())
    if otherActivation == nil { activation = try Activation(named: name, file: config.file) }
    input =
      flag("is_parallel") ? .residual : flag("original_ln_before") ? .joined : .result
    takeNorms(fields, flag)
    adaptsAttention = flag("mh_adapter")
    adaptsCrossAttention = flag("cross_adapter")
    adaptsFeedForward = flag("output_adapter", true)
    leftOut = fields["leave_out"]?.array?.compactMap(\.int) ?? []
    guard flag("phm_layer") else { return }
    hypercomplex = try Hypercomplex(fields, config)
  }

  /// Takes over where norms and sums stand.
  private mutating func takeNorms(_ fields: JSONObject, _ flag: (String, Bool) -> Bool) {
    joinsAfter = flag("original_ln_after", true)
    normsBefore = flag("ln_before", false)
    normsAfter = flag("ln_after", false)
    // Beside the sub-layer there is but one order of the two.
    guard input != .residual else { return }
    addsBeforeNorm = flag("adapter_residual_before_ln", false)
    if fields["residual_before_ln"]?.string == "post_add" {
      base = .added
    } else if !flag("residual_before_ln", true) {
      base = .read
    }
  }

  /// What a width is divided by, as far as somebody may mean it: of less, a file of some bytes would take all memory.
  static let possibleReductions = 0.01...1e9

  /// Takes over one reduction, or those of layers and the one of all others.
  private mutating func takeReduction(
    _ value: JSONValue?, _ config: AdapterConfiguration
  ) throws(ModelError) {
    let members = value?.object?.members.map { ($0.key, $0.value) } ?? []
    var all = value?.double
    for (layer, value) in members {
      if layer == "default" { all = value.double }
      guard let number = Int(layer) else { continue }
      reductions[number] = value.double ?? 0
    }
    // Without one for all others AdapterHub needs one of each layer.
    reduction = all ?? reductions.values.first ?? 0
    guard ([reduction] + reductions.values).allSatisfy({ Self.possibleReductions ~= $0 }) else {
      throw config.fault("has the reduction_factor \(value?.text ?? "null")")
    }
  }

  /// Takes over a number, or a scale that is trained.
  private mutating func takeScale(
    _ value: JSONValue?, _ config: AdapterConfiguration
  ) throws(ModelError) {
    switch value?.string {
    case "learned": trainedScale = .one
    case "channel": trainedScale = .channels
    default:
      guard let number = value?.double else {
        throw config.fault("has the unknown scaling \(value?.text ?? "null")")
      }
      scale = number
    }
  }

  /// The `config` of an AdapterHub folder, all its fields.
  func hubFields(activation name: String) -> JSONObject {
    if let filed { return filed }
    return [
      "adapter_residual_before_ln": false, "cross_adapter": false, "dropout": 0.0,
      "factorized_phm_W": true, "factorized_phm_rule": false,
      "hypercomplex_nonlinearity": "glorot-uniform",
      "init_weights": beginsSilent ? "mam_adapter" : "bert", "init_weights_seed": .null,
      "inv_adapter": .null, "inv_adapter_reduction_factor": .null,
      "is_parallel": .bool(input == .residual), "learn_phm": true,
      "leave_out": .array(leftOut.map { .integer($0) }), "ln_after": false, "ln_before": false,
      "mh_adapter": .bool(adaptsAttention), "non_linearity": .string(name),
      "original_ln_after": true, "original_ln_before": .bool(input == .joined),
      "output_adapter": .bool(adaptsFeedForward), "phm_bias": true, "phm_c_init": "normal",
      "phm_dim": .integer(hypercomplex?.count ?? 4), "phm_init_range": 0.0001,
      "phm_layer": .bool(hypercomplex != nil), "phm_rank": .integer(hypercomplex?.rank ?? 1),
      "reduction_factor": .shortest(reduction), "residual_before_ln": true,
      "scaling": .real(scale), "shared_W_phm": false, "shared_phm_rule": true,
      "stochastic_depth": 0.0, "use_gating": false,
    ]
  }
}

extension BottleneckOptions.Hypercomplex {
  /// The sizes as the `config` of an AdapterHub folder says them.
  fileprivate init(_ fields: JSONObject, _ config: AdapterConfiguration) throws(ModelError) {
    func flag(_ name: String, _ fallback: Bool) -> Bool { fields[name]?.bool ?? fallback }
    self.init()
    hasRuleFactors = flag("factorized_phm_rule", false)
    sharesFactors = flag("shared_W_phm", false)
    sharesRule = flag("shared_phm_rule", true)
    isFactorized = flag("factorized_phm_W", true)
    hasBias = flag("phm_bias", true)
    count = fields["phm_dim"]?.int ?? 4
    rank = fields["phm_rank"]?.int ?? 1
    guard count > 0, rank > 0 else { throw config.fault("has phm_dim \(count), rank \(rank)") }
  }
}
