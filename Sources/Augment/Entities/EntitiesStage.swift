import Records
import Stages

/// Derives records in which names and numbers are replaced by others of their kind, each in the same way wherever it
/// stands.
struct EntitiesStage: CopyingStage {
  let kinds: Set<EntityKind>
  /// Those of records in which an assistant answers.
  let answeredKinds: Set<EntityKind>
  let answers: AnswerRule
  /// The share of the names and numbers that is replaced.
  let rate: Double
  var copies: Int
  let fields: [Selector]
  let spans: ProtectedSpans
  let language: String

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    guard var offspring = Offspring(of: record, fields, context) else { return .keep(record) }
    let entities = RecordEntities(
      record, offspring.texts, self)
    for copy in 1...copies where !entities.items.isEmpty {
      var random = offspring.random(copy: copy)
      // A few draws mostly give a child unlike the others, where there is one.
      for _ in 0..<8 {
        let chosen = random.some(
          Share.count(rate, of: entities.items.count), of: entities.items)
        let edits = EntitySubstitution(entities, chosen, &random).edits(offspring.texts)
        if edits.contains(where: { !$0.value.isEmpty }), offspring.add(edits) { break }
      }
    }
    return offspring.outcome(
      withoutChild: entities.items.isEmpty ? entities.reason : "no-change")
  }
}
