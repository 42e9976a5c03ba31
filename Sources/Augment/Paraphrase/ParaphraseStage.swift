import Records
import Stages

/// Derives records whose texts a model said in other words; the label and the answers stay.
///
/// A child that does not keep the contract is asked for again with other seeds; a record that gets none goes on
/// with a note of why.
struct ParaphraseStage: ChatStage, CopyingCollectionStage {
  let model: any ChatModel
  let prompt: StagePrompt
  let copies: Int
  let tries: Int
  let fields: [Selector]
  let contract: RoundTripContract

  var announcement: String { "augment.paraphrase: by \(model.name)" }

  func identity() throws(StageError) -> JSONValue? {
    ["chat": model.identity, "prompt": .string(prompt.text)]
  }

  func plan(
    _ records: RecordCollection, _ context: StageContext, wanted: @Sendable (Int) -> Int
  ) throws -> PlannedLines {
    var plan = try PlannedLines(records: records.count, context)
    try RoundTrips.Parent.forEachBatch(of: records, fields: fields, wanted: wanted) { parents in
      var drafts = parents.map { Paraphrases(of: $0, wanted: wanted($0.index), by: model.name) }
      for attempt in 1...tries { try ask(&drafts, attempt: attempt, context) }
      for draft in drafts { try draft.planned.write(to: &plan, at: draft.parent.index) }
    }
    return plan
  }

  /// Asks for the children that are still wanted, all at the same time.
  private func ask(
    _ drafts: inout [Paraphrases], attempt: Int, _ context: StageContext
  ) throws {
    try Interruption.check()
    var questions: [ChatQuestion] = []
    var wanted: [Int] = []
    for (place, draft) in drafts.enumerated() {
      for copy in draft.missing {
        questions += draft.parent.texts.map { field in
          question(field, of: draft.parent, draw: "\(attempt).\(copy)", context)
        }
        wanted.append(place)
      }
    }
    var answers = try model.answers(questions)[...]
    for place in wanted {
      let count = drafts[place].parent.texts.count
      drafts[place].take(Array(answers.prefix(count)), attempt: attempt, contract)
      answers = answers.dropFirst(count)
    }
  }

  private func question(
    _ field: Field, of parent: RoundTrips.Parent, draw: String, _ context: StageContext
  ) -> ChatQuestion {
    let keep = contract.locked(in: field.text, parent.names)
    let text = prompt.filled([
      "text": field.text, "keep": keep.isEmpty ? "none" : keep.joined(separator: ", "),
    ])
    return ChatQuestion(
      Conversation([Message(.user, text)]),
      seed: AnswerText.seed(context.seed, context.stage, parent.id, field.path, draw))
  }
}
