import Records
import Stages

/// Derives records in which English contractions are written out, or words are contracted.
struct ContractionsStage: CopyingStage {
  let directions: ContractionDirections
  let rate: Double
  var copies: Int
  let fields: [Selector]
  let spans: ProtectedSpans

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    guard var offspring = Offspring(of: record, fields, context) else { return .keep(record) }
    let found = offspring.texts.flatMap { field in
      ContractionFinder.find(
        in: field.text,
        locked: spans.find(in: Array(field.text.utf8), names: record.labelNames), directions
      ).map { (path: field.path, edit: $0) }
    }
    for copy in 1...copies where !found.isEmpty {
      var random = offspring.random(copy: copy)
      // A few draws mostly give a child unlike the others, where there is one.
      for _ in 0..<8 {
        let chosen = random.some(Share.count(rate, of: found.count), of: found)
        let edits = Dictionary(grouping: chosen, by: \.path).mapValues {
          $0.map(\.edit).sorted { $0.range.lowerBound < $1.range.lowerBound }
        }
        if offspring.add(edits) { break }
      }
    }
    return offspring.outcome(withoutChild: "no-contractions")
  }
}
