public import Stages
public import Tensors

/// The numbers that matrix products of a training multiply; everything else is fp32 always.
public enum Precision: String, ChoiceValue {
  /// The fastest that comes near fp32: bf16x3 where AMX computes it, otherwise fp32.
  case auto
  /// 32-bit floating point.
  case fp32
  /// Each value as a sum of two bf16 numbers: errors of some 4e-6, three products for one.
  case bf16x3
  /// Values rounded to 8 significant bits, sums in fp32: errors of some 2e-3.
  case bf16
}

/// The precision that a training really has, and why.
public struct PrecisionChoice: Sendable, Hashable, CustomStringConvertible {
  /// What its products multiply.
  public let used: Engine.Precision
  /// Why, in one clause.
  public let reason: String

  /// What comes of a wish on this machine.
  public init(_ wish: Precision) {
    self.init(wish, tilesFault: Engine.tilesFault)
  }

  /// What comes of a wish where tiles have the given fault, or none.
  package init(_ wish: Precision, tilesFault: String?) {
    switch (wish, tilesFault) {
    case (.fp32, _): (used, reason) = (.fp32, "as asked for")
    case (.auto, nil): (used, reason) = (.bf16x3, "near fp32 (errors of some 4e-6), by AMX")
    case (.auto, let fault?): (used, reason) = (.fp32, fault)
    case (.bf16x3, nil): (used, reason) = (.bf16x3, "as asked for, by AMX")
    case (.bf16, nil): (used, reason) = (.bf16, "as asked for, by AMX")
    case (.bf16x3, let fault?), (.bf16, let fault?):
      (used, reason) = (.fp32, "\(wish.rawValue) asked for, but \(fault)")
    }
  }

  /// The line of the log: "precision fp32: bf16 asked for, but this processor has no AMX".
  public var description: String { "precision \(used.rawValue): \(reason)" }
}
