import Records
import Stages

/// Parameters of what a text that was said anew must have kept.
struct RoundTripParameters {
  static let protect = Parameter(
    "protect", default: [String](),
    "Spans that a child must keep; * stands for anything within a line: '[[*]]'.")

  let least: Parameter<Double>
  let most: Parameter<Double>
  private let stage: String
  private let usual: ClosedRange<Int>

  /// - Parameters:
  ///   - stage: Takes them.
  ///   - usual: The default similarities to the parent, by chrF from 0 to 100.
  init(_ stage: String, usual: ClosedRange<Int>) {
    self.stage = stage
    self.usual = usual
    least = Parameter(
      "min-similarity", default: Double(usual.lowerBound),
      "Refuse children less like their parent, by chrF.", check: Check.within(0.0...100.0))
    most = Parameter(
      "max-similarity", default: Double(usual.upperBound),
      "Refuse children more like their parent, by chrF.", check: Check.within(0.0...100.0))
  }

  /// The contract that values ask for.
  /// - Throws: `Diagnostic` where no similarity is left.
  func contract(_ values: ParameterValues) throws(Diagnostic) -> RoundTripContract {
    guard values[least] < values[most] else {
      throw Diagnostic(
        "min-similarity is not below max-similarity", path: stage,
        remedy: "leave a band between them: \(usual.lowerBound) and \(usual.upperBound)")
    }
    return RoundTripContract(
      similarity: values[least]...values[most], spans: ProtectedSpans(values[Self.protect]))
  }
}
