import Records
import Stages

/// `clean.instructions`: drops instruction data with a fault in a turn, and nothing for being short.
///
/// Rules for web pages drop nine tenths of good answers. These look for what goes wrong in the
/// making of instruction data instead: refusals, answers cut short, echoes, marks of templates,
/// answers in another language, code fences left open and JSON that no parser reads.
struct InstructionsStage: RecordStage {
  /// What is looked for.
  enum Rule: String, ChoiceValue {
    case empty
    case refusal
    case truncated
    case echo
    case template
    case fences
    case json
    case language
  }

  private static let rules = Parameter(
    "rules", default: Rule.allCases, "What to look for in the turns of a conversation.")

  static let descriptor = StageDescriptor(
    "clean.instructions",
    "Drop refusals, truncated and echoed answers, template residue, open code fences, broken JSON "
      + "and answers in another language; short answers, code and tables stay.",
    role: .cleaning, version: 3, parameters: [rules], example: "clean.instructions"
  ) { values in InstructionsStage(rules: values[rules]) }

  let rules: [Rule]

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    for turn in Turn.turns(of: record) {
      for rule in rules {
        guard let fault = rule.checker.fault(in: turn) else { continue }
        return .drop(Reason(rule.code, fault).at(turn.path))
      }
    }
    return .keep(record)
  }
}

extension InstructionsStage.Rule {
  /// The reason that records are dropped for.
  fileprivate var code: String {
    switch self {
    case .empty: "empty-answer"
    case .refusal: "refusal"
    case .truncated: "truncated-answer"
    case .echo: "echo"
    case .template: "template-residue"
    case .fences: "unbalanced-fences"
    case .json: "broken-json"
    case .language: "other-language"
    }
  }

  fileprivate var checker: any TurnRule {
    switch self {
    case .empty: EmptyRule()
    case .refusal: RefusalRule()
    case .truncated: TruncatedRule()
    case .echo: EchoRule()
    case .template: TemplateRule()
    case .fences: FenceRule()
    case .json: JSONRule()
    case .language: TurnLanguageRule()
    }
  }
}

protocol TurnRule: Sendable {
  /// What was found and measured; nil where the turn is sound.
  func fault(in turn: Turn) -> JSONObject?
}

/// A turn and what it answers.
struct Turn {
  let path: String
  let role: Role
  let text: String
  /// What the user said last, before an answer.
  let instruction: String?
  /// The text the instruction is about, where it stands apart.
  let input: String?
  /// Whether the source says more of the turn than its text, such as the tools it calls.
  var hasAttributes = false

  var isAnswer: Bool { role == .assistant }

  /// The turns of a record; a plain text has one that answers nothing, and of a preference those of
  /// the rejected answer do not count, which may be bad.
  static func turns(of record: Record) -> [Turn] {
    switch record.content {
    case .text(let text):
      [Turn(path: "text", role: .user, text: text, instruction: nil, input: nil)]
    case .conversation(let conversation):
      turns(of: conversation.messages, "messages", after: nil)
    case .preference(let preference):
      turns(of: preference.prompt.messages, "prompt", after: nil)
        + turns(
          of: preference.chosen.messages, "chosen",
          after: preference.prompt.messages.last { $0.role == .user })
    }
  }

  private static func turns(
    of messages: [Message], _ name: String, after question: Message?
  ) -> [Turn] {
    var question = question
    return messages.enumerated().map { index, message in
      defer { if message.role == .user { question = message } }
      let asked = message.role == .assistant ? question : nil
      return Turn(
        path: "\(name)[\(index)].content", role: message.role, text: message.content,
        instruction: asked?.content, input: asked?.input,
        hasAttributes: !message.attributes.isEmpty)
    }
  }
}
