/// What a metric has to be given.
public enum MetricNeed: String, Sendable, CaseIterable {
  /// A true and a predicted class for each record.
  case labels
  /// A score of every class for each record.
  case probabilities
  /// Summed losses, and how many records or tokens they are of.
  case losses
  /// A true and a predicted number for each record.
  case numbers
  /// The documents found for each query, and their relevance.
  case rankings
}

/// Which of two values of a metric is the better one.
public enum MetricDirection: String, Sendable {
  /// Higher wins, such as accuracy.
  case greater
  /// Lower wins, such as perplexity.
  case lower
  /// A table: two of them have no order, so it cannot select a model.
  case none
}

/// What a metric found.
public enum MetricValue: Sendable, Equatable {
  /// One finite number.
  case number(Double)
  /// Counts of every reference against every prediction.
  case confusion(ConfusionMatrix)
  /// Precision, recall and F1 of every class.
  case classes([ClassScore])
  /// How often predictions of each confidence are right.
  case calibration(Calibration)
  /// Nothing, and why: the sentence names what is missing.
  case unavailable(reason: String)
}

/// A metric's finding, and what a reader must know to compare it.
public struct Measurement: Sendable, Equatable {
  /// What was found.
  public let value: MetricValue
  /// A remark such as classes left out of a mean; nil when there is none.
  public let note: String?

  /// Creates a finding with an optional remark.
  public init(_ value: MetricValue, note: String? = nil) {
    self.value = value
    self.note = note
  }

  /// A finding that says why there is none.
  static func unavailable(_ reason: String) -> Measurement {
    Measurement(.unavailable(reason: reason))
  }

  /// A number, or the reason that it is none; infinities and NaN never leave a metric.
  static func number(
    _ number: Double, orElse reason: @autoclosure () -> String
  ) -> Measurement {
    number.isFinite ? Measurement(.number(number)) : .unavailable(reason())
  }

  /// The number found; nil for tables and where there is none.
  var number: Double? {
    guard case .number(let number) = value else { return nil }
    return number
  }
}

/// A metric's name, what it needs, which way is better, and how it is computed.
///
/// A new metric is one file in `Metrics` and one line in ``standardMetrics``.
public struct MetricDescriptor: Sendable {
  /// The name in pipeline files and in `metrics.json`, such as `f1.weighted`.
  public let name: String
  /// One sentence for the catalog.
  public let summary: String
  /// What the outcomes must hold.
  public let needs: MetricNeed
  /// Which way is better.
  public let direction: MetricDirection
  /// Whether it is defined for exactly two classes only.
  public let binaryOnly: Bool
  /// Whether it is of predicted tokens, so that a classifier has none.
  public let isOfTokens: Bool
  private let compute: @Sendable (Outcomes) -> Measurement
  /// How it is computed of records drawn anew.
  let resampledForm: ResampledForm

  /// Describes a metric of any outcomes.
  public init(
    name: String, summary: String, needs: MetricNeed, direction: MetricDirection,
    binaryOnly: Bool = false, isOfTokens: Bool = false,
    compute: @escaping @Sendable (Outcomes) -> Measurement
  ) {
    self.init(
      name: name, summary: summary, needs: needs, direction: direction, binaryOnly: binaryOnly,
      isOfTokens: isOfTokens, resampledForm: .outcomes, compute: compute)
  }

  fileprivate init(
    name: String, summary: String, needs: MetricNeed, direction: MetricDirection, binaryOnly: Bool,
    isOfTokens: Bool, resampledForm: ResampledForm,
    compute: @escaping @Sendable (Outcomes) -> Measurement
  ) {
    self.name = name
    self.summary = summary
    self.needs = needs
    self.direction = direction
    self.binaryOnly = binaryOnly
    self.isOfTokens = isOfTokens
    self.resampledForm = resampledForm
    self.compute = compute
  }

  /// Whether the metric is one number, so that models can be ordered by it.
  public var canSelect: Bool { direction != .none }

  /// Computes the metric, or says why these outcomes do not allow it.
  public func measure(_ outcomes: Outcomes) -> Measurement {
    guard outcomes.provides.contains(needs) else {
      let provided = outcomes.provides.map(\.rawValue).sorted().joined(separator: " and ")
      return .unavailable("\(name) needs \(needs.rawValue); these outcomes hold \(provided)")
    }
    return compute(outcomes)
  }

  /// Whether a value beats the best so far by more than a margin.
  ///
  /// - Parameter margin: how much better it must be; early stopping's threshold.
  public func improves(_ value: Double, over best: Double?, margin: Double = 0) -> Bool {
    direction.improves(value, over: best, margin: margin)
  }
}

extension MetricDirection {
  /// Whether a value beats the best so far by more than a margin; any number beats nothing.
  public func improves(_ value: Double, over best: Double?, margin: Double = 0) -> Bool {
    guard let best else { return !value.isNaN }
    switch self {
    case .greater: return value > best + margin
    case .lower: return value < best - margin
    case .none: return false
    }
  }
}

extension MetricDescriptor {
  /// Describes a metric of classes.
  init(
    name: String, summary: String, needs: MetricNeed = .labels, direction: MetricDirection,
    binaryOnly: Bool = false, resampledForm: ResampledForm = .outcomes,
    classification: @escaping @Sendable (ClassificationOutcomes) -> Measurement
  ) {
    self.init(
      name: name, summary: summary, needs: needs, direction: direction, binaryOnly: binaryOnly,
      isOfTokens: false, resampledForm: resampledForm,
      compute: Self.ofClasses(name, classification))
  }

  /// Describes a metric of how often each class is true, predicted, and both.
  init(
    name: String, summary: String, direction: MetricDirection, binaryOnly: Bool = false,
    counts: @escaping @Sendable (ClassCounts) -> Measurement
  ) {
    self.init(
      name: name, summary: summary, needs: .labels, direction: direction, binaryOnly: binaryOnly,
      isOfTokens: false, resampledForm: .counts(counts),
      compute: Self.ofClasses(name) { counts($0.counts) })
  }

  /// Describes an area under a curve of each class's ranking against the rest.
  init(
    name: String, summary: String, area: RankedArea,
    classification: @escaping @Sendable (ClassificationOutcomes) -> Measurement
  ) {
    self.init(
      name: name, summary: summary, needs: .probabilities, direction: .greater,
      binaryOnly: area.isBinary, isOfTokens: false, resampledForm: .area(area),
      compute: Self.ofClasses(name, classification))
  }

  private static func ofClasses(
    _ name: String, _ compute: @escaping @Sendable (ClassificationOutcomes) -> Measurement
  ) -> @Sendable (Outcomes) -> Measurement {
    { outcomes in
      guard case .classification(let classes) = outcomes else {
        return .unavailable("\(name) is of classes; these outcomes are of \(outcomes.subject)")
      }
      guard classes.count > 0 else { return .unavailable("there are no records") }
      return compute(classes)
    }
  }
}
