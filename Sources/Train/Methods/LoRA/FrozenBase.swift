import Models
import Stages
import Tensors

/// The numbers that a frozen model's linear maps are held in.
enum FrozenBase: String, ChoiceValue {
  /// 32-bit floats.
  case fp32
  /// 4-bit numbers of this code.
  case nf4, fp4
  /// 4-bit numbers of the code that `quant-type` names: `load_in_4bit: true`, `quantization_bit: 4`.
  case fourBit = "4-bit"

  static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> FrozenBase {
    let word = try String.decode(node).lowercased()
    switch word {
    case "true", "4": return .fourBit
    case "false": return .fp32
    default: break
    }
    guard let form = FrozenBase(rawValue: word) else {
      throw Diagnostic(
        "'\(word)' is no form of a frozen model that is known here", place: node.place,
        remedy: "write fp32, nf4 or fp4")
    }
    return form
  }
}

/// The word for a 4-bit code.
private enum CodeName: String, ChoiceValue {
  case nf4, fp4
}

extension FrozenBase {
  /// `base`, with the form that stands where nothing is written.
  static func parameter(default form: FrozenBase) -> Parameter<FrozenBase> {
    Parameter(
      "base", default: form, aliases: ["load_in_4bit", "quantization_bit"],
      "What the frozen model's linear maps are held in: fp32, or the 4-bit numbers nf4 or fp4.")
  }

  private static let code = Parameter<CodeName?>(
    "quant-type", default: nil, aliases: ["bnb_4bit_quant_type"],
    "The code of 4-bit numbers where base says 4-bit alone, as load_in_4bit does; nf4 by default.")
  private static let nested = Parameter(
    "double-quantization", default: true, aliases: ["bnb_4bit_use_double_quant"],
    "Hold the scales of 4-bit numbers in 8 bits: 4.13 bits a weight in the place of 4.5.")

  /// What a method with a frozen model takes.
  static func parameters(of base: Parameter<FrozenBase>) -> [any AnyParameter] {
    [base, code, nested]
  }

  /// What bitsandbytes' configuration says besides, and is not said here.
  static let elsewhere = [
    "bnb_4bit_compute_dtype":
      "leave it out: train's precision says what products multiply, as in 'precision: bf16'",
    "bnb_4bit_quant_storage": "leave it out: two 4-bit numbers are held a byte",
  ]

  /// What speaks against the values.
  static func faults(_ values: ParameterValues, _ form: FrozenBase) -> [Diagnostic] {
    guard let code = values[code], form != .fourBit, form.rawValue != code.rawValue else {
      return []
    }
    return [
      Diagnostic(
        "has the base \(form.rawValue) and the quant-type \(code.rawValue)",
        remedy: "write base: \(code.rawValue)")
    ]
  }

  /// How the model is held; nil for 32-bit floats.
  static func chosen(
    _ values: ParameterValues, _ base: Parameter<FrozenBase>, wideModules: [String]
  ) -> FourBitBase? {
    let form = values[base]
    guard form != .fp32 else { return nil }
    let code: FourBitCode = (values[code]?.rawValue ?? form.rawValue) == "fp4" ? .fp4 : .nf4
    return FourBitBase(code, nested: values[nested], wideModules: wideModules)
  }
}
