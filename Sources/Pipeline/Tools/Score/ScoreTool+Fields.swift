import Evaluate
import Stages

// MARK: - Fields of JSON lines

extension ScoreTool {
  private static let referenceFields = [
    "references", "reference", "refs", "target", "targets", "answers", "answer", "summary",
    "label", "output", "text",
  ]
  private static let hypothesisFields = [
    "hypothesis", "prediction", "generated", "response", "output", "summary", "text", "label",
  ]

  /// The field of references of a file; nil where its lines are texts.
  func referenceField(_ file: ScoreFile) throws(StageError) -> String? {
    try file.field(
      fields.reference, among: usualNumbers + Self.referenceFields, option: "--reference-field")
  }

  /// The field of hypotheses; nil where lines are texts.
  var hypothesisField: String? {
    get throws(StageError) {
      let scores = classes.isEmpty ? [] : ["scores", "probabilities"]
      let usual = Self.hypothesisFields + scores + usualNumbers
      // One file has references and hypotheses in two fields, where a metric asks for references at all.
      let taken = isOneFile ? try? referenceField(hypotheses) : nil
      return try hypotheses.field(
        fields.hypothesis, among: usual.filter { $0 != taken } + usual,
        option: "--hypothesis-field")
    }
  }

  /// Where files of numbers have them.
  private var usualNumbers: [String] {
    classes.contains { Self.needs($0).contains(.numbers) } ? ["score", "similarity", "value"] : []
  }
}
