import Records
public import Tensors

/// How a model that is not trained itself is held in memory: its linear maps in 4-bit numbers (QLoRA:
/// Dettmers, Pagnoni, Holtzman, Zettlemoyer 2023).
///
/// Embeddings, normalisations, biases, the heads of tasks and T5's `wo` stay 32-bit floats. Matrices are
/// rounded one by one as they are loaded, to the same bits as bitsandbytes rounds them; what a checkpoint
/// holds in 4-bit numbers already stays as it is.
public struct FourBitBase: Sendable, Equatable {
  /// What the numbers stand for.
  public var code: FourBitCode
  /// Whether the scales are 8-bit numbers themselves ("double quantisation"): 4.13 bits a value, not 4.5.
  public var isNested: Bool
  /// Modules that stay wide, by the ends of their names.
  public var wideModules: [String]
  /// Beginnings of the names of heads, which stay wide.
  private var heads: [String] = []

  /// A base in 4-bit numbers.
  public init(_ code: FourBitCode = .nf4, nested: Bool = true, wideModules: [String] = []) {
    self.code = code
    isNested = nested
    self.wideModules = wideModules
  }

  /// The same with more that stays wide: heads, by the beginnings of their names.
  func keeping(_ heads: [String]) -> FourBitBase {
    var copy = self
    copy.heads += heads
    return copy
  }

  /// Whether the weight of a name is held in 4-bit numbers, of those that linear maps multiply by.
  func holds(_ name: String) -> Bool {
    if heads.contains(where: { name.hasPrefix($0) }) { return false }
    // transformers holds T5's in 32 bits, whatever a file says.
    if name.hasSuffix(".wo.weight") { return false }
    var module = name[...]
    while let dot = module.lastIndex(of: ".") {
      module = module[..<dot]
      if wideModules.contains(where: { module.hasSuffix($0) }) { return false }
    }
    return true
  }
}

// MARK: - In config.json

extension FourBitBase {
  /// What a configuration says in `quantization_config`; nil where it asks for no 4-bit numbers.
  init?(_ configuration: ModelConfiguration) {
    guard let fields = configuration.fields[ModelConfiguration.quantization]?.object,
      fields["load_in_4bit"]?.bool == true
    else { return nil }
    self.init(
      // What bitsandbytes takes where nothing is said.
      FourBitCode(rawValue: fields["bnb_4bit_quant_type"]?.string ?? "fp4") ?? .fp4,
      nested: fields["bnb_4bit_use_double_quant"]?.bool ?? false,
      wideModules: fields["llm_int8_skip_modules"]?.array?.compactMap(\.string) ?? [])
  }

  /// How a model's linear maps are held; nil where all are wide.
  init?(of model: any Model) {
    let held = model.linears.lazy.compactMap(\.weight.fourBitValues).first
    guard let held else { return nil }
    var isNested = false
    if case .nested = held.scales { isNested = true }
    self.init(
      FourBitCode.allCases.first { $0.table == held.table } ?? .nf4, nested: isNested,
      wideModules: model.linears.filter { $0.weight.fourBitValues == nil }.map(\.name))
  }

  /// The fields that transformers reads with bitsandbytes.
  var fields: JSONObject {
    [
      "quant_method": "bitsandbytes", "load_in_4bit": true,
      "bnb_4bit_quant_type": .string(code.rawValue), "bnb_4bit_use_double_quant": .bool(isNested),
      "bnb_4bit_compute_dtype": "float32",
      "llm_int8_skip_modules": .array((wideModules + ["lm_head"]).map { .string($0) }),
    ]
  }
}

extension ModelConfiguration {
  /// The configuration with what it says of 4-bit numbers in the place of what it said.
  func holding(_ base: FourBitBase?) -> ModelConfiguration {
    var copy = self
    copy.fields = fields.without([Self.quantization])
    if let base { copy.fields[Self.quantization] = .object(base.fields) }
    return copy
  }
}
