import Stages

/// A name that stands for several metrics, such as `f1` for `f1.macro`, `f1.micro`, `f1.weighted`.
public struct MetricGroup: Sendable {
  /// What a group stands for, by the last part of its metrics' names.
  public struct Members: Sendable {
    /// The metrics computed where a list is asked.
    public let all: [String]
    /// The metric compared where one number is asked, such as in early stopping.
    public let selector: String

    /// Names the metrics of a group, and the one that selects models.
    public init(_ all: [String], selector: String) {
      self.all = all
      self.selector = selector
    }
  }

  /// The name in pipeline files.
  public let name: String
  /// The metrics when there are more than two classes, or their number is not known yet.
  public let members: Members
  /// The metrics when there are two classes.
  public let membersOfTwoClasses: Members

  /// Names a group of `name.member` metrics.
  public init(name: String, members: Members, membersOfTwoClasses: Members) {
    self.name = name
    self.members = members
    self.membersOfTwoClasses = membersOfTwoClasses
  }

  func members(classes: Int?) -> Members { classes == 2 ? membersOfTwoClasses : members }
}

/// The metrics a pipeline can name: looks names up, expands groups, and explains wrong names.
///
///     let metrics = try MetricCatalog.standard.metrics(
///       named: ["accuracy", "f1"], providing: [.labels], classes: 6)
///     // accuracy, f1.macro, f1.micro, f1.weighted
public struct MetricCatalog: Sendable {
  /// Every metric, in the order shown.
  public let metrics: [MetricDescriptor]
  /// Every group, in the order shown.
  public let groups: [MetricGroup]

  /// The catalog of this module's metrics.
  public static let standard = MetricCatalog(
    metrics: standardMetrics, groups: standardMetricGroups)

  /// Joins metrics and groups.
  public init(metrics: [MetricDescriptor], groups: [MetricGroup]) {
    self.metrics = metrics
    self.groups = groups
  }

  /// The metrics of a pipeline's `evaluate:` list: groups expanded, repetitions dropped.
  ///
  /// - Parameters:
  ///   - names: names of metrics or groups, or other tools' names for them.
  ///   - provided: what the model's task will give.
  ///   - classes: number of classes; nil when not known yet.
  /// - Throws: ``MetricError`` for a name that is unknown or asks for what the task lacks.
  public func metrics(
    named names: [String], providing provided: Set<MetricNeed>, classes: Int?
  ) throws(MetricError) -> [MetricDescriptor] {
    var chosen: [MetricDescriptor] = []
    for name in names {
      for metric in try expand(name, classes: classes) {
        try check(metric, provided: provided, classes: classes)
        if !chosen.contains(where: { $0.name == metric.name }) { chosen.append(metric) }
      }
    }
    return chosen
  }

  /// The one number that early stopping or the choice of the best model compares.
  ///
  /// A group gives its usual member: `f1`, `precision` and `recall` the weighted average, `auc`
  /// the macro one; `auc` of two classes the positive class's.
  ///
  /// - Throws: ``MetricError`` for a name that is unknown, is a table, or asks for what the task
  ///   lacks.
  public func selector(
    named name: String, providing provided: Set<MetricNeed>, classes: Int?
  ) throws(MetricError) -> MetricDescriptor {
    let metric = try selectorUnchecked(named: name, classes: classes)
    try check(metric, provided: provided, classes: classes)
    guard metric.canSelect else { throw .isTable(name: metric.name) }
    return metric
  }

  private func selectorUnchecked(
    named name: String, classes: Int?
  ) throws(MetricError) -> MetricDescriptor {
    let canonical = canonicalName(name)
    guard let group = groups.first(where: { $0.name == canonical }) else {
      return try metric(canonical, asked: name)
    }
    return try metric("\(group.name).\(group.members(classes: classes).selector)", asked: name)
  }

  private func expand(_ name: String, classes: Int?) throws(MetricError) -> [MetricDescriptor] {
    let canonical = canonicalName(name)
    guard let group = groups.first(where: { $0.name == canonical }) else {
      return [try metric(canonical, asked: name)]
    }
    var expanded: [MetricDescriptor] = []
    for member in group.members(classes: classes).all {
      expanded.append(try metric("\(group.name).\(member)", asked: name))
    }
    return expanded
  }

  private func metric(_ name: String, asked: String) throws(MetricError) -> MetricDescriptor {
    if let metric = metrics.first(where: { $0.name == name }) ?? retrievalMetric(named: name) {
      return metric
    }
    let known = groups.map(\.name) + metrics.map(\.name)
    throw .unknown(
      name: asked, suggestion: Suggestion.nearest(to: name, among: known), known: known)
  }

  private func check(
    _ metric: MetricDescriptor, provided: Set<MetricNeed>, classes: Int?
  ) throws(MetricError) {
    guard provided.contains(metric.needs) else {
      throw .lacks(name: metric.name, needs: metric.needs, provided: provided)
    }
    if metric.isOfTokens, provided.contains(.labels) { throw .isOfTokens(name: metric.name) }
    if metric.binaryOnly, let classes, classes != 2 {
      throw .needsTwoClasses(name: metric.name, classes: classes)
    }
  }

  /// The name used here for a name of another tool: `eval_f1_macro` is `f1.macro`.
  public func canonicalName(_ name: String) -> String {
    var text = name.lowercased()
    for prefix in ["eval_", "eval/", "validation."] where text.hasPrefix(prefix) {
      text.removeFirst(prefix.count)
    }
    // Some names end as averages do without being of a group, such as auc.ovo-macro.
    if metrics.contains(where: { $0.name == text }) { return text }
    if let alias = metricAliases[text] { return alias }
    for average in Average.allCases {
      for separator in ["_", "-"] where text.hasSuffix(separator + average.rawValue) {
        let stem = String(text.dropLast(average.rawValue.count + 1))
        return "\(metricAliases[stem] ?? stem).\(average.rawValue)"
      }
    }
    return text
  }
}
