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

    /// AdapterHub's sizes.
    public init() {}
  }

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
    let others = [
      "ln_before", "ln_after", "use_gating", "adapter_residual_before_ln",
      "cross_adapter",
    ].filter { flag($0) }
    let inverse = fields["inv_adapter"].flatMap(\.string).map { ["inv_adapter: \($0)"] } ?? []
    guard others.isEmpty, inverse.isEmpty, flag("original_ln_after", true),
      flag("residual_before_ln", true), let reduction = fields["reduction_factor"]?.double,
      reduction > 0, let scale = fields["scaling"]?.double,
      fields["architecture"]?.string == nil
    else {
      throw ModelError(
        .unsupported, file: config.file,
        problem: "is of a kind that is not computed here: "
          + (others + inverse + ["reduction_factor, scaling or norms of their own"]).prefix(1)
          .joined())
    }
    self.init()
    self.reduction = reduction
    self.scale = scale
    activation = try Activation(
      named: fields["non_linearity"]?.string ?? "relu", file: config.file)
    input =
      flag("is_parallel") ? .residual : flag("original_ln_before") ? .joined : .result
    adaptsAttention = flag("mh_adapter")
    adaptsFeedForward = flag("output_adapter", true)
    leftOut = fields["leave_out"]?.array?.compactMap(\.int) ?? []
    guard flag("phm_layer") else { return }
    hypercomplex = try Hypercomplex(fields, config)
  }

  /// The `config` of an AdapterHub folder, all its fields.
  func hubFields(activation name: String) -> JSONObject {
    [
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
    guard flag("factorized_phm_W", true), flag("shared_phm_rule", true), flag("phm_bias", true),
      !flag("factorized_phm_rule", false), !flag("shared_W_phm", false)
    else {
      throw ModelError(
        .unsupported, file: config.file,
        problem: "has Kronecker products of a kind that is not computed here",
        remedy: "Factors of each weight and one shared rule are.")
    }
    self.init()
    count = fields["phm_dim"]?.int ?? 4
    rank = fields["phm_rank"]?.int ?? 1
    guard count > 0, rank > 0 else { throw config.fault("has phm_dim \(count), rank \(rank)") }
  }
}
