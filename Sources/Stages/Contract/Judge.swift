/// Answers questions about texts: a model behind an endpoint, and a prompt with places for fields.
///
/// Pipeline injects it, so that metrics know nothing of endpoints.
public protocol Judge: Sendable {
  /// Prompt and model as signatures name them.
  var name: String { get }
  /// The answers there are; empty where any text is one.
  var labels: [String] { get }
  /// The fields that the prompt has places for.
  var fields: [String] { get }
  /// Changes when prompt, model or endpoint does.
  var fingerprint: String { get }
  /// The answers to many questions, each given by its fields, in order.
  /// - Throws: `TextModelError` where there is no answer, `Interrupted` where the user asked to stop.
  func answers(_ questions: [[String: String]]) throws -> [String]
  /// The place of the label that an answer names.
  /// - Throws: `TextModelError` for an answer that names none.
  func label(in answer: String) throws(TextModelError) -> Int
}

extension Judge {
  /// The places of the labels that the answers to many questions name, in order.
  /// - Throws: `TextModelError` where there is no answer, or one that names no label.
  public func verdicts(_ questions: [[String: String]]) throws -> [Int] {
    try answers(questions).map { try label(in: $0) }
  }

  /// Refuses a prompt that asks for fields that are not there, or leaves out one that must be.
  /// - Throws: `Diagnostic` naming the field.
  public func check(offers: [String], needs: [String]) throws(Diagnostic) {
    for field in fields where !offers.contains(field) {
      throw Diagnostic(
        "the prompt of \(name) has a place for '{\(field)}', which nothing fills",
        remedy: Suggestion.remedy(for: field, among: offers))
    }
    for field in needs where !fields.contains(field) {
      throw Diagnostic(
        "the prompt of \(name) has no place for '{\(field)}'",
        remedy: "write {\(field)} where it goes")
    }
  }

  /// Refuses a judge that names fewer labels than two.
  /// - Throws: `Diagnostic` naming the judge.
  public func checkLabels() throws(Diagnostic) {
    guard labels.count < 2 else { return }
    throw Diagnostic(
      "the judge \(name) names no labels", path: "judge.labels",
      remedy: "write labels: [LABEL, LABEL] in its file")
  }
}
