import Records
import Stages

/// Makes new instructions as self-instruct does, and asks for their answers.
///
/// Source: Wang et al. 2023, arXiv 2212.10560.
///
/// A new record stems from all the tasks that its prompt showed. To split such records soundly after they were made,
/// each would have to be of one family with all of these, and a few hundred would join all records in one family. So
/// they are made behind the split, of training records alone, as all augmenters' children are: on their side each
/// ancestor is. A child is filed under the first of the records that were drawn for its prompt, and its note in the
/// ledger names all. Tasks of evaluation records are never shown; they only refuse what is like them.
struct SelfInstructStage: ChatStage {
  let model: any ChatModel
  let prompt: StagePrompt
  /// How many records are made.
  let count: Int
  /// How many prompts are asked with, for each that is needed.
  let tries: Int
  let rules: TaskRules
  /// Tasks of more words are not shown.
  let longest: Int

  var announcement: String { "augment.self-instruct: \(count.counted("record")) by \(model.name)" }

  func identity() throws(StageError) -> JSONValue? {
    ["chat": model.identity, "prompt": .string(prompt.text)]
  }

  func plan(_ records: RecordCollection, _ context: StageContext) throws -> PlannedLines {
    var tasks = try NewTasks(self, records, context)
    try tasks.make()
    let refused = tasks.refusals
    Fetching.current.say(
      "\(context.stage): \(tasks.count) of \(count.counted("record")) made"
        + (refused.total == 0 ? "" : "; refused: \(refused.text)"))
    var plan = try PlannedLines(records: records.count, context)
    for (index, children) in tasks.planned.sorted(by: { $0.key < $1.key }) {
      try children.write(to: &plan, at: index)
    }
    return plan
  }
}
