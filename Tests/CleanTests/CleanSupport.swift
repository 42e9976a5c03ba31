import Clean
import Records
import Stages
import TestSupport

/// The stages, with words between blanks for tokens.
let cleanStages = Clean.cleanStages { WordCounter(name: $0.written) }

/// Counts what stands between blanks.
struct WordCounter: TokenCounter {
  let name: String

  func files() -> [String] { ["\(name).json"] }
  func count(of text: String) -> Int { text.split(separator: " ").count }
}

/// What a cleaning stage makes of a text; nil where it drops the record.
func clean(_ stage: String, _ text: String, _ parameters: [String: String] = [:]) throws -> String?
{
  guard let descriptor = cleanStages.first(where: { $0.name == stage }),
    let made = try descriptor.stage(parameters) as? any RecordStage
  else { throw StageError("no-stage", "no record stage \(stage)") }
  guard case .keep(let record, _) = try made.outcome(of: .text(text), .test()) else { return nil }
  return record.fields().first?.text
}
