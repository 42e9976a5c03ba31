package import Records
package import Stages

/// How long it takes until more of a model begins to train: `1 epoch`, `100 steps`.
package enum UnfreezingInterval: ParameterValue, Hashable {
  /// Passes over the training side.
  case epochs(Double)
  /// Optimizer steps.
  case steps(Int)

  /// What a person calls the type.
  package static var typeName: String { "'N epochs' or 'N steps'" }

  /// Reads a number and its unit.
  package static func decode(_ node: ConfigurationNode) throws(Diagnostic) -> UnfreezingInterval {
    let text = try String.decode(node)
    let parts = text.split(separator: " ", omittingEmptySubsequences: true)
    if parts.count == 2 {
      switch parts[1] {
      case "epoch", "epochs":
        if let number = Double(parts[0]), number > 0, number <= 1e6 { return .epochs(number) }
      case "step", "steps":
        if let number = Int(parts[0]), 1...1_000_000_000 ~= number { return .steps(number) }
      default: break
      }
    }
    throw Diagnostic(
      "'\(text)' is no time between two unfreezings", place: node.place,
      remedy: "write a number above 0 and its unit: '1 epoch', '0.5 epochs' or '100 steps'")
  }

  /// The value as it is written in a lock file.
  package var encoded: JSONValue { .string(description) }

  /// The steps taken before the group of a number begins, counted from 0.
  func steps(before group: Int, stepsPerEpoch: Int) -> Int {
    switch self {
    case .epochs(let epochs):
      // An interval shorter than a step is one step, so that no two groups begin together.
      max(group, Int((Double(group) * epochs * Double(stepsPerEpoch)).rounded()))
    case .steps(let steps): group * steps
    }
  }
}

extension UnfreezingInterval: CustomStringConvertible {
  /// The number and its unit, as it is written.
  package var description: String {
    switch self {
    case .epochs(1): "1 epoch"
    case .epochs(let number):
      "\(number == number.rounded() ? "\(Int(number))" : "\(number)") epochs"
    case .steps(1): "1 step"
    case .steps(let number): "\(number) steps"
    }
  }
}
