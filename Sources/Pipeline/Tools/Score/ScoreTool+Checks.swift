import Evaluate
import Records
import Stages

// MARK: - What files and metrics must be

extension ScoreTool {
  /// One file alone must hold references besides the hypotheses, where any metric asks for them.
  func checkHasBoth() throws(StageError) {
    guard !classes.isEmpty || texts.names.contains(where: needsReference) else { return }
    let remedy = "anneal score REFERENCES HYPOTHESES"
    guard hypotheses.hasFields else {
      throw StageError(
        "missing-file", "there are hypotheses but no references", source: hypotheses.source(0),
        remedy: remedy)
    }
    if areOnlyKeywords { return }
    let (reference, hypothesis) = (try referenceField(hypotheses), try hypothesisField)
    guard reference != hypothesis else {
      throw StageError(
        "missing-field", "would be compared with itself", source: hypotheses.source(0),
        field: reference,
        remedy: "name two fields with --reference-field and --hypothesis-field, or: \(remedy)")
    }
  }

  /// Metrics of searches stand alone, and compare two files.
  static func checkSearches(
    _ names: [String], _ texts: [String], files: Int
  ) throws(StageError) {
    let others = texts + names.filter { !needs($0).contains(.rankings) }
    if let other = others.first {
      throw StageError(
        "mixed-metrics", "'\(other)' is not of searches, as the others are",
        remedy: "score it in a command of its own")
    }
    guard files == 2 else {
      throw StageError(
        "missing-file", "there must be one file of relevances and one of what was found",
        remedy: "anneal score --metrics mrr,ndcg@10 QRELS.jsonl RUN.jsonl")
    }
  }

  /// Names of class metrics must be known, whether or not their outcomes allow them.
  static func checkNames(_ names: [String]) throws(MetricError) {
    for name in names {
      do {
        _ = try MetricCatalog.standard.metrics(
          named: [name], providing: Set(MetricNeed.allCases), classes: nil)
      } catch {
        guard case .unknown(let name, let suggestion, let known) = error else { continue }
        let all = TextMetrics.known + known
        throw .unknown(
          name: name, suggestion: suggestion ?? Suggestion.nearest(to: name, among: all),
          known: all)
      }
    }
  }

  /// Every file must have one line a record.
  func checkCounts() throws(StageError) {
    for file in references where file.count != hypotheses.count {
      throw StageError(
        "different-lengths",
        "\(file.path) has \(file.count) \(file.count == 1 ? "record" : "records") but "
          + "\(hypotheses.path) has \(hypotheses.count)",
        remedy: "give one line a record, in the same order, in each file")
    }
    guard hypotheses.count > 0 else {
      throw StageError(
        "no-records", "there is nothing to score", source: Source(file: hypotheses.path, line: 0))
    }
  }
}
