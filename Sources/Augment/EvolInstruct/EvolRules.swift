import Records
import TextKit

/// By what an evolution is found to have failed (WizardLM, arXiv 2304.12244, 2.3, "Elimination Evolving").
enum EvolRules {
  /// An answer with "sorry" of fewer words is one that the model could not give.
  static let apologyWords = 80

  /// Why an evolved instruction is refused; nil where it is none of the record's so far, and says nothing of the prompt.
  /// - Parameter earlier: The parent's instruction, and those that were made of it.
  static func fault(_ instruction: String, after earlier: [String]) -> String? {
    let skeleton = RoundTripContract.skeleton(instruction)
    if skeleton.isEmpty { return "empty" }
    let known = earlier.map { RoundTripContract.skeleton($0) }
    if known.first == skeleton { return "unchanged" }
    if known.contains(skeleton) { return "repeated" }
    if copiesPrompt(instruction, earlier.first ?? "") { return "prompt-words" }
    let change = ChildLanguage.change(from: earlier.first ?? "", to: instruction)
    return change == nil ? nil : "language"
  }

  /// Why the answer to an evolved instruction is refused.
  static func fault(answer: String) -> String? {
    let words = Segmentation(.word).segments(of: answer).filter(\.isWord)
    let bytes = Array(answer.utf8)
    let texts = words.map { String(decoding: bytes[$0.range], as: UTF8.self).lowercased() }
    if texts.allSatisfy({ stopWords.contains($0) }) { return "empty" }
    return texts.contains("sorry") && texts.count < apologyWords ? "sorry" : nil
  }

  /// Words of the prompt that an evolved instruction has only where the model copied them.
  private static let promptWords = [
    "given prompt", "rewritten prompt", "created prompt", "new prompt", "#prompt#",
  ]

  private static func copiesPrompt(_ instruction: String, _ parent: String) -> Bool {
    let (text, before) = (instruction.lowercased(), parent.lowercased())
    return promptWords.contains { text.contains($0) && !before.contains($0) }
  }

  /// English words that say nothing by themselves.
  ///
  /// "Yes" and "no" are answers, and so are numbers.
  private static let stopWords = Set(
    """
    a about above after again against all am an and any are as at be because been before being \
    below between both but by can could did do does doing down during each few for from further \
    had has have having he her here hers herself him himself his how i if in into is it its \
    itself just me more most my myself nor not now of off on once only or other our ours \
    ourselves out over own same she should so some such than that the their theirs them \
    themselves then there these they this those through to too under until up very was we were \
    what when where which while who whom why will with would you your yours yourself yourselves
    """.split(separator: " ").map { String($0) })
}
