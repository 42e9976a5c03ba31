public import Evaluate
public import Stages

extension TrainingOptions {
  /// What the test side of a training will give to metrics, so that a file can be checked unread.
  public static func provides(_ values: ParameterValues) -> Set<MetricNeed> {
    ObjectiveDescriptor.named(values[Keys.objective].name).provides
  }

  /// Whether the model will write texts, which metrics such as BLEU are of.
  public var writes: Bool { ObjectiveDescriptor.named(values[Keys.objective].name).writes }

  /// The name of the metric that chooses the model.
  var bestName: String { values[Keys.bestMetric] ?? "loss" }

  /// The name of the metric that a learning rate hangs on; nil where it follows from the step alone.
  var plateauName: String? { plateau.map { $0[ScheduleKeys.metric] ?? bestName } }

  /// The names of the metrics that choose the model, end training and cut the learning rate.
  var watchedNames: [String] {
    [bestName] + [values[Keys.earlyStopping]?.metric, plateauName].compactMap(\.self)
  }

  /// The metrics of texts among those that training watches.
  public var watchedTexts: [String] { watchedNames.filter { TextMetrics.expand($0) != nil } }

  /// The metric of a name, by which models are ordered.
  ///
  /// - Throws: `MetricError` for one that is unknown, a table, several, or not of this task.
  func watched(_ name: String, classes: Int?) throws(MetricError) -> WatchedMetric {
    let provided = Self.provides(values)
    guard TextMetrics.expand(name) != nil else {
      let metric = try MetricCatalog.standard.selector(
        named: name, providing: provided, classes: classes)
      return WatchedMetric(name: metric.name, direction: metric.direction)
    }
    guard writes else { throw .isOfTexts(name: name, provided: provided) }
    let metric = try TextMetrics.selector(named: name)
    return WatchedMetric(name: metric.name, direction: metric.direction)
  }

  /// The names of metrics that training watches, where they are written, by their keys.
  public var namedMetrics: [(key: String, name: String)] {
    [
      (Keys.bestMetric.name, values[Keys.bestMetric]),
      (Keys.earlyStopping.name, values[Keys.earlyStopping]?.metric),
      (Keys.schedule.name, plateau?[ScheduleKeys.metric]),
    ].compactMap { key, name in name.map { (key, $0) } }
  }

  /// What is wrong with options that are right one by one, before data is read.
  public var faults: [(key: String, problem: String)] {
    metricFaults.map { ($0, "\($1)") }
      + [rateFault, averagingFault, penaltyFault].compactMap(\.self)
      + momentFaults
  }

  /// What AdamW alone reads must not be written for another optimizer.
  private var momentFaults: [(key: String, problem: String)] {
    let name = values[Keys.optimizer].name
    guard name != AdamWRule.descriptor.component.name else { return [] }
    return [Keys.beta1, Keys.beta2, Keys.epsilon].filter { values[$0] != $0.fallback }.map {
      ($0.name, "\($0.name) is AdamW's; write what \(name) takes as optimizer: {\(name): {…}}")
    }
  }

  /// AdaLoRA takes directions away for good, which an average would bring back.
  private var averagingFault: (key: String, problem: String)? {
    let method = AdaptiveRankMethod.descriptor.component.name
    guard values[Keys.averaging] != nil, values[Keys.method].name == method else { return nil }
    return (Keys.averaging.name, "ema does not go with \(method), whose directions are taken away")
  }

  /// A polynomial must not rise.
  private var rateFault: (key: String, problem: String)? {
    let (schedule, peak) = (values[Keys.schedule], values[Keys.learningRate])
    guard schedule.name == "polynomial", schedule.values[ScheduleKeys.end] >= peak, peak > 0 else {
      return nil
    }
    let end = schedule.values[ScheduleKeys.end]
    return (Keys.schedule.name, "polynomial ends at \(end), which is not below \(peak)")
  }

  /// What is wrong with the metrics that training watches.
  private var metricFaults: [(key: String, fault: MetricError)] {
    namedMetrics.compactMap { key, name in
      do throws(MetricError) {
        _ = try watched(name, classes: nil)
        return nil
      } catch {
        return (key, error)
      }
    }
  }
}
