import Records
import Stages

/// A stage whose children a model behind an endpoint writes, all before the first record goes on.
protocol ChatStage: CollectionStage where Plan == PlannedLines {
  var model: any ChatModel { get }
  /// What users are told before the model is asked: the stage, what it makes, and by which model.
  var announcement: String { get }
}

extension ChatStage {
  var spent: EndpointSpending? { model.spent }

  func dependencies() throws(StageError) -> [String] {
    Fetching.current.say(announcement)
    return []
  }

  func outcome(
    of record: Record, at index: Int, _ plan: PlannedLines, _ context: StageContext
  ) throws(StageError) -> Outcome {
    try PlannedChildren.outcome(of: record, at: index, plan, context)
  }
}
